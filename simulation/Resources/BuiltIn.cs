namespace Ebb.Simulation.Resources;

/// <summary>The built-in resources. A new one is a file beside this one and a line here.</summary>
internal static class BuiltIn
{
    public static IReadOnlyList<ApiResource> All { get; } =
    [
        NamespaceResource.Type,
        PodResource.Type,
        NodeResource.Type,
        ConfigMapResource.Type,
        SecretResource.Type,
        ServiceAccountResource.Type,
        ServiceResource.Type,
        PersistentVolumeClaimResource.Type,
        PersistentVolumeResource.Type,
        VolumeAttachmentResource.Type,
        StorageClassResource.Type,
        EndpointSliceResource.Type,
        ResourceQuotaResource.Type,
        LimitRangeResource.Type,
        EventResource.Type,
        DeploymentResource.Type,
        ReplicaSetResource.Type,
        StatefulSetResource.Type,
        DaemonSetResource.Type,
        JobResource.Type,
        CronJobResource.Type,
        HorizontalPodAutoscalerResource.Type,
        LeaseResource.Type,
        NetworkPolicyResource.Type,
        IngressResource.Type,
        PriorityClassResource.Type,
        RuntimeClassResource.Type,
        PodDisruptionBudgetResource.Type,
        Rbac.Role,
        Rbac.ClusterRole,
        Rbac.RoleBinding,
        Rbac.ClusterRoleBinding,
        CustomResourceDefinitionResource.Type,
        WebhookConfigurationResource.Mutating,
        WebhookConfigurationResource.Validating,
    ];
}
