using Ebb.Core.Capacity;
using Ebb.Core.GitOps;
using Ebb.Core.Hooks;
using Ebb.Core.Workloads.Declared;

namespace Ebb.Core.Workloads;

/// <summary>
/// A workload as it was last seen. A member is null when its type has no such thing or when it is not known; it is
/// never a default.
/// </summary>
public sealed record WorkloadView
{
    /// <summary>
    /// The object that is scaled or suspended. For an UpsScaler of type scaledobject: the ScaledObject's target.
    /// </summary>
    public required ObjectRef Ref { get; init; }

    /// <summary>
    /// The UID that the baseline is bound to: the named object's (the ScaledObject's for type scaledobject).
    /// </summary>
    public required string Uid { get; init; }

    /// <summary>The version that a write to <see cref="Ref"/> expects.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary>It has a deletionTimestamp.</summary>
    public bool Deleting { get; init; }

    /// <summary>Desired replicas.</summary>
    public int? Replicas { get; init; }

    /// <summary>What each of its pods requests, of a kind that is known only by its scale; null: not known.</summary>
    public ReplicaRequests? Requests { get; init; }

    /// <summary>Replicas that are ready; null while the status is older than the spec.</summary>
    public int? ReadyReplicas { get; init; }

    /// <summary>
    /// Pods that exist, terminating ones included, finished ones not. Null while it cannot be told (status older than
    /// spec, pods not seen). Of a CronJob's jobs and of a database it is told only while some are stranded.
    /// </summary>
    public int? PodsLeft { get; init; }

    /// <summary>
    /// Nothing counts its pods: its scale names no selector, and its <c>status.replicas</c> says none although some are
    /// asked for.
    /// </summary>
    public bool IsUncounted { get; init; }

    /// <summary>
    /// Those of <see cref="PodsLeft"/> that cannot end because their node is not ready or gone; empty: none, or none is
    /// known.
    /// </summary>
    public IReadOnlyList<StrandedPod> Stranded { get; init; } = [];

    /// <summary>
    /// Pods that cannot start, by name: no node takes them, or one of their name is left on a node that is not ready.
    /// Told only while a node is not ready or gone.
    /// </summary>
    public IReadOnlyList<StrandedPod> Unstartable { get; init; } = [];

    /// <summary>
    /// The nodes that its pods are on; null: not known, or one is on none yet. Told only where a node names a supply.
    /// </summary>
    public IReadOnlyList<string>? RunsOn { get; init; }

    /// <summary>Where its template lets its pods go; null: it has none that can be read.</summary>
    public Placement? Placement { get; init; }

    /// <summary>
    /// Why its pods are not created, such as a quota or a webhook, in the API server's words. Null: they are, or its
    /// kind does not say.
    /// </summary>
    public string? NotCreated { get; init; }

    /// <summary>Some of its pods are left, and none of them can end.</summary>
    public bool IsStranded => Stranded.Count > 0 && PodsLeft <= Stranded.Count;

    /// <summary>
    /// CronJob and Flux: <c>spec.suspend</c>; node: <c>spec.unschedulable</c>. Absent reads as false, as the API
    /// defines it.
    /// </summary>
    public bool? Suspended { get; init; }

    /// <summary>
    /// Whether that field is written out; where it is not it must not be written back either, or GitOps sees a
    /// drift.
    /// </summary>
    public bool SuspendStated { get; init; }

    /// <summary>What applies others from Git: what it says that it applies; null: it is no such thing.</summary>
    public AppliedObjects? Applies { get; init; }

    /// <summary>CronJob: jobs that run now.</summary>
    public int? ActiveJobs { get; init; }

    /// <summary>The labels that all its pods have, as far as they are known; null: none is known.</summary>
    public IReadOnlyDictionary<string, string>? PodLabels { get; init; }

    /// <summary>Its pods may have labels beside those.</summary>
    public bool HasMorePodLabels { get; init; }

    /// <summary>The labels of <see cref="Ref"/>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = Empty;

    /// <summary>The annotations of <see cref="Ref"/>.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = Empty;

    /// <summary>CloudNativePG: the condition <c>cnpg.io/hibernation</c>.</summary>
    public ConditionView? Hibernation { get; init; }

    /// <summary>CloudNativePG: what its operator says that it does, in its own words.</summary>
    public string? Says { get; init; }

    /// <summary>CloudNativePG: instances asked for.</summary>
    public int? Instances { get; init; }

    /// <summary>CloudNativePG: instances that are ready.</summary>
    public int? ReadyInstances { get; init; }

    /// <summary>Argo CD: <c>spec.syncPolicy.automated</c> as compact JSON; null when it syncs by hand.</summary>
    public string? Automated { get; init; }

    /// <summary>
    /// StatefulSet with <c>persistentVolumeClaimRetentionPolicy.whenScaled: Delete</c>: scaling it to 0 would delete
    /// its data.
    /// </summary>
    public bool DeletesClaimsWhenScaled { get; init; }

    /// <summary>The ScaledObject that scales it.</summary>
    public ScaledObjectView? ScaledObject { get; init; }

    /// <summary>The name of a HorizontalPodAutoscaler that scales it, KEDA's own excepted.</summary>
    public string? HorizontalPodAutoscaler { get; init; }

    /// <summary>That HorizontalPodAutoscaler with its bounds; null when there is none.</summary>
    public AutoscalerView? Autoscaler { get; init; }

    /// <summary>What it sleeps by, where that is its fields; null: it sleeps in another way.</summary>
    public DeclaredState? Declared { get; init; }

    /// <summary>What it runs, where it is a hook; null: it is a workload.</summary>
    public HookView? Hook { get; init; }

    /// <summary>Who wrote the desired size last (managedFields), when that was not Ebb.</summary>
    public string? SizedBy { get; init; }

    private static readonly IReadOnlyDictionary<string, string> Empty = new Dictionary<string, string>();
}
