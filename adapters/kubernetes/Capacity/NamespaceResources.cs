using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>The kinds by which a namespace decides about pods, and the volumes that bind them to nodes.</summary>
internal static class NamespaceResources
{
    private static CapacityKindsJson Json => CapacityKindsJson.Default;

    public static readonly Resource<QuotaObject> Quotas = new(
        new("", "v1", "resourcequotas", "ResourceQuota"),
        () => Json.QuotaObject,
        () => Json.ObjectListQuotaObject
    );

    public static readonly Resource<LimitRangeObject> LimitRanges = new(
        new("", "v1", "limitranges", "LimitRange"),
        () => Json.LimitRangeObject,
        () => Json.ObjectListLimitRangeObject
    );

    public static readonly Resource<ClaimObject> Claims = new(
        new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
        () => Json.ClaimObject,
        () => Json.ObjectListClaimObject
    );

    public static readonly Resource<VolumeObject> Volumes = new(
        new("", "v1", "persistentvolumes", "PersistentVolume", false),
        () => Json.VolumeObject,
        () => Json.ObjectListVolumeObject
    );

    public static readonly Resource<StorageClassObject> StorageClasses = new(
        new("storage.k8s.io", "v1", "storageclasses", "StorageClass", false),
        () => Json.StorageClassObject,
        () => Json.ObjectListStorageClassObject
    );
}
