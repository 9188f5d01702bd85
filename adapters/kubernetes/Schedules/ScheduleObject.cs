using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Schedules;

/// <summary>
/// A kind that schedules read or write. The spec is kept as JSON, since errors are reported by its own paths.
/// </summary>
internal sealed record ScheduleObject : IKubernetesObject
{
    private ObjectView? _seen;

    public ScheduleObject() { }

    // A changed copy has a view of its own.
    private ScheduleObject(ScheduleObject original)
    {
        Metadata = original.Metadata;
        Spec = original.Spec;
        Status = original.Status;
        Data = original.Data;
    }

    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public JsonElement? Spec { get; init; }

    public JsonElement? Status { get; init; }

    public Dictionary<string, string>? Data { get; init; }

    /// <summary>The same instance each time.</summary>
    public ObjectView View(ResourceType type) =>
        _seen ??= SeenObject.Of(type, Metadata) with { Spec = Spec, Status = Status, Data = Data };
}

/// <summary>A Deployment or StatefulSet, of which only the size is read.</summary>
internal sealed record SizedObject : IKubernetesObject
{
    private ObjectView? _seen;

    public SizedObject() { }

    // A changed copy has a view of its own.
    private SizedObject(SizedObject original)
    {
        Metadata = original.Metadata;
        Spec = original.Spec;
    }

    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public StatefulSetSpec? Spec { get; init; }

    /// <summary>The same instance each time. Absent replicas are 1, as the API defines it.</summary>
    public ObjectView View(ResourceType type) =>
        _seen ??= SeenObject.Of(type, Metadata) with
        {
            Replicas = Spec?.Replicas ?? 1,
            DeletesClaimsWhenScaled = Spec?.PersistentVolumeClaimRetentionPolicy?.WhenScaled == "Delete",
        };
}

/// <summary>The part of a view that every kind has.</summary>
internal static class SeenObject
{
    public static ObjectView Of(ResourceType type, ObjectMeta meta) =>
        new()
        {
            Ref = new ObjectRef(type.ApiVersion, type.Kind, meta.Namespace, meta.Name),
            Uid = meta.Uid,
            ResourceVersion = meta.ResourceVersion,
            Generation = meta.Generation ?? 0,
            Deleting = meta.DeletionTimestamp is not null,
            Labels = meta.Labels,
            Annotations = meta.Annotations,
            Finalizers = meta.Finalizers,
            Owners = [.. meta.OwnerReferences.Select(owner => owner.Uid ?? "")],
            // The HPA controller scales workloads as it should; that is not a dispute.
            SizedBy = meta.SizedBy?.Manager is { } manager and not (WellKnown.FieldManager or "kube-controller-manager")
                ? manager
                : null,
            SizedAt = meta.SizedBy?.At,
        };
}

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
[JsonSerializable(typeof(ObjectList<ScheduleObject>))]
[JsonSerializable(typeof(ObjectList<SizedObject>))]
internal sealed partial class ScheduleKindsJson : JsonSerializerContext;

/// <summary>The kinds that schedules read.</summary>
internal static class ScheduleKinds
{
    public static readonly Resource<ScheduleObject> ServiceScalers = Of(
        "scaler.udaan.io",
        "v1",
        "servicescalers",
        "ServiceScaler"
    );

    public static readonly Resource<ScheduleObject> Autoscalers = Of(
        "autoscaling.d-kuro.github.io",
        "v1",
        "scheduledpodautoscalers",
        ScheduleTarget.Autoscaler
    );

    public static readonly Resource<ScheduleObject> Schedules = Of(
        "autoscaling.d-kuro.github.io",
        "v1",
        "schedules",
        "Schedule"
    );

    public static readonly Resource<ScheduleObject> Hpas = Of(
        "autoscaling",
        "v2",
        "horizontalpodautoscalers",
        ScheduleTarget.Hpa
    );

    public static readonly Resource<ScheduleObject> ScaledObjects = Of(
        "keda.sh",
        "v1alpha1",
        "scaledobjects",
        ScheduleTarget.ScaledObject
    );

    public static readonly Resource<ScheduleObject> ConfigMaps = Of("", "v1", "configmaps", "ConfigMap");

    public static readonly Resource<SizedObject> Deployments = Sized("deployments", "Deployment");

    public static readonly Resource<SizedObject> StatefulSets = Sized("statefulsets", "StatefulSet");

    private static Resource<ScheduleObject> Of(string group, string version, string plural, string kind) =>
        new(
            new ResourceType(group, version, plural, kind),
            () => ScheduleKindsJson.Default.ScheduleObject,
            () => ScheduleKindsJson.Default.ObjectListScheduleObject
        );

    private static Resource<SizedObject> Sized(string plural, string kind) =>
        new(
            new ResourceType("apps", "v1", plural, kind),
            () => ScheduleKindsJson.Default.SizedObject,
            () => ScheduleKindsJson.Default.ObjectListSizedObject
        );
}
