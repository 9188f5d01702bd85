using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Workloads;
using Ebb.Engine.Claims;
using Ebb.Engine.Journal;
using Ebb.Engine.Overrides;
using Ebb.Kubernetes.Power;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary>Brings one scaled object to what its schedules ask, step by step, and writes its status.</summary>
internal sealed class ScheduleExecutor(
    IScheduleCluster cluster,
    Duration tick,
    ILogger log,
    Why? why = null,
    ActJournal? journal = null,
    bool nobodyAsks = false
)
{
    /// <summary>No object needs more steps in one turn; the next turn goes on.</summary>
    private const int MostSteps = 8;

    /// <param name="entry">The object.</param>
    /// <param name="state">What the clock says; null when nothing valid was ever seen.</param>
    /// <param name="progress">What is remembered of it.</param>
    /// <param name="sleepers">What power has asleep as of now; asked after the workload was read.</param>
    /// <param name="acts">False: write nothing but statuses; asked before each write.</param>
    /// <param name="leads">False: write nothing at all.</param>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task FollowAsync(
        IndexEntry entry,
        ScheduleState? state,
        ScheduleProgress progress,
        Func<SleepingTargets> sleepers,
        Func<bool> acts,
        bool leads,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        // Why it is as it is may change with nothing else, as when power lets go of it.
        var said = why?.Of(ScheduledWorkload.Of(entry, cluster), entry.Namespace, now) ?? (null, false);
        var inputs = Inputs(entry, state, sleepers(), acts(), leads, said);
        if (progress.IsAsBefore(inputs, now))
            return;
        // What this turn writes makes other inputs, so that the next one looks again.
        progress.Inputs = inputs;
        progress.Begin();
        var patched = false;
        BaselineKey? created = null;
        for (var i = 0; i < MostSteps; i++)
        {
            progress.Finding = Decide(entry, state, sleepers, now);
            if (progress.Finding.Steps is not [var step, ..])
            {
                progress.Settled();
                break;
            }

            // Power and overrides say what they have before they write, so that what they made is not taken for its own.
            if (!acts() || !leads || progress.Withholds(step, Find(step.On).It, now, tick))
                break;
            var result = await cluster.WriteAsync(step, cancellationToken);
            // Somebody was faster than the first write: what was captured may be from before that.
            if (
                created is { } key
                && result.Outcome == WriteOutcome.Conflict
                && step.Statement is { } statement
                && Decide(entry, state, sleepers, now).Steps is [{ Statement: { } next }, ..]
                && next == statement
            )
                await cluster.Baselines.ReleaseAsync(key, cancellationToken);
            created = step is ScheduleWrite.Keep { Stored: null } keep && result == WriteResult.Done ? keep.Key : null;
            journal?.Record(
                "schedules",
                step.What,
                step.On.ToString(),
                said.Sentence ?? "",
                result.Outcome == WriteOutcome.Done ? "done" : $"{result.Outcome}: {result.Detail}"
            );
            if (
                result.Outcome != WriteOutcome.Done
                && !(step is ScheduleWrite.Delete && result.Outcome == WriteOutcome.Gone)
            )
            {
                log.WriteFailed(step.On.ToString(), step.What, $"{result.Outcome}: {result.Detail}");
                progress.Failed(step, result, now, tick);
                break;
            }

            log.Wrote(step.On.ToString(), step.What);
            progress.Did(step, now);
            patched |= step.On.Kind == ScheduleTarget.Hpa;
            if (step.Note is { } note)
                await cluster.AnnounceAsync(
                    new Announcement(
                        note.On.Ref,
                        note.On.Uid,
                        false,
                        note.Reason,
                        note.Action,
                        note.Text,
                        note.Controller
                    ),
                    cancellationToken
                );
            // What a step changed in the entry's own objects makes a new entry; the next turn comes at once.
            if (step.EndsTurn || IsOfSchedules(step.On))
                break;
        }

        if (leads && !progress.Finding.Waits)
            await TellAsync(entry, state, progress, patched, said, now, cancellationToken);
    }

    private SizingPlan Decide(IndexEntry entry, ScheduleState? state, Func<SleepingTargets> sleepers, Instant now) =>
        entry switch
        {
            ScalerEntry { Scaler: var scaler } one => ServiceScalerDecision.Decide(
                scaler,
                one.Spec,
                state,
                cluster.Find(ScheduleTarget.Hpa, scaler.Ref.Namespace, scaler.Ref.Name),
                sleepers().Of(new WorkloadName("Deployment", scaler.Ref.Namespace, scaler.Ref.Name))
            ),
            TargetEntry { Target: { } target } one => Adopted(
                one,
                state is null ? SizingPlan.Settled : TargetDecision.Decide(Situation(one, target, state, sleepers, now))
            ),
            TargetEntry => SizingPlan.Settled,
            _ => throw new ArgumentOutOfRangeException(
                nameof(entry),
                entry.GetType().Name,
                "an entry that is not known"
            ),
        };

    /// <summary>Whose child a Schedule is comes after what it asks for.</summary>
    private static SizingPlan Adopted(TargetEntry entry, SizingPlan finding) =>
        finding.Steps.Count == 0 && Adoption(entry) is { } adoption ? finding with { Steps = [adoption] } : finding;

    /// <summary>Everything that this entry is decided from, as instances that change when what they say does.</summary>
    private object?[] Inputs(
        IndexEntry entry,
        ScheduleState? state,
        SleepingTargets sleepers,
        bool acts,
        bool leads,
        (string?, bool) said
    )
    {
        object Seen(string kind, string name) =>
            cluster.Find(kind, entry.Namespace, name) is var look && look.It is { } it ? it : look.GetType();
        List<object?> inputs = [entry, state, sleepers.Sizes, acts, leads, said];
        if (entry is ScalerEntry)
            inputs.Add(Seen(ScheduleTarget.Hpa, entry.Name));
        else if (entry is TargetEntry { Target: { } target } one)
        {
            inputs.Add(Seen(target.Kind, target.Name));
            inputs.Add(Stored(one, target));
            if (one.Autoscaler is not null)
                inputs.Add(Seen(ScheduleTarget.Hpa, target.Name));
            if (IsWorkload(target.Kind))
                inputs.Add(
                    cluster.TryGovernorOf(new WorkloadName(target.Kind, entry.Namespace, target.Name), out var governor)
                        ? governor
                        : typeof(ObjectLookup.Unknown)
                );
            else if (IsEmptied(one, target, state) && Behind(one, target) is var (kind, name) && IsWorkload(kind))
                inputs.Add(Seen(kind, name));
        }

        return [.. inputs];
    }

    private StoredBaseline? Stored(TargetEntry entry, ScheduleTarget target) =>
        cluster.BaselineOf(ScheduleBaseline.Key(target.Kind, entry.Namespace, target.Name));

    private bool IsEmptied(TargetEntry entry, ScheduleTarget target, ScheduleState? state) =>
        state?.Bounds.Max == 0 || Stored(entry, target) is not null;

    /// <summary>The workload that an object scales, as far as that or what is stored of it says.</summary>
    private (string Kind, string Name)? Behind(TargetEntry entry, ScheduleTarget target) =>
        entry.Autoscaler is { } spec ? (spec.TargetKind, spec.TargetName)
        : target.Kind is ScheduleTarget.Hpa or ScheduleTarget.ScaledObject
        && cluster.Find(target.Kind, entry.Namespace, target.Name).It is { } governor
            ? HpaTarget.Of(governor)
        : Stored(entry, target)?.Before.Scales?.Split('/') is [var kind, var name] ? (kind, name)
        : null;

    private static bool IsWorkload(string kind) => kind is "Deployment" or "StatefulSet";

    private static ScheduleWrite? Adoption(TargetEntry entry) =>
        entry.Parent is null
            ? null
            : entry
                .Members.Where(member => member.Schedule is not null)
                .Select(member => TargetDecision.Adopt(member.Seen, entry.Parent))
                .FirstOrDefault(step => step is not null);

    private TargetInput Situation(
        TargetEntry entry,
        ScheduleTarget target,
        ScheduleState state,
        Func<SleepingTargets> sleepers,
        Instant now
    )
    {
        var place = entry.Namespace;
        var situation = new TargetInput
        {
            Target = target,
            Namespace = place,
            State = state,
            SchedulesAsk = entry.Members.Any(member =>
                !nobodyAsks
                && member is { Schedule: { Suspend: false } schedule, Seen.Deleting: false, IsWithheld: false }
                && schedule.Rule.Bounds.AsksSize
                && schedule.Rule.Window.Contains(now)
            ),
            TimeScaled = entry.Members.Any(member => member.TimeScaler is not null),
            Sized = cluster.Find(target.Kind, place, target.Name),
            Autoscaler = entry.Autoscaler,
            Stored = Stored(entry, target),
            Now = now,
        };
        if (IsWorkload(target.Kind))
        {
            var workload = new WorkloadName(target.Kind, place, target.Name);
            return cluster.TryGovernorOf(workload, out var other)
                ? situation with
                {
                    Governor = other,
                    Asleep = sleepers().Of(workload),
                }
                : situation with
                {
                    Sized = new ObjectLookup.Unknown("who else scales it has not been read yet"),
                };
        }
        if (target.Kind == ScheduleTarget.Autoscaler)
            situation = situation with { Hpa = cluster.Find(ScheduleTarget.Hpa, place, target.Name) };
        if (target.Kind == ScheduleTarget.ScaledObject)
        {
            var scaled = new WorkloadName(target.Kind, place, target.Name);
            situation = situation with { Asleep = sleepers().Of(scaled), PauseBefore = sleepers().PauseBefore(scaled) };
        }
        return Behind(entry, target) is var (kind, name)
            ? WithWorkload(situation, kind, name, IsEmptied(entry, target, state), sleepers)
            : situation;
    }

    /// <summary>
    /// What an HPA scales is only looked at when it is to be emptied or was, or when power has it asleep.
    /// </summary>
    private TargetInput WithWorkload(
        TargetInput situation,
        string kind,
        string name,
        bool emptied,
        Func<SleepingTargets> sleepers
    )
    {
        var scaled = situation.Target.Kind == ScheduleTarget.ScaledObject;
        if (!IsWorkload(kind))
            return scaled || !emptied
                ? situation
                : situation with
                {
                    Workload = new ObjectLookup.Absent(
                        $"{kind} {name} cannot be emptied by the clock: only a Deployment or StatefulSet can"
                    ),
                };
        situation = situation with { Scales = $"{kind}/{name}" };
        // Read before power is asked, which stores what it has before it writes.
        var workload = emptied ? cluster.Find(kind, situation.Namespace, name) : null;
        // A ScaledObject is asleep by its own pause.
        var asleep = scaled ? situation.Asleep : sleepers().Of(new WorkloadName(kind, situation.Namespace, name));
        return emptied || (!scaled && asleep is not null)
            ? situation with
            {
                Asleep = asleep,
                Workload = workload ?? cluster.Find(kind, situation.Namespace, name),
            }
            : situation;
    }

    private async Task TellAsync(
        IndexEntry entry,
        ScheduleState? state,
        ScheduleProgress progress,
        bool patched,
        (string? Because, bool InHand) said,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        var trouble = progress.Finding.Trouble ?? progress.Failure;
        var changedBy = progress.ChangedBy(now);
        // The same sentence as everywhere; what people should know besides comes after it.
        var (because, inHand) = said;
        var words =
            because is null || progress.Finding.Hint is null
                ? because ?? progress.Finding.Hint
                : $"{because}; {progress.Finding.Hint}";
        // While power moves things, what is said of time alone can wait.
        string? Hint(ObjectView of, string condition) =>
            inHand && ScheduleConditions.Shown(of) == condition ? ScheduleConditions.Told(of) : words;
        switch (entry)
        {
            case ScalerEntry { Scaler: { Deleting: false } scaler } one:
                scaler = Find(scaler.Ref).It ?? scaler;
                var wrong = one.Faults.Count > 0 ? string.Join("; ", one.Faults) : trouble;
                await TellAsync(
                    scaler,
                    ServiceScalerDecision.Status(
                        scaler,
                        state,
                        patched,
                        wrong is null ? ScheduleConditions.Available : ScheduleConditions.Degraded,
                        wrong ?? Hint(scaler, ScheduleConditions.Available) ?? "",
                        changedBy,
                        now
                    ),
                    wrong is null ? null : ScheduleConditions.Degraded,
                    wrong ?? "",
                    progress,
                    now,
                    cancellationToken
                );
                break;
            case TargetEntry one:
                if (one.Parent is { Deleting: false } parent)
                {
                    parent = Find(parent.Ref).It ?? parent;
                    var fault = one.Faults.Count > 0 ? string.Join("; ", one.Faults) : trouble;
                    var condition = fault is null ? ScheduleConditions.Available : ScheduleConditions.Degraded;
                    await TellAsync(
                        parent,
                        ScheduleConditions.Status(
                            parent,
                            condition,
                            fault ?? Hint(parent, condition) ?? "",
                            changedBy,
                            now
                        ),
                        condition,
                        fault ?? words ?? "in order",
                        progress,
                        now,
                        cancellationToken
                    );
                }

                foreach (
                    var member in one.Members.Where(member => member.Seen is { Deleting: false, Ref.Kind: "Schedule" })
                )
                {
                    // One whose only day is a day off is never in force, and over all the same.
                    if (member.Schedule?.Rule.Window.Over is { } over && over > now)
                        progress.Again(over);
                    var seen = Find(member.Seen.Ref).It ?? member.Seen;
                    var (condition, message) = ScheduleConditions.Of(member, trouble, words, now);
                    if (message == words)
                        message = Hint(seen, condition) ?? "";
                    await TellAsync(
                        seen,
                        ScheduleConditions.Status(seen, condition, message, changedBy, now),
                        condition,
                        message,
                        progress,
                        now,
                        cancellationToken
                    );
                }

                foreach (
                    var member in one.Members.Where(member => member.Seen is { Deleting: false, Ref.Kind: "ConfigMap" })
                )
                {
                    // A ConfigMap has no status: its error is reported once, in an Event.
                    var fault = member.Faults.Count > 0 ? string.Join("; ", member.Faults) : trouble;
                    if (progress.IsNews(member.Seen.Uid, fault) && fault is not null)
                        await cluster.AnnounceAsync(
                            new Announcement(
                                member.Seen.Ref,
                                member.Seen.Uid,
                                true,
                                ScheduleConditions.Degraded,
                                "Schedule",
                                $"{member.Seen.Ref}: {fault}"
                            ),
                            cancellationToken
                        );
                }

                break;
        }
    }

    /// <summary>The status, and an Event when the condition is another than was shown.</summary>
    private async Task TellAsync(
        ObjectView seen,
        JsonObject? patch,
        string? condition,
        string message,
        ScheduleProgress progress,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        if (patch is null)
            return;
        var before = ScheduleConditions.Shown(seen);
        var write = new ScheduleWrite.Merge(seen.Ref, "status", seen.Uid, seen.ResourceVersion, patch, "status");
        if (progress.Withholds(write, seen, now, tick))
            return;
        var result = await cluster.WriteAsync(write, cancellationToken);
        if (result.Outcome != WriteOutcome.Done)
        {
            progress.Failed(write, result, now, tick);
            return;
        }

        progress.Did(write, now);
        if (message.Length > 0)
            log.Stands(seen.Ref.ToString(), condition ?? ScheduleConditions.Available, message);
        if (condition is null || condition == before)
            return;
        var text = message.Length == 0 ? $"{seen.Ref} is {condition}" : $"{seen.Ref} is {condition}: {message}";
        await cluster.AnnounceAsync(
            new Announcement(seen.Ref, seen.Uid, condition == ScheduleConditions.Degraded, condition, "Schedule", text),
            cancellationToken
        );
    }

    private ObjectLookup Find(ObjectRef on) => cluster.Find(on.Kind, on.Namespace, on.Name);

    /// <summary>Whether entries are read from objects of its kind.</summary>
    private static bool IsOfSchedules(ObjectRef on) =>
        on.Kind is "ServiceScaler" or "Schedule" or ScheduleTarget.Autoscaler or "ConfigMap";
}
