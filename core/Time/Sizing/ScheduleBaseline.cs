using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Core.Time.Specs;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// What a scaled object was before a schedule sized it; the counterpart of power's baseline. It stands in
/// <c>status.baseline</c> of a Schedule (in an annotation of the HPA where only a ConfigMap sizes it, which has no
/// status), is written once before the first write to the object, and is taken out when the object is again what it
/// was. It speaks only of the object with this UID.
/// </summary>
/// <param name="Uid">The scaled object's.</param>
/// <param name="CapturedAt">When.</param>
/// <param name="Replicas">Desired replicas of the workload; null: not touched.</param>
/// <param name="Min">minReplicas of an HPA, minReplicaCount of a ScaledObject; null: there was none, or not
/// touched.</param>
/// <param name="Max">The same for the maximum.</param>
/// <param name="Paused">KEDA's annotation paused-replicas; null: there was none, or not touched.</param>
public sealed record ScheduleBaseline(
    string Uid,
    Instant CapturedAt,
    int? Replicas = null,
    int? Min = null,
    int? Max = null,
    string? Paused = null
)
{
    /// <summary>Where an HPA keeps it.</summary>
    public const string Annotation = "ebb.dev/baseline";

    /// <summary>Keeps a Schedule until what it keeps has been written back.</summary>
    public const string Finalizer = "ebb.dev/restore-first";

    internal static ScheduleBaseline? Of(ObjectView holder)
    {
        if (holder.Ref.Kind != ScheduleTarget.Hpa)
            return Of(holder.Read("status").Member("baseline"));
        if (!holder.Annotations.TryGetValue(Annotation, out var text))
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            return Of(document.RootElement);
        }
        catch (JsonException)
        {
            // Not written by Ebb: no baseline.
            return null;
        }
    }

    internal JsonObject Write() =>
        new()
        {
            ["uid"] = Uid,
            ["capturedAt"] = InstantPattern.ExtendedIso.Format(CapturedAt),
            ["replicas"] = Replicas,
            ["minReplicas"] = Min,
            ["maxReplicas"] = Max,
            ["pausedReplicas"] = Paused,
        };

    private static ScheduleBaseline? Of(JsonElement? found)
    {
        var read = new SpecReader(found, "baseline", []);
        return read.Text("uid") is { } uid
            ? new ScheduleBaseline(
                uid,
                InstantPattern.ExtendedIso.Parse(read.Text("capturedAt") ?? "").TryGetValue(default, out var at)
                    ? at
                    : default,
                Number(read, "replicas"),
                Number(read, "minReplicas"),
                Number(read, "maxReplicas"),
                read.Text("pausedReplicas")
            )
            : null;
    }

    private static int? Number(SpecReader read, string member) => read.Whole(member, 0, int.MaxValue);
}
