using System.Globalization;
using Ebb.Core.Workloads;
using Ebb.Core.Workloads.Declared;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>Where the pods of a workload are.</summary>
/// <param name="Nodes">Their nodes, by name.</param>
/// <param name="Unbound">At least one is on no node yet.</param>
internal sealed record PodPlaces(IReadOnlyList<string> Nodes, bool Unbound)
{
    public static readonly PodPlaces None = new([], false);

    public bool Equals(PodPlaces? other) => Unbound == other?.Unbound && Nodes.SequenceEqual(other.Nodes);

    public override int GetHashCode() => Nodes.Count;

    public static PodPlaces Of(IEnumerable<Pod> pods)
    {
        var staying = pods.Where(pod => pod.Metadata.DeletionTimestamp is null)
            .Select(pod => pod.Spec?.NodeName ?? "")
            .ToHashSet(StringComparer.Ordinal);
        return new PodPlaces(
            [.. staying.Where(node => node.Length > 0).Order(StringComparer.Ordinal)],
            staying.Contains("")
        );
    }
}

/// <summary>The pods of a workload of which some cannot end or cannot start.</summary>
/// <param name="Count">All of them.</param>
/// <param name="Stranded">Those that cannot end, by name.</param>
/// <param name="Unstartable">Those that cannot start, by name.</param>
internal sealed record PodsLeft(int Count, IReadOnlyList<StrandedPod> Stranded, IReadOnlyList<StrandedPod> Unstartable)
{
    public bool Equals(PodsLeft? other) =>
        Count == other?.Count && Stranded.SequenceEqual(other.Stranded) && Unstartable.SequenceEqual(other.Unstartable);

    public override int GetHashCode() => Count;

    /// <summary>Which pods belong to a workload; null: it cannot be told, or none do.</summary>
    public static LabelSelector? Selector(IKubernetesObject workload, Scale? scale, OwnPods? own = null) =>
        workload switch
        {
            Deployment deployment => deployment.Spec?.Selector,
            StatefulSet set => set.Spec?.Selector,
            CronJob { Status.Active: { Length: > 0 } jobs } => new LabelSelector(
                null,
                [new LabelRequirement("job-name", "In", [.. jobs.Select(job => job.Name).OfType<string>()])]
            ),
            CnpgCluster cluster => new LabelSelector(
                new SmallDictionary([new("cnpg.io/cluster", cluster.Metadata.Name)]),
                null
            ),
            SpecObject whole => OwnSelector.Of(whole, own),
            ScalableObject => LabelSelector.Parse(scale?.Status?.Selector),
            _ => null,
        };

    /// <summary>Null: all of them can end and start.</summary>
    /// <param name="workload">Whose.</param>
    /// <param name="pods">Those that exist and have not finished, by name.</param>
    /// <param name="dead">Nodes on which nothing can end.</param>
    public static PodsLeft? Of(IKubernetesObject workload, IReadOnlyList<Pod> pods, DeadNodes dead)
    {
        var stuck = pods.Where(pod => dead.Fault(pod.Spec?.NodeName) is not null).ToList();
        // A pod of a Deployment has another name when it is made anew; these have not.
        var keepsNames = workload is StatefulSet or CnpgCluster;
        List<StrandedPod> unstartable =
        [
            .. pods.Select(pod =>
                    dead.Fault(pod.Spec?.NodeName) is { } fault ? (keepsNames ? Told(pod, fault) : null)
                    : pod is { Status.Unscheduled: true, Metadata.DeletionTimestamp: null }
                        ? Told(pod, "no node takes it")
                    : null
                )
                .OfType<StrandedPod>(),
        ];
        List<StrandedPod> stranded =
        [
            .. pods.Select(pod =>
                    dead.Fault(pod.Spec?.NodeName) is { } fault ? Told(pod, fault)
                    : Behind(workload, pod, stuck) is { } first ? Told(pod, $"ends after {first.Metadata.Name}")
                    : null
                )
                .OfType<StrandedPod>(),
        ];
        return stranded.Count + unstartable.Count == 0 ? null : new PodsLeft(pods.Count, stranded, unstartable);

        static StrandedPod Told(Pod pod, string why) => new(pod.Metadata.Name, why);
    }

    /// <summary>The stuck pod that the controller waits for before it ends this one; null: for none.</summary>
    private static Pod? Behind(IKubernetesObject workload, Pod pod, List<Pod> stuck) =>
        workload switch
        {
            // OrderedReady: from the highest ordinal down, one by one as each is gone.
            StatefulSet { Spec.PodManagementPolicy: not "Parallel" } => stuck.Find(other =>
                Ordinal(other) > Ordinal(pod)
            ),
            CnpgCluster cluster => stuck.Find(other =>
                // One by one too, and not begun at all while an instance is not healthy.
                Hibernation(cluster) switch
                {
                    "DeletingPods" => false,
                    "WaitingPodsDeletion" => other.Metadata.DeletionTimestamp is not null,
                    _ => true,
                }
            ),
            _ => null,
        };

    private static string? Hibernation(CnpgCluster cluster) =>
        cluster.Status?.Conditions?.FirstOrDefault(c => c.Type == WellKnown.HibernationAnnotation)?.Reason;

    private static int? Ordinal(Pod pod) =>
        int.TryParse(
            pod.Metadata.Name.AsSpan(pod.Metadata.Name.LastIndexOf('-') + 1),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var ordinal
        )
            ? ordinal
            : null;
}
