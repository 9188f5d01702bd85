using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Outages;

/// <summary>One outage or drill, from "asleep wanted" to "all awake", as it is told afterwards.</summary>
public sealed record OutageReport
{
    /// <summary>When it began, in a form that sorts and may stand in an address.</summary>
    public required string Id { get; init; }

    /// <summary>When it began.</summary>
    public required Instant Began { get; init; }

    /// <summary>When everything was awake again; null: it is not over.</summary>
    public Instant? Ended { get; init; }

    /// <summary>
    /// When Ebb heard "on battery" from the first UPS that failed; null: that was not the reason, or is not known.
    /// </summary>
    public Instant? OnBatteryAt { get; init; }

    /// <summary>When the first write to a workload succeeded; null: none has.</summary>
    public Instant? FirstWriteAt { get; init; }

    /// <summary>What failed first.</summary>
    public required string Cause { get; init; }

    /// <summary>Asked for by a person.</summary>
    public bool Drill { get; init; }

    // A list that a stored document leaves out is empty, not null.

    /// <summary>Each wave, in the order in which they began.</summary>
    public IReadOnlyList<WaveReport> Waves
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>Each workload that had a part in it, by its name.</summary>
    public IReadOnlyList<WorkloadReport> Workloads
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>What people did, in order; empty: nobody did anything that could be seen.</summary>
    public IReadOnlyList<PersonAction> People
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>
    /// Workloads that are not what they were before; when <see cref="Ended"/> is set and this is empty, everything came
    /// back.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<string> NotBack =>
        [.. Workloads.Where(w => w.Baseline is not null && w.AwakeAt is null).Select(w => w.Name)];

    /// <summary>
    /// It went one way without turning round between two instants; false too when the clock was set in between.
    /// </summary>
    internal bool IsUnbroken(Direction way, Instant from, Instant to) =>
        to >= from && !Waves.Any(wave => wave.Direction != way && wave.Began > from && wave.Began < to);

    /// <summary>
    /// Workloads of which nothing is told because the report would be too long; those that were late, had a note or did
    /// not come back are the last to go.
    /// </summary>
    public int LeftOut { get; init; }

    /// <summary>The same with at most <paramref name="most"/> workloads.</summary>
    public OutageReport With(int most) =>
        Workloads.Count <= most
            ? this
            : this with
            {
                Workloads =
                [
                    .. Workloads
                        .OrderBy(w =>
                            w.Late || w.Note is not null || (w.Baseline is not null && w.AwakeAt is null) ? 0 : 1
                        )
                        .Take(most)
                        .OrderBy(w => w.Name, StringComparer.Ordinal),
                ],
                LeftOut = LeftOut + Workloads.Count - most,
            };

    /// <summary>What happened, in order; at most <see cref="MostLines"/>.</summary>
    public IReadOnlyList<OutageLine> Lines
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>The first lines are kept; a story that is longer repeats itself.</summary>
    public const int MostLines = 200;
}

/// <summary>One wave of an outage.</summary>
/// <param name="Direction">Down or up.</param>
/// <param name="Priority">Its priority in that direction.</param>
/// <param name="Began">When its first member was asked.</param>
/// <param name="Ended">When the next one could go; null: it has not ended.</param>
/// <param name="PlannedSeconds">How long it was to be waited for at most, as it began; null: not known.</param>
public sealed record WaveReport(
    Direction Direction,
    int Priority,
    Instant Began,
    Instant? Ended,
    double? PlannedSeconds = null
);

/// <summary>One workload in an outage.</summary>
/// <param name="Name">Kind, namespace and name.</param>
/// <param name="Baseline">What it was, as the one integer; null: it was not captured.</param>
/// <param name="DownAt">When it was seen on its way to sleep.</param>
/// <param name="AsleepAt">When nothing of it ran any more.</param>
/// <param name="UpAt">When it was seen on its way up.</param>
/// <param name="AwakeAt">When it was what it had been.</param>
/// <param name="Late">A wave went on without it.</param>
/// <param name="Note">What was out of the ordinary; null: nothing.</param>
/// <param name="OverdueAt">When it was not ready after its wait; null: it was, or lacked what it needs.</param>
public sealed record WorkloadReport(
    string Name,
    int? Baseline,
    Instant? DownAt = null,
    Instant? AsleepAt = null,
    Instant? UpAt = null,
    Instant? AwakeAt = null,
    bool Late = false,
    string? Note = null,
    Instant? OverdueAt = null
);

/// <summary>One thing that happened.</summary>
/// <param name="At">When.</param>
/// <param name="Text">One sentence.</param>
/// <param name="Charge">Percent of charge then, the least of all UPSes; null: not known.</param>
/// <param name="BudgetSeconds">The battery budget then; null: not known, or on mains.</param>
public sealed record OutageLine(Instant At, string Text, double? Charge, double? BudgetSeconds);
