using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

internal sealed record HorizontalPodAutoscaler : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public HorizontalPodAutoscalerSpec? Spec { get; init; }

    /// <summary>Made by KEDA for a ScaledObject, which is the one to change.</summary>
    [JsonIgnore]
    public bool IsOfKeda =>
        Metadata.OwnerReferences.Any(owner => owner.Kind == "ScaledObject")
        || Metadata.Labels.ContainsKey("scaledobject.keda.sh/name");
}

internal sealed record HorizontalPodAutoscalerSpec(
    TargetReference? ScaleTargetRef,
    int? MinReplicas = null,
    int? MaxReplicas = null
);
