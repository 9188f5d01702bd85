using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

internal sealed record Condition(
    [property: JsonConverter(typeof(PooledStringConverter))] string? Type,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Status,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Reason,
    string? Message
);
