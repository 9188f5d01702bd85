using System.Text.Json.Serialization;
using Ebb.Engine.Json;
using NodaTime;

namespace Ebb.Engine.Http;

/// <summary><c>GET /api/overrides</c>.</summary>
internal sealed record OverridesAnswer(IReadOnlyList<OverrideAnswer> Items);

/// <summary>One override; the etag goes into If-Match of whoever replaces or ends exactly this one.</summary>
internal sealed record OverrideAnswer(
    string Kind,
    string Namespace,
    string Name,
    int? Replicas,
    bool Asleep,
    bool Freeze,
    string Reason,
    string? By,
    Instant At,
    Instant? Until,
    string State,
    string Note,
    string Etag
);

/// <summary>409: somebody was faster, and this is what is there.</summary>
internal sealed record OverrideConflict(string Type, string Title, int Status, string Detail, OverrideAnswer? Present);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    Converters = [typeof(InstantConverter), typeof(DurationConverter)]
)]
[JsonSerializable(typeof(OverridesAnswer))]
[JsonSerializable(typeof(OverrideAnswer))]
[JsonSerializable(typeof(OverrideConflict))]
internal sealed partial class OverrideJson : JsonSerializerContext;
