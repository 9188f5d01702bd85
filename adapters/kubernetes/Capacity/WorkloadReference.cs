using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>Another workload whose template an Argo Rollout takes for its own (<c>spec.workloadRef</c>).</summary>
/// <param name="Workload">Which one.</param>
/// <param name="IsAllowed">Argo Rollouts takes a template from that kind.</param>
internal sealed record WorkloadReference(ObjectRef Workload, bool IsAllowed)
{
    /// <summary>Null: the target refers to none, or has a template of its own.</summary>
    public static WorkloadReference? Of(ObjectRef target, TargetObject found)
    {
        if (
            target.Kind != "Rollout"
            || !target.ApiVersion.StartsWith("argoproj.io/", StringComparison.Ordinal)
            || found.Spec is not { WorkloadRef: { } reference } spec
            || spec.Template?.Spec is not null
        )
            return null;
        var (version, kind) = (reference.ApiVersion ?? "", reference.Kind ?? "");
        return new WorkloadReference(
            new ObjectRef(version, kind, target.Namespace, reference.Name ?? ""),
            (version, kind) is ("apps/v1", "Deployment" or "ReplicaSet") or ("v1", "PodTemplate")
        );
    }
}

/// <summary>Any kind may have a field of that name, which must not keep it from being read.</summary>
internal sealed class WorkloadReferenceConverter : JsonConverter<TargetReference>
{
    public override TargetReference? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
            return JsonSerializer.Deserialize(ref reader, CapacityKindsJson.Default.TargetReference);
        reader.SkipValue();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, TargetReference value, JsonSerializerOptions options) =>
        throw new NotSupportedException("targets are not written");
}
