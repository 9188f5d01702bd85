using Ebb.Kubernetes.Baselines;
using Ebb.Kubernetes.Orders;
using Ebb.Kubernetes.Overrides;
using Ebb.Kubernetes.SleepMethods;
using Ebb.Kubernetes.StatusObjects;

namespace Ebb.Kubernetes.Resources;

/// <summary>The kinds that are known by name.</summary>
internal static class Kinds
{
    private static KubernetesJson Json => KubernetesJson.Default;

    public static readonly Resource<Deployment> Deployments = new(
        new("apps", "v1", "deployments", "Deployment"),
        () => Json.Deployment,
        () => Json.ObjectListDeployment
    );

    public static readonly Resource<StatefulSet> StatefulSets = new(
        new("apps", "v1", "statefulsets", "StatefulSet"),
        () => Json.StatefulSet,
        () => Json.ObjectListStatefulSet
    );

    public static readonly Resource<CronJob> CronJobs = new(
        new("batch", "v1", "cronjobs", "CronJob"),
        () => Json.CronJob,
        () => Json.ObjectListCronJob
    );

    public static readonly Resource<CnpgCluster> CnpgClusters = new(
        new("postgresql.cnpg.io", "v1", "clusters", "Cluster"),
        () => Json.CnpgCluster,
        () => Json.ObjectListCnpgCluster
    );

    public static readonly Resource<SpecObject> ScaledObjects = Whole(
        new("keda.sh", "v1alpha1", "scaledobjects", "ScaledObject")
    );

    public static readonly Resource<FluxObject> Kustomizations = new(
        new("kustomize.toolkit.fluxcd.io", "v1", "kustomizations", "Kustomization"),
        () => Json.FluxObject,
        () => Json.ObjectListFluxObject
    );

    public static readonly Resource<FluxObject> HelmReleases = new(
        new("helm.toolkit.fluxcd.io", "v2", "helmreleases", "HelmRelease"),
        () => Json.FluxObject,
        () => Json.ObjectListFluxObject
    );

    public static readonly Resource<ArgoApplication> Applications = new(
        new("argoproj.io", "v1alpha1", "applications", "Application"),
        () => Json.ArgoApplication,
        () => Json.ObjectListArgoApplication
    );

    public static readonly Resource<SpecObject> HorizontalPodAutoscalers = Whole(
        new("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler")
    );

    public static readonly Resource<UpsScaler> UpsScalers = new(
        new("ups-scaler.io", "v1alpha1", "upsscalers", "UpsScaler"),
        () => Json.UpsScaler,
        () => Json.ObjectListUpsScaler
    );

    public static readonly Resource<BaselineObject> Baselines = new(
        new("ebb.dev", "v1alpha1", "baselines", "Baseline"),
        () => Json.BaselineObject,
        () => Json.ObjectListBaselineObject
    );

    public static readonly Resource<PowerOrderObject> PowerOrders = new(
        new("ebb.dev", "v1alpha1", "powerorders", "PowerOrder"),
        () => Json.PowerOrderObject,
        () => Json.ObjectListPowerOrderObject
    );

    public static readonly Resource<OverrideObject> Overrides = new(
        new("ebb.dev", "v1alpha1", "overrides", "Override"),
        () => Json.OverrideObject,
        () => Json.ObjectListOverrideObject
    );

    public static readonly Resource<SleepMethodObject> SleepMethods = new(
        new("ebb.dev", "v1alpha1", "sleepmethods", "SleepMethod", false),
        () => Json.SleepMethodObject,
        () => Json.ObjectListSleepMethodObject
    );

    public static readonly Resource<StatusItem> Powers = Status("powers", "Power");

    public static readonly Resource<StatusItem> Outages = Status("outages", "Outage");

    public static readonly Resource<Node> Nodes = new(
        new("", "v1", "nodes", "Node", false),
        () => Json.Node,
        () => Json.ObjectListNode
    );

    public static readonly Resource<Service> Services = new(
        new("", "v1", "services", "Service"),
        () => Json.Service,
        () => Json.ObjectListService
    );

    public static readonly Resource<EndpointSlice> EndpointSlices = new(
        new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"),
        () => Json.EndpointSlice,
        () => Json.ObjectListEndpointSlice
    );

    public static Resource<WebhookConfiguration> Webhooks(string plural, string kind) =>
        new(
            new("admissionregistration.k8s.io", "v1", plural, kind, false),
            () => Json.WebhookConfiguration,
            () => Json.ObjectListWebhookConfiguration
        );

    public static readonly Resource<CustomResourceDefinition> Definitions = new(
        new("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false),
        () => Json.CustomResourceDefinition,
        () => Json.ObjectListCustomResourceDefinition
    );

    public static readonly Resource<Pod> Pods = new(
        new("", "v1", "pods", "Pod"),
        () => Json.Pod,
        () => Json.ObjectListPod
    );

    public static readonly Resource<ConfigMap> ConfigMaps = new(
        new("", "v1", "configmaps", "ConfigMap"),
        () => Json.ConfigMap,
        () => Json.ObjectListConfigMap
    );

    public static readonly Resource<ConfigMapMark> ConfigMapMarks = new(
        new("", "v1", "configmaps", "ConfigMap"),
        () => Json.ConfigMapMark,
        () => Json.ObjectListConfigMapMark
    );

    public static readonly ResourceType Leases = new("coordination.k8s.io", "v1", "leases", "Lease");

    public static readonly ResourceType Events = new("events.k8s.io", "v1", "events", "Event");

    private static Resource<StatusItem> Status(string plural, string kind) =>
        new(new("ebb.dev", "v1alpha1", plural, kind), () => Json.StatusItem, () => Json.ObjectListStatusItem);

    /// <summary>A kind of which the whole spec is kept.</summary>
    public static Resource<SpecObject> Whole(ResourceType type) =>
        new(type, () => Json.SpecObject, () => Json.ObjectListSpecObject);

    /// <summary>Of which only the labels are read.</summary>
    public static ResourceType Namespaces { get; } = new("", "v1", "namespaces", "Namespace", Namespaced: false);

    /// <summary>A kind that is known only by its scale.</summary>
    public static Resource<ScalableObject> Scalable(ResourceType type) =>
        new(type, () => Json.ScalableObject, () => Json.ObjectListScalableObject);

    public static Resource<BareObject> Bare(ResourceType type) =>
        new(type, () => Json.BareObject, () => Json.ObjectListBareObject);
}
