using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Access;

/// <summary>A SelfSubjectAccessReview: the question, and the answer in its status.</summary>
internal sealed record AccessReview(string ApiVersion, string Kind, AccessSpec Spec, AccessStatus? Status = null);

internal sealed record AccessSpec(AccessAttributes ResourceAttributes);

internal sealed record AccessAttributes(
    string Verb,
    string Group,
    string Version,
    string Resource,
    string? Subresource,
    string? Namespace
);

internal sealed record AccessStatus(bool Allowed);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(AccessReview))]
internal sealed partial class AccessJson : JsonSerializerContext;
