using System.Globalization;
using System.Text;
using Ebb.Core.Capacity;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Grpc;
using NodaTime;

namespace Ebb.Scaler.Http;

/// <summary>Prometheus' text format. What is not known is left out: a gauge of 0 would be read as no capacity.</summary>
internal sealed class MetricsPage(ClusterGauges gauges, TriggerRegistry triggers, Readiness readiness, GrpcServer grpc, TimeProvider time)
{
    public string Write()
    {
        var page = new StringBuilder();
        Cluster(page, "cpu", "cores");
        Cluster(page, "memory", "bytes");
        Head(page, "ebb_scaler_ready", "Whether questions can be answered from what is known now.");
        Line(page, "ebb_scaler_ready", "", readiness.IsReady ? 1 : 0);
        Head(page, "ebb_scaler_open_calls", "gRPC calls that are open, streams included.");
        Line(page, "ebb_scaler_open_calls", "", grpc.Open);
        var answers = triggers.Present.Select(one => (one.Trigger, one.Place, Answer: one.Trigger.At(Instant.FromDateTimeOffset(time.GetUtcNow())))).ToList();
        Head(page, "ebb_scaler_replicas", "Replicas that are answered to a trigger.");
        foreach (var (trigger, place, answer) in answers)
            if (answer is Answer.Size size) Line(page, "ebb_scaler_replicas", Labels(trigger, place), size.Replicas);
        Head(page, "ebb_scaler_capacity_remaining", "Spare capacity for a trigger's workload, in cores, bytes or pieces.");
        foreach (var (trigger, place, answer) in answers)
            if (answer is Answer.Size { Capacity: { Trusted: true } numbers })
                Line(page, "ebb_scaler_capacity_remaining", $"{Labels(trigger, place)},resource=\"{trigger.Metadata.Capacity!.Resource}\"", numbers.Room.Remaining / (decimal)Quantity.UnitsOf(trigger.Metadata.Capacity.Resource));
        return page.ToString();
    }

    private void Cluster(StringBuilder page, string resource, string unit)
    {
        if (gauges.Of(resource) is not { } numbers) return;
        var one = (decimal)Quantity.UnitsOf(resource);
        foreach (var (name, value, help) in new[]
        {
            ("remaining", numbers.Remaining, "left by all pods that are not opportunistic, less the reserve"),
            ("total", numbers.Allocatable, "allocatable on nodes that take pods"),
            ("requested", numbers.Requested, "requested by all pods that are not opportunistic, pending ones included"),
            ("target", numbers.Allocatable - numbers.Reserve, "that may be requested by all together"),
        })
        {
            Head(page, $"{resource}_capacity_{name}", $"{char.ToUpperInvariant(unit[0])}{unit[1..]} {help}.");
            Line(page, $"{resource}_capacity_{name}", "", value / one);
        }
    }

    private static void Head(StringBuilder page, string name, string help) => page.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n");

    private static void Line(StringBuilder page, string name, string labels, decimal value) =>
        page.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {value}\n");

    private static string Labels(Trigger trigger, int place) => string.Create(CultureInfo.InvariantCulture, $"namespace=\"{trigger.Namespace}\",scaledobject=\"{trigger.Name}\",trigger=\"{place}\"");
}
