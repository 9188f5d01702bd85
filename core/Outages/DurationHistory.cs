using Ebb.Core.Waves;
using NodaTime;

namespace Ebb.Core.Outages;

/// <summary>
/// How long each workload took to sleep and to wake in the outages before: the last few of each, and from them a high
/// quantile.
/// </summary>
/// <param name="Workloads">By kind, namespace and name.</param>
/// <param name="LastOutage">The outage that was learned from last, so that none is learned from twice; null: none
/// was.</param>
public sealed record DurationHistory(IReadOnlyDictionary<string, WorkloadDurations> Workloads, string? LastOutage)
{
    /// <summary>Nothing learned yet.</summary>
    public static readonly DurationHistory Nothing = new(new Dictionary<string, WorkloadDurations>(), null);

    /// <summary>More would make what has changed since outweigh what is.</summary>
    private const int Most = 10;

    /// <summary>One in ten takes longer: a plan that is too short is worse than one that is too long.</summary>
    private const double Quantile = 0.9;

    /// <summary>How long it takes to sleep, most times; null: it never has.</summary>
    public Duration? Sleep(string workload) => Of(Workloads.GetValueOrDefault(workload)?.SleepSeconds);

    /// <summary>How long it takes to wake, most times; null: it never has.</summary>
    public Duration? Wake(string workload) => Of(Workloads.GetValueOrDefault(workload)?.WakeSeconds);

    /// <summary>With what an outage that is over has shown; the same when it was learned from already.</summary>
    public DurationHistory After(OutageReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Ended is null || string.CompareOrdinal(report.Id, LastOutage) <= 0)
            return this;
        var next = new Dictionary<string, WorkloadDurations>(Workloads, StringComparer.Ordinal);
        foreach (var workload in report.Workloads)
        {
            var before = next.GetValueOrDefault(workload.Name) ?? new WorkloadDurations([], []);
            var after = new WorkloadDurations(
                With(before.SleepSeconds, report, Direction.Down, workload.DownAt, workload.AsleepAt),
                With(before.WakeSeconds, report, Direction.Up, workload.UpAt, workload.AwakeAt)
            );
            if (after.SleepSeconds.Count + after.WakeSeconds.Count > 0)
                next[workload.Name] = after;
        }
        return new DurationHistory(next, report.Id);
    }

    /// <summary>Not used when it turned round, or the wall clock was set, in between.</summary>
    private static IReadOnlyList<double> With(
        IReadOnlyList<double> known,
        OutageReport report,
        Direction way,
        Instant? from,
        Instant? to
    ) =>
        from is { } began && to is { } ended && report.IsUnbroken(way, began, ended)
            ? [.. known.Append(Math.Round((ended - began).TotalSeconds, 1)).TakeLast(Most)]
            : known;

    /// <summary>Nearest rank: a value that was seen, never one in between.</summary>
    private static Duration? Of(IReadOnlyList<double>? seen) =>
        seen is { Count: > 0 }
            ? Duration.FromSeconds(seen.Order().ElementAt((int)Math.Ceiling(Quantile * seen.Count) - 1))
            : null;
}

/// <summary>What one workload took.</summary>
/// <param name="SleepSeconds">From asked to asleep, oldest first.</param>
/// <param name="WakeSeconds">From asked to awake, oldest first.</param>
public sealed record WorkloadDurations(IReadOnlyList<double> SleepSeconds, IReadOnlyList<double> WakeSeconds);
