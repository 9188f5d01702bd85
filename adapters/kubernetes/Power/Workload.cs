using Ebb.Core.Capacity;
using Ebb.Core.Workloads;
using Ebb.Core.Workloads.Declared;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// How a kind of workload reads as a view. Absent numbers in a current status are 0 (the API omits them), and only
/// there.
/// </summary>
internal static class Workload
{
    public static WorkloadView View(ResourceType type, WorkloadInputs inputs)
    {
        var meta = inputs.Object.Metadata;
        var placement = inputs.Places is null ? null : PlacementOf(inputs.Object);
        var labels = PodLabels.Of(type, inputs.Object, inputs.Scale, inputs.Way?.Method?.Pods);
        var view = new WorkloadView
        {
            Ref = new ObjectRef(type.ApiVersion, type.Kind, meta.Namespace, meta.Name),
            Uid = meta.Uid,
            ResourceVersion = meta.ResourceVersion,
            Deleting = meta.DeletionTimestamp is not null,
            PodLabels = labels.Known,
            HasMorePodLabels = labels.More,
            Labels = meta.Labels,
            Annotations = meta.Annotations,
            SizedBy = SizedBy(meta.SizedBy),
            PodsLeft = inputs.Object is CronJob or CnpgCluster or SpecObject ? inputs.Left?.Count : null,
            Stranded = inputs.Left?.Stranded ?? [],
            Unstartable = inputs.Left?.Unstartable ?? [],
            Placement = placement,
            // Where the template says where they go, so do those that are on no node yet.
            RunsOn = inputs.Places is { } places && !(places.Unbound && placement is null) ? places.Nodes : null,
        };
        return inputs.Object switch
        {
            Deployment deployment => Of(view, deployment, inputs.Pods),
            StatefulSet set => Of(view, set),
            CronJob job => view with
            {
                Suspended = job.Spec?.Suspend ?? false,
                SuspendStated = job.Spec?.Suspend is not null,
                ActiveJobs = job.Status?.Active?.Length ?? 0,
            },
            FluxObject flux => view with
            {
                Suspended = flux.Spec?.Suspend ?? false,
                SuspendStated = flux.Spec?.Suspend is not null,
                Applies = AppliedBy.Of(flux),
            },
            CnpgCluster cluster => Of(view, cluster),
            Node node => view with
            {
                Suspended = node.Spec?.Unschedulable ?? false,
                SuspendStated = node.Spec?.Unschedulable is not null,
            },
            SpecObject whole => Of(view, whole, inputs.Pods, inputs.Way),
            ArgoApplication application => view with
            {
                Automated = application.Spec?.SyncPolicy?.Automated,
                Applies = AppliedBy.Of(application),
            },
            ScalableObject scalable => Of(view, inputs.Scale, inputs.Pods) with
            {
                Requests = Views.Requests(scalable.Spec?.Template?.Requests),
            },
            _ => Of(view, inputs.Scale, inputs.Pods),
        };
    }

    private static Placement? PlacementOf(IKubernetesObject workload) =>
        workload switch
        {
            Deployment deployment => deployment.Spec?.Template?.Spec?.Placement,
            StatefulSet set => set.Spec?.Template?.Spec?.Placement,
            CronJob job => job.Spec?.JobTemplate?.Spec?.Template?.Spec?.Placement,
            ScalableObject scalable => scalable.Spec?.Template?.Placement,
            _ => null,
        };

    /// <summary>Whether its pods must be counted because its status does not tell how many still terminate.</summary>
    public static LabelSelector? PodsToCount(IKubernetesObject workload) =>
        workload is Deployment { Status: { TerminatingReplicas: null } status, Spec.Selector: { } selector } deployment
        && IsCurrent(status.ObservedGeneration, deployment.Metadata)
            ? selector
            : null;

    private static WorkloadView Of(WorkloadView view, Deployment deployment, PodCount? pods)
    {
        var current = IsCurrent(deployment.Status?.ObservedGeneration, deployment.Metadata);
        var replicas = deployment.Status?.Replicas ?? 0;
        return view with
        {
            Replicas = deployment.Spec?.Replicas ?? 1,
            ReadyReplicas = current ? deployment.Status?.ReadyReplicas ?? 0 : null,
            NotCreated = current ? deployment.Status?.ReplicaFailure : null,
            PodsLeft = (current, deployment.Status?.TerminatingReplicas, pods) switch
            {
                (false, _, _) => null,
                (_, { } terminating, _) => replicas + terminating,
                (_, _, { } counted) => Math.Max(counted.Left, replicas),
                _ => null,
            },
        };
    }

    private static WorkloadView Of(WorkloadView view, StatefulSet set)
    {
        var current = IsCurrent(set.Status?.ObservedGeneration, set.Metadata);
        return view with
        {
            Replicas = set.Spec?.Replicas ?? 1,
            ReadyReplicas = current ? set.Status?.ReadyReplicas ?? 0 : null,
            PodsLeft = current ? set.Status?.Replicas ?? 0 : null,
            DeletesClaimsWhenScaled = set.Spec?.PersistentVolumeClaimRetentionPolicy?.WhenScaled == "Delete",
        };
    }

    private static WorkloadView Of(WorkloadView view, CnpgCluster cluster)
    {
        var condition = cluster.Status?.Conditions?.FirstOrDefault(c => c.Type == WellKnown.HibernationAnnotation);
        return view with
        {
            Instances = cluster.Spec?.Instances,
            ReadyInstances = cluster.Status is null ? null : cluster.Status.ReadyInstances ?? 0,
            Says = ClusterWords.Of(cluster),
            Hibernation = condition is null
                ? null
                : new ConditionView(condition.Status ?? "Unknown", condition.Reason, condition.Message),
        };
    }

    private static WorkloadView Of(WorkloadView view, SpecObject whole, PodCount? pods, DeclaredWay? way) =>
        view with
        {
            PodsLeft = pods?.Left ?? view.PodsLeft,
            ReadyReplicas = pods?.Ready,
            SizedBy = WrittenBy(whole.Metadata.Owners, way),
            Declared = DeclaredState.Of(
                new ObjectFields(whole.Metadata.Annotations, whole.Metadata.Labels, whole.Spec, whole.Status),
                way?.Method,
                way?.Fault,
                way?.Kept ?? []
            ),
        };

    // A scale does not count terminating pods. Where it names no selector to count them by, what it says is all that
    // there is to know, and the API server says 0, too, where nobody fills it in.
    private static WorkloadView Of(WorkloadView view, Scale? scale, PodCount? pods)
    {
        if (scale is null)
            return view;
        var (wanted, told) = (scale.Spec?.Replicas ?? 0, scale.Status?.Replicas ?? 0);
        var selects = !string.IsNullOrEmpty(scale.Status?.Selector);
        var uncounted = !selects && wanted > 0 && told <= 0;
        return view with
        {
            // Of the size that is read: a newer version of the object says nothing of an older size.
            ResourceVersion = scale.Metadata.ResourceVersion,
            Replicas = wanted,
            ReadyReplicas =
                selects ? pods?.Ready
                : uncounted ? null
                : told,
            PodsLeft =
                selects ? (pods is { } counted ? Math.Max(counted.Left, told) : null)
                : uncounted ? null
                : told,
            IsUncounted = uncounted,
        };
    }

    private static bool IsCurrent(long? observed, ObjectMeta meta) => observed >= (meta.Generation ?? 0);

    /// <summary>Looked for only while something of it is kept: nobody asks before.</summary>
    private static string? WrittenBy(FieldOwners? owners, DeclaredWay? way) =>
        way is { Kept.Count: > 0, Method.Sleep: { } fields }
            ? owners?.LastOf([.. fields.Select(field => FieldPath.Parse(field.Path)!)])
            : null;

    // The HPA itself is in WorkloadView.HorizontalPodAutoscaler.
    private static string? SizedBy(SizeWriter? writer) =>
        writer?.Manager is null or WellKnown.FieldManager or "kube-controller-manager" ? null : writer.Manager;
}
