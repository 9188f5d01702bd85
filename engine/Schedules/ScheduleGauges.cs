using System.Diagnostics.Metrics;
using Ebb.Core.Time.Timetables;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary>
/// What the clock shows of itself; among it the two gauges of scheduled-pod-autoscaler, under the names that its users'
/// dashboards know,
/// misspelt as they are.
/// </summary>
internal sealed class ScheduleGauges : IDisposable
{
    public const string MeterName = "Ebb.Schedules";

    private const double SecondsInHour = 3600;
    private const double Gibibyte = 1L << 30;

    private readonly Meter _meter = new(MeterName);
    private volatile IReadOnlyList<(string Namespace, string Name, ScaleBounds Bounds)> _now = [];
    private volatile Summary _summary = new([], null);

    public ScheduleGauges()
    {
        Add(
            "scheduled_pod_auroscaler_min_replicas",
            null,
            "minReplicas of each ScheduledPodAutoscaler as of now.",
            () => Read(bounds => bounds.Min)
        );
        Add(
            "scheduled_pod_auroscaler_max_replicas",
            null,
            "maxReplicas of each ScheduledPodAutoscaler as of now.",
            () => Read(bounds => bounds.Max)
        );
        Add(
            "ebb.schedule.targets",
            null,
            "Objects that schedules size, by kind.",
            () =>
                _summary.Kinds.Select(k => new Measurement<double>(
                    k.Count,
                    new KeyValuePair<string, object?>("kind", k.Kind)
                ))
        );
        Add(
            "ebb.schedule.next_change.timestamp",
            "s",
            "When a schedule next changes something, in seconds since 1970; absent: never.",
            () => _summary.Next is { } next ? [new Measurement<double>(next.ToUnixTimeMilliseconds() / 1000.0)] : []
        );
        Add(
            "ebb.schedule.saved_replica_seconds",
            null,
            "Replicas times seconds that schedules save in the next 7 days against the usual sizes; below 0: more.",
            () => SavedOf(saved => saved.ReplicaHours)
        );
        Add(
            "ebb.schedule.saved_core_seconds",
            null,
            "The same times the cores that a replica requests; absent: not known.",
            () => SavedOf(saved => saved.CoreHours)
        );
        Add(
            "ebb.schedule.saved_memory_byte_seconds",
            null,
            "The same times the bytes of memory that a replica requests; absent: not known.",
            () => SavedOf(saved => saved.GibHours * Gibibyte)
        );
        Add(
            "ebb.schedule.saved_unknown",
            null,
            "Scheduled objects of which it is not known what is saved, so that the sums are without them, by figure.",
            () =>
                Saved?.Invoke() is { } saved
                    ?
                    [
                        new(saved.Unsized, new KeyValuePair<string, object?>("figure", "replicas")),
                        new(saved.WithoutCores, new KeyValuePair<string, object?>("figure", "cores")),
                        new(saved.WithoutMemory, new KeyValuePair<string, object?>("figure", "memory")),
                    ]
                    : []
        );
    }

    /// <summary>What is saved in the next seven days; asked when somebody looks.</summary>
    public Func<SavingsTotal?>? Saved { get; set; }

    public void Set(IReadOnlyList<(string Namespace, string Name, ScaleBounds Bounds)> now) => _now = now;

    /// <summary>How many objects of each kind, and when anything changes next.</summary>
    public void Set(IReadOnlyList<(string Kind, int Count)> kinds, Instant? next) =>
        _summary = new Summary(kinds, next);

    public void Dispose() => _meter.Dispose();

    private void Add(string name, string? unit, string description, Func<IEnumerable<Measurement<double>>> observe) =>
        _meter.CreateObservableGauge(name, observe, unit, description);

    private IEnumerable<Measurement<double>> Read(Func<ScaleBounds, int?> of)
    {
        foreach (var (place, name, bounds) in _now)
            if (of(bounds) is { } value)
                yield return new Measurement<double>(value, new("name", name), new("namespace", place));
    }

    private IEnumerable<Measurement<double>> SavedOf(Func<Savings, double?> of) =>
        Saved?.Invoke() is { } saved && of(saved.Known) is { } hours
            ? [new Measurement<double>(hours * SecondsInHour)]
            : [];

    private sealed record Summary(IReadOnlyList<(string Kind, int Count)> Kinds, Instant? Next);
}
