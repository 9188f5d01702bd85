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
    }

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

    private sealed record Summary(IReadOnlyList<(string Kind, int Count)> Kinds, Instant? Next);
}
