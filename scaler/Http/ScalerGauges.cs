using System.Diagnostics.Metrics;
using Ebb.Core.Capacity;
using Ebb.Core.Time.Windows;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Calls;
using NodaTime;

namespace Ebb.Scaler.Http;

/// <summary>
/// The metrics of this process. What is not known is left out: a gauge of 0 would be read as no capacity.
/// </summary>
internal sealed class ScalerGauges : IDisposable
{
    public const string MeterName = "Ebb.Scaler";
    private readonly Meter _meter;
    private readonly ClusterGauges _gauges;
    private readonly TriggerRegistry _triggers;
    private readonly TimeProvider _time;

    public ScalerGauges(
        ClusterGauges gauges,
        TriggerRegistry triggers,
        Readiness readiness,
        CallTracker calls,
        TimeProvider time
    )
    {
        (_gauges, _triggers, _time) = (gauges, triggers, time);
        _meter = new Meter(new MeterOptions(MeterName) { Scope = triggers });
        Add(
            "cpu.capacity.remaining",
            null,
            "Cores left by all pods that are not opportunistic, less the reserve.",
            () => Cluster("cpu", n => n.Remaining)
        );
        Add(
            "cpu.capacity.total",
            null,
            "Cores allocatable on nodes that take pods.",
            () => Cluster("cpu", n => n.Allocatable)
        );
        Add(
            "cpu.capacity.requested",
            null,
            "Cores requested by all pods that are not opportunistic, pending ones included.",
            () => Cluster("cpu", n => n.Requested)
        );
        Add(
            "cpu.capacity.target",
            null,
            "Cores that may be requested by all together.",
            () => Cluster("cpu", n => n.Allocatable - n.Reserve)
        );
        Add(
            "memory.capacity.remaining",
            null,
            "Bytes left by all pods that are not opportunistic, less the reserve.",
            () => Cluster("memory", n => n.Remaining)
        );
        Add(
            "memory.capacity.total",
            null,
            "Bytes allocatable on nodes that take pods.",
            () => Cluster("memory", n => n.Allocatable)
        );
        Add(
            "memory.capacity.requested",
            null,
            "Bytes requested by all pods that are not opportunistic, pending ones included.",
            () => Cluster("memory", n => n.Requested)
        );
        Add(
            "memory.capacity.target",
            null,
            "Bytes that may be requested by all together.",
            () => Cluster("memory", n => n.Allocatable - n.Reserve)
        );
        Add(
            "ebb.scaler.build.info",
            null,
            "Always 1; the version and that of the time zone data are labels.",
            () => [new(1, new("version", ScalerHelp.Version), new("tzdata", TimeZones.Version))]
        );
        Add(
            "ebb.scaler.ready",
            null,
            "Whether calls can be answered from what is known now.",
            () => [new(readiness.IsReady ? 1 : 0)]
        );
        Add("ebb.scaler.open.calls", null, "gRPC calls that are open, streams included.", () => [new(calls.Open)]);
        Add(
            "ebb.scaler.replicas",
            null,
            "Replicas that are answered to a trigger.",
            () => Answers((_, size) => size.Replicas)
        );
        Add(
            "ebb.scaler.capacity.remaining",
            null,
            "Spare capacity for a trigger's workload, in cores, bytes or pieces.",
            Remaining
        );
        _meter.CreateObservableCounter(
            "ebb.scaler.calls",
            () =>
                calls.Ended.Select(c => new Measurement<long>(
                    c.Count,
                    new("method", c.Method),
                    new("code", c.Code.ToString())
                )),
            "{call}",
            "gRPC calls that have ended, by method and status."
        );
    }

    public void Dispose() => _meter.Dispose();

    private void Add(string name, string? unit, string description, Func<IEnumerable<Measurement<double>>> observe) =>
        _meter.CreateObservableGauge(name, observe, unit, description);

    private IEnumerable<Measurement<double>> Cluster(string resource, Func<CapacityFigures, decimal> value) =>
        _gauges.Of(resource) is { } numbers ? [new((double)(value(numbers) / Quantity.UnitsOf(resource)))] : [];

    private IEnumerable<Measurement<double>> Answers(Func<Trigger, Answer.Size, double?> value)
    {
        var now = Instant.FromDateTimeOffset(_time.GetUtcNow());
        foreach (var (trigger, place) in _triggers.Present)
            if (trigger.At(now) is Answer.Size size && value(trigger, size) is { } number)
                yield return new Measurement<double>(
                    number,
                    new("namespace", trigger.Namespace),
                    new("scaledobject", trigger.Name),
                    new("trigger", place.ToString(System.Globalization.CultureInfo.InvariantCulture))
                );
    }

    private IEnumerable<Measurement<double>> Remaining()
    {
        var now = Instant.FromDateTimeOffset(_time.GetUtcNow());
        foreach (var (trigger, place) in _triggers.Present)
            if (
                trigger.At(now) is Answer.Size { Capacity: { Trusted: true } numbers }
                && trigger.Metadata.Capacity is { } asked
            )
                yield return new Measurement<double>(
                    (double)(numbers.Figures.Remaining / (decimal)Quantity.UnitsOf(asked.Resource)),
                    new("namespace", trigger.Namespace),
                    new("scaledobject", trigger.Name),
                    new("trigger", place.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                    new("resource", asked.Resource)
                );
    }
}
