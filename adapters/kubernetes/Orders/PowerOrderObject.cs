using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Orders;

/// <summary>A PowerOrder as the server sends it.</summary>
internal sealed record PowerOrderObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }
    public PowerOrderSpec? Spec { get; init; }
    public PowerOrderStatus? Status { get; init; }
}

internal sealed record PowerOrderSpec(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Action,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Reason,
    [property: JsonConverter(typeof(LenientStringConverter))] string? By,
    StatedTime? Until
);

internal sealed record PowerOrderStatus(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Phase,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Message,
    Instant? TurnedAt,
    Instant? EndedAt,
    JsonElement? Conditions
);
