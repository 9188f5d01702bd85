using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>What of a pod's spec, or of a template's, decides about capacity.</summary>
internal sealed record PodSpecFacts(string? Node, bool Gated, Amounts Requests, Placement Placement)
{
    public static readonly PodSpecFacts Nothing = new(null, false, Amounts.None, Placement.Anywhere);

    public int Priority { get; init; }

    public bool HasDeadline { get; init; }

    public Amounts Limits { get; init; } = Amounts.None;

    /// <summary>Of a template: what is added up.</summary>
    public ReplicaTemplate Replica { get; init; } = ReplicaTemplate.Nothing;

    /// <summary>Of a template: the PriorityClass that it names; null: none.</summary>
    public string? PriorityClass { get; init; }

    /// <summary>Unless it has a node: the PersistentVolumeClaims that it names.</summary>
    public IReadOnlyList<string> Claims { get; init; } = [];

    /// <summary>Unless it has a node: its ephemeral volumes, each with a claim of the pod's own.</summary>
    public IReadOnlyList<string> OwnVolumes { get; init; } = [];

    /// <summary>Required anti-affinity.</summary>
    public IReadOnlyList<AffinityTerm> Repels { get; init; } = [];

    /// <summary>Unless it has a node: required affinity by hostname.</summary>
    public IReadOnlyList<AffinityTerm> Attracts { get; init; } = [];

    /// <summary>Whom it is to share a node with, in a namespace.</summary>
    public IReadOnlyList<PodTerm> With(string @namespace) =>
        Attracts.Count == 0 ? [] : [.. Attracts.Select(term => term.In(@namespace))];

    /// <summary>What it repels on its own node, in a namespace.</summary>
    public IReadOnlyList<PodTerm> OnHost(string @namespace) =>
        Repels.Count == 0 ? [] : [.. Repels.Where(term => term.IsByHost).Select(term => term.In(@namespace))];

    /// <summary>What it repels in larger domains, in a namespace.</summary>
    public IReadOnlyList<DomainTerm> InDomain(string @namespace) =>
        Repels.Count == 0 || Repels.All(term => term.IsByHost)
            ? []
            : [.. Repels.Where(term => !term.IsByHost).Select(term => new DomainTerm(term.Key, term.In(@namespace)))];

    /// <summary>Of a template: the RuntimeClass whose overhead is still to be added; null: none.</summary>
    public string? RuntimeClass { get; init; }

    /// <summary>Of a template: the one spread that the scheduler enforces; null: none.</summary>
    public SpreadTerm? Spread { get; init; }

    /// <summary>What in it cannot be counted exactly; of a pod, while it waits.</summary>
    public IReadOnlyList<string> Uncountable { get; init; } = [];
}

/// <summary>Pods that an affinity or an anti-affinity names.</summary>
/// <param name="Selector">Which; null: none.</param>
/// <param name="Namespaces">Where; empty: in the pod's own.</param>
/// <param name="Everywhere">In all namespaces.</param>
internal sealed record AffinityTerm(LabelSelector? Selector, IReadOnlyList<string> Namespaces, bool Everywhere)
{
    /// <summary>The label of nodes that names a domain.</summary>
    public string Key { get; init; } = NeighbourReader.Hostname;

    /// <summary>Each node is a domain.</summary>
    public bool IsByHost => Key == NeighbourReader.Hostname;

    /// <summary>The same for a pod of a namespace.</summary>
    public PodTerm In(string @namespace)
    {
        IReadOnlyList<string> spaces = Namespaces.Count == 0 ? [@namespace] : Namespaces;
        return new PodTerm(
            $"{(Everywhere ? "*" : string.Join(',', spaces))} {Selector?.Words ?? "-"}",
            (space, labels) =>
                (Everywhere || spaces.Contains(space)) && Selector?.Selects((SmallDictionary)labels) == true
        );
    }
}

/// <summary>A spread before its namespace is known.</summary>
/// <param name="Rule">The rule, without the pods that it counts.</param>
/// <param name="Pods">The pods that it counts, in the pod's own namespace.</param>
/// <param name="OwnRevisionOnly">Only those of the same template, so that no other workload's pod counts.</param>
internal sealed record SpreadTerm(SpreadRule Rule, AffinityTerm Pods, bool OwnRevisionOnly)
{
    private static readonly PodTerm Nobody = new("-", static (_, _) => false);

    /// <summary>The rule of a workload.</summary>
    /// <param name="namespace">Of its pods.</param>
    /// <param name="labels">Of its pods.</param>
    public SpreadRule In(string @namespace, SmallDictionary labels) =>
        Rule with
        {
            Counts = OwnRevisionOnly ? Nobody : Pods.In(@namespace),
            CountsReplicas = Pods.Selector?.Selects(labels) == true,
        };
}
