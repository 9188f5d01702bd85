using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Kubernetes.Baselines;
using Ebb.Kubernetes.Orders;
using Ebb.Kubernetes.Overrides;
using Ebb.Kubernetes.SleepMethods;
using Ebb.Kubernetes.StatusObjects;

namespace Ebb.Kubernetes.Resources;

/// <summary>How objects in Ebb's own slim types are parsed, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    Converters = [
        typeof(LenientInt32Converter),
        typeof(LenientInt64Converter),
        typeof(LenientBooleanConverter),
        typeof(KubernetesTimeConverter),
        typeof(WholeElementConverter),
    ]
)]
[JsonSerializable(typeof(ObjectList<Deployment>))]
[JsonSerializable(typeof(ObjectList<StatefulSet>))]
[JsonSerializable(typeof(ObjectList<CronJob>))]
[JsonSerializable(typeof(ObjectList<FluxObject>))]
[JsonSerializable(typeof(ObjectList<CnpgCluster>))]
[JsonSerializable(typeof(ObjectList<ArgoApplication>))]
[JsonSerializable(typeof(ObjectList<BareObject>))]
[JsonSerializable(typeof(ObjectList<ScalableObject>))]
[JsonSerializable(typeof(ObjectList<SpecObject>))]
[JsonSerializable(typeof(ObjectList<Node>))]
[JsonSerializable(typeof(ObjectList<Pod>))]
[JsonSerializable(typeof(ObjectList<Service>))]
[JsonSerializable(typeof(ObjectList<EndpointSlice>))]
[JsonSerializable(typeof(ObjectList<WebhookConfiguration>))]
[JsonSerializable(typeof(ObjectList<CustomResourceDefinition>))]
[JsonSerializable(typeof(ObjectList<UpsScaler>))]
[JsonSerializable(typeof(ObjectList<BaselineObject>))]
[JsonSerializable(typeof(ObjectList<OverrideObject>))]
[JsonSerializable(typeof(ObjectList<SleepMethodObject>))]
[JsonSerializable(typeof(ObjectList<StatusItem>))]
[JsonSerializable(typeof(ObjectList<PowerOrderObject>))]
[JsonSerializable(typeof(ObjectList<ConfigMap>))]
[JsonSerializable(typeof(ObjectList<ConfigMapMark>))]
[JsonSerializable(typeof(Scale))]
[JsonSerializable(typeof(LabelSelector))]
[JsonSerializable(typeof(JsonDocument))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
