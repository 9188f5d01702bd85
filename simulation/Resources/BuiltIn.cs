namespace Ebb.Simulation.Resources;

/// <summary>The resources that are there without any definition. A new one is a sibling file and a line here.</summary>
internal static class BuiltIn
{
    public static IReadOnlyList<ResourceType> All { get; } =
    [
        Namespace.Type,
        Pod.Type,
        Node.Type,
        ConfigMap.Type,
        Secret.Type,
        ServiceAccount.Type,
        Service.Type,
        PersistentVolumeClaim.Type,
        Event.Type,
        Deployment.Type,
        ReplicaSet.Type,
        StatefulSet.Type,
        DaemonSet.Type,
        Job.Type,
        CronJob.Type,
        HorizontalPodAutoscaler.Type,
        Lease.Type,
        PodDisruptionBudget.Type,
        Rbac.Role,
        Rbac.ClusterRole,
        Rbac.RoleBinding,
        Rbac.ClusterRoleBinding,
        CustomResourceDefinition.Type,
    ];
}
