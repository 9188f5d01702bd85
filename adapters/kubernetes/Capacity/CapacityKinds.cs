using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>How they are parsed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    Converters = [
        typeof(LenientInt32Converter),
        typeof(LenientInt64Converter),
        typeof(LenientBooleanConverter),
        typeof(KubernetesTimeConverter),
    ]
)]
[JsonSerializable(typeof(ObjectList<CapacityPod>))]
[JsonSerializable(typeof(ObjectList<CapacityNode>))]
[JsonSerializable(typeof(ObjectList<TargetObject>))]
[JsonSerializable(typeof(ObjectList<TriggeredObject>))]
[JsonSerializable(typeof(ObjectList<ToleranceObject>))]
[JsonSerializable(typeof(ObjectList<ScheduleDocument>))]
[JsonSerializable(typeof(ObjectList<RuntimeClassObject>))]
[JsonSerializable(typeof(ObjectList<QuotaObject>))]
[JsonSerializable(typeof(ObjectList<LimitRangeObject>))]
[JsonSerializable(typeof(ObjectList<ClaimObject>))]
[JsonSerializable(typeof(ObjectList<VolumeObject>))]
[JsonSerializable(typeof(ObjectList<StorageClassObject>))]
[JsonSerializable(typeof(LabelSelector))]
internal sealed partial class CapacityKindsJson : JsonSerializerContext;

/// <summary>The kinds that the scaler watches.</summary>
internal static class CapacityKinds
{
    private static CapacityKindsJson Json => CapacityKindsJson.Default;

    public static readonly Resource<CapacityPod> Pods = new(
        new("", "v1", "pods", "Pod"),
        () => Json.CapacityPod,
        () => Json.ObjectListCapacityPod
    );

    public static readonly Resource<CapacityNode> Nodes = new(
        new("", "v1", "nodes", "Node", false),
        () => Json.CapacityNode,
        () => Json.ObjectListCapacityNode
    );

    public static readonly Resource<TriggeredObject> ScaledObjects = new(
        new("keda.sh", "v1alpha1", "scaledobjects", "ScaledObject"),
        () => Json.TriggeredObject,
        () => Json.ObjectListTriggeredObject
    );

    public static readonly Resource<ToleranceObject> Autoscalers = new(
        new("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
        () => Json.ToleranceObject,
        () => Json.ObjectListToleranceObject
    );

    public static Resource<TargetObject> Targets(ResourceType type) =>
        new(type, () => Json.TargetObject, () => Json.ObjectListTargetObject);
}
