using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Outages;

/// <summary>Tells an outage from one plan to the next.</summary>
public static class OutageReportBuilder
{
    private static readonly InstantPattern Sortable = InstantPattern.CreateWithInvariantCulture("uuuuMMdd'T'HHmmss'Z'");

    /// <summary>
    /// The report after this plan, the same instance when nothing happened; null: there is no outage. A report whose
    /// <see cref="OutageReport.Ended"/> is set is complete, and the next call begins anew.
    /// </summary>
    /// <param name="report">The report so far; null: there is none.</param>
    /// <param name="plan">What was decided now.</param>
    /// <param name="power">The power now.</param>
    /// <param name="now">The instant.</param>
    /// <param name="asked">What people asked of late; those of before the outage are left out.</param>
    /// <param name="attempts">What was last asked of workloads; null: nothing was.</param>
    public static OutageReport? After(
        OutageReport? report,
        Plan plan,
        PowerState power,
        Instant now,
        IReadOnlyCollection<PersonAction>? asked = null,
        IReadOnlyDictionary<string, Attempt>? attempts = null
    )
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(power);
        if (report?.Ended is not null)
            report = null;
        if (plan.Progress.Began is not { } began)
            return report is null ? null : Closed(Told(report, plan, power, now, asked ?? []), now);

        var known =
            report
            ?? new OutageReport
            {
                Id = Sortable.Format(began),
                Began = began,
                OnBatteryAt =
                    power.Mains == Mains.On && !plan.IsPartial
                        ? null
                        : power.Supplies.Where(s => s.LastKnown == Mains.Battery).Select(s => s.Since).Min(),
                Cause = plan.Progress.Cause ?? plan.Reason,
            };
        var told = Told(
            known with
            {
                FirstWriteAt = known.FirstWriteAt ?? FirstWrite(attempts?.Values ?? [], began),
                Drill = plan.Progress.Drill,
                Cause = plan.Progress.Cause ?? known.Cause,
            },
            plan,
            power,
            now,
            asked ?? []
        );
        // Its lists are the same ones as long as nothing happens.
        return told == report ? report : told;
    }

    private static Instant? FirstWrite(IEnumerable<Attempt> attempts, Instant began) =>
        attempts
            .Where(attempt => attempt is { Direction: Direction.Down, Failure: null } && attempt.At >= began)
            .Select(attempt => (Instant?)attempt.At)
            .Min();

    private static OutageReport Told(
        OutageReport report,
        Plan plan,
        PowerState power,
        Instant now,
        IReadOnlyCollection<PersonAction> asked
    )
    {
        var workloads = report.Workloads.ToDictionary(w => w.Name, StringComparer.Ordinal);
        List<string> news = [];
        foreach (var state in plan.Workloads)
        {
            var name = state.Member.ToString();
            var before = workloads.GetValueOrDefault(name);
            if (Next(before, state, plan.Progress, name, now, news) is { } next && next != before)
                workloads[name] = next;
        }
        var people = ReportedActions.After(report, plan, asked, now);
        news.AddRange(
            people
                .Skip(report.People.Count)
                .Select(act => act.Who is null ? $"a person: {act.What}" : $"a person ({act.Who}): {act.What}")
        );
        var waves = WavesAfter(report.Waves, plan, now, news);
        if (report.Lines.Count == 0)
            news.Insert(0, plan.Reason);
        else if (LastPhase(report) != Words(plan.Phase))
            news.Add($"{Words(plan.Phase)}: {plan.Reason}");

        var charge = power.Supplies.Select(s => s.Reading?.Charge).Min();
        var lines = news.Select(text => new OutageLine(now, text, charge, power.Budget?.Remaining.TotalSeconds));
        return report with
        {
            Workloads =
                workloads.Count == report.Workloads.Count && report.Workloads.All(w => workloads[w.Name] == w)
                    ? report.Workloads
                    : [.. workloads.Values.OrderBy(w => w.Name, StringComparer.Ordinal)],
            Waves = waves,
            People = people,
            Lines = news.Count == 0 ? report.Lines : [.. report.Lines.Concat(lines).Take(OutageReport.MostLines)],
        };
    }

    private static WorkloadReport? Next(
        WorkloadReport? before,
        WorkloadState state,
        OutageProgress progress,
        string name,
        Instant now,
        List<string> news
    )
    {
        var baseline = state.Member.Scaler.Baseline?.SpecReplicas;
        if (before is null && baseline is null)
        {
            if (state.Phase != WorkloadPhase.Refused)
                return null;
            news.Add($"{name} is not looked after: {state.Reason}");
            return new WorkloadReport(name, null, Note: state.Reason);
        }
        var report = before ?? new WorkloadReport(name, baseline);
        if (report.Baseline is null && baseline is not null)
            report = report with { Baseline = baseline };
        if (state.Late && !report.Late)
        {
            news.Add($"{name} is late: {state.Reason}");
            report = report with { Late = true };
        }
        if (report.OverdueAt is null && IsOverdue(state, progress))
            report = report with { OverdueAt = now };
        // Somebody else wrote in between: that is decided again at once, and nothing that failed.
        if (
            state.Failure is { } failure
            && report.Note is null
            && !failure.StartsWith("Conflict:", StringComparison.Ordinal)
        )
        {
            news.Add($"{name} failed: {failure}");
            report = report with { Note = $"failed: {failure}" };
        }
        if (state.Member.Workload?.Hook is { HasFailed: true } hook && report.Note is null)
        {
            news.Add($"{name}: {hook.Sentence}");
            report = report with { Note = hook.Sentence };
        }
        if (state.Passed is { } passed && report.Note is null)
        {
            news.Add($"{name}: {passed}");
            report = report with { Note = passed };
        }
        if (state.ChangedBy is not null && report.Note is null)
        {
            news.Add($"{name}: {state.Reason}");
            report = report with { Note = state.Reason };
        }
        return state.Phase switch
        {
            WorkloadPhase.GoingToSleep => report with { DownAt = report.DownAt ?? now },
            WorkloadPhase.Asleep => report with { DownAt = report.DownAt ?? now, AsleepAt = report.AsleepAt ?? now },
            WorkloadPhase.Waking => report with { UpAt = report.UpAt ?? now },
            // One that was late is back when it is ready, and else is told as not back.
            WorkloadPhase.Awake when report.Late && !IsReady(state.Member.Workload) => report,
            WorkloadPhase.Awake when before is not null && (baseline is null || state.Member.Scaler.Deleting) =>
                report with
                {
                    AwakeAt = report.AwakeAt ?? now,
                },
            WorkloadPhase.Refused or WorkloadPhase.Unknown when report.Note is null => report with
            {
                Note = state.Reason,
            },
            _ => report,
        };
    }

    /// <summary>It has started all the time; what lacks a node or is refused by the cluster has not.</summary>
    private static bool IsOverdue(WorkloadState state, OutageProgress progress) =>
        state
            is { Late: true, Phase: WorkloadPhase.Waking, Member.Workload: { Unstartable.Count: 0, NotCreated: null } }
        && !progress.Waves.Any(wave => wave.Priority == state.Member.UpPriority && wave.Left is not null);

    private static bool IsReady(WorkloadView? workload) =>
        workload is not { IsUncounted: true }
        && (workload is not { ReadyReplicas: { } ready, Replicas: { } wanted } || ready >= wanted);

    private static IReadOnlyList<WaveReport> WavesAfter(
        IReadOnlyList<WaveReport> waves,
        Plan plan,
        Instant now,
        List<string> news
    )
    {
        List<WaveReport>? changed = null;
        foreach (var mark in plan.Progress.Waves)
        {
            if (
                waves.Any(w =>
                    w.Direction == plan.Progress.Direction && w.Priority == mark.Priority && w.Began == mark.Began
                )
            )
                continue;
            (changed ??= [.. waves]).Add(
                new WaveReport(
                    plan.Progress.Direction,
                    mark.Priority,
                    mark.Began,
                    null,
                    plan.Waits.TryGetValue(mark.Priority, out var wait) ? Math.Round(wait.TotalSeconds, 1) : null
                )
            );
            news.Add($"wave {mark.Priority} {(plan.Progress.Direction == Direction.Down ? "goes to sleep" : "wakes")}");
        }
        var list = changed ?? (IReadOnlyList<WaveReport>)waves;
        for (var i = 0; i < list.Count; i++)
        {
            var wave = list[i];
            // A wave has ended when it is over or was left, and when the direction turned.
            if (wave.Ended is not null || (plan.Direction == wave.Direction && plan.Moving.Contains(wave.Priority)))
                continue;
            if (plan.Direction == Direction.None && plan.Progress.Began is not null)
                continue;
            changed ??= [.. list];
            changed[i] = Over(wave, now);
            list = changed;
            news.Add($"wave {wave.Priority} has ended on its way {(wave.Direction == Direction.Down ? "down" : "up")}");
        }
        return list;
    }

    private static string? LastPhase(OutageReport report)
    {
        foreach (var line in report.Lines.Reverse())
        foreach (var phase in Phases)
            if (line.Text.StartsWith(phase + ":", StringComparison.Ordinal))
                return phase;
        return null;
    }

    private static readonly IReadOnlyList<string> Phases = [.. Enum.GetValues<Phase>().Select(Words)];

    private static string Words(Phase phase) =>
        phase switch
        {
            Phase.Normal => "awake",
            Phase.OnBattery => "on battery",
            Phase.GoingToSleep => "going to sleep",
            Phase.Asleep => "asleep",
            Phase.WaitingForMains => "waiting for mains",
            Phase.Waking => "waking",
            Phase.Held => "held",
            _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "unexpected value"),
        };

    private static OutageReport Closed(OutageReport report, Instant now) =>
        report with
        {
            Ended = Instant.Max(now, report.Began),
            Waves = [.. report.Waves.Select(w => w.Ended is null ? Over(w, now) : w)],
        };

    /// <summary>A clock that was set back must not end a wave before it began.</summary>
    private static WaveReport Over(WaveReport wave, Instant now) => wave with { Ended = Instant.Max(now, wave.Began) };
}
