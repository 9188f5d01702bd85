using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.State;

namespace Ebb.Kubernetes.Resources;

/// <summary>How everything that is read is parsed; without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    Converters = [
        typeof(LenientInt32Converter),
        typeof(LenientInt64Converter),
        typeof(LenientBooleanConverter),
        typeof(InstantConverter),
    ]
)]
[JsonSerializable(typeof(ObjectList<Deployment>))]
[JsonSerializable(typeof(ObjectList<StatefulSet>))]
[JsonSerializable(typeof(ObjectList<CronJob>))]
[JsonSerializable(typeof(ObjectList<FluxObject>))]
[JsonSerializable(typeof(ObjectList<CnpgCluster>))]
[JsonSerializable(typeof(ObjectList<ArgoApplication>))]
[JsonSerializable(typeof(ObjectList<BareObject>))]
[JsonSerializable(typeof(ObjectList<ScaledObject>))]
[JsonSerializable(typeof(ObjectList<HorizontalPodAutoscaler>))]
[JsonSerializable(typeof(ObjectList<Node>))]
[JsonSerializable(typeof(ObjectList<Pod>))]
[JsonSerializable(typeof(ObjectList<UpsScaler>))]
[JsonSerializable(typeof(ObjectList<ConfigMap>))]
[JsonSerializable(typeof(ObjectList<ConfigMapMark>))]
[JsonSerializable(typeof(Scale))]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(ResourceList))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
