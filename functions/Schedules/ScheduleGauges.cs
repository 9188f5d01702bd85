using System.Diagnostics.Metrics;
using Ebb.Core.Schedules;

namespace Ebb.Functions.Schedules;

/// <summary>The two gauges of scheduled-pod-autoscaler, under the names that its users' dashboards know, misspelt as they are.</summary>
internal sealed class ScheduleGauges : IDisposable
{
    public const string MeterName = "Ebb.Schedules";

    private readonly Meter _meter = new(MeterName);
    private volatile IReadOnlyList<(string Namespace, string Name, Knobs Knobs)> _now = [];

    public ScheduleGauges()
    {
        _meter.CreateObservableGauge("scheduled_pod_auroscaler_min_replicas", () => Read(knobs => knobs.Min), null, "minReplicas of each ScheduledPodAutoscaler as of now.");
        _meter.CreateObservableGauge("scheduled_pod_auroscaler_max_replicas", () => Read(knobs => knobs.Max), null, "maxReplicas of each ScheduledPodAutoscaler as of now.");
    }

    public void Set(IReadOnlyList<(string Namespace, string Name, Knobs Knobs)> now) => _now = now;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Read(Func<Knobs, int?> of)
    {
        foreach (var (place, name, knobs) in _now)
            if (of(knobs) is { } value) yield return new Measurement<int>(value, new("name", name), new("namespace", place));
    }
}
