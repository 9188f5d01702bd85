using Ebb.Core.Capacity;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Capacity;

/// <summary>The result of a lookup: the object, that there is none, or why that is unknown.</summary>
/// <typeparam name="T">Its facts.</typeparam>
/// <param name="It">The facts; null when there is none or it is not known.</param>
/// <param name="Unknown">Why it is not known; null when it is known, absence included.</param>
public readonly record struct Known<T>(T? It, string? Unknown)
    where T : class;

/// <summary>What the answers to a ScaledObject's triggers depend on.</summary>
/// <param name="Ref">Which one.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Target">What it scales.</param>
/// <param name="HpaName">The HPA that KEDA keeps for it.</param>
/// <param name="Min">The least count that its HPA allows, 1 or more.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Triggers">How many triggers it has.</param>
/// <param name="Pause">The annotation that pauses it in any way; null: none does.</param>
/// <param name="AsksTolerance">It asks for a tolerance of its own, in either direction.</param>
/// <param name="HasFormula">A formula makes one metric of those of its triggers, and activates by its result.</param>
public sealed record ScaledObjectFacts(
    ObjectRef Ref,
    string Uid,
    ObjectRef? Target,
    string HpaName,
    int Min,
    int Max,
    int Triggers,
    string? Pause,
    bool AsksTolerance,
    bool HasFormula
)
{
    /// <summary>Of a ScaledJob: as <see cref="TargetFacts.JobStrategy"/>.</summary>
    public string? JobStrategy { get; init; }

    /// <summary>Those of its triggers whose metric is no average, without a formula.</summary>
    public OtherMetricTypes MetricTypes { get; init; } = OtherMetricTypes.None;
}

/// <summary>A trigger that asks an external scaler.</summary>
/// <param name="Namespace">Of its ScaledObject.</param>
/// <param name="Name">Of its ScaledObject.</param>
/// <param name="Metadata">As KEDA hands it on.</param>
public sealed record ExternalTrigger(string Namespace, string Name, IReadOnlyDictionary<string, string> Metadata);

/// <summary>An HPA as the API server stored it.</summary>
/// <param name="UpTolerance">Its tolerance upwards, 0 to 1; null: the server's default holds.</param>
/// <param name="DownTolerance">The same downwards.</param>
/// <param name="Min">The least count.</param>
/// <param name="Max">The greatest count.</param>
/// <param name="UpDisabled">It must not grow.</param>
/// <param name="DownDisabled">It must not shrink.</param>
public sealed record AutoscalerFacts(
    decimal? UpTolerance,
    decimal? DownTolerance,
    int Min,
    int Max,
    bool UpDisabled,
    bool DownDisabled
);

/// <summary>What a ScaledObject scales.</summary>
/// <param name="Ref">Which one.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="ResourceVersion">Its version.</param>
/// <param name="Replicas">How many it is to have.</param>
/// <param name="Replica">A replica as a pending pod.</param>
/// <param name="Owns">Whether a pod is one of its own.</param>
public sealed record TargetFacts(
    ObjectRef Ref,
    string Uid,
    string ResourceVersion,
    int Replicas,
    PodFacts Replica,
    Func<PodFacts, bool> Owns
)
{
    /// <summary>How its replicas are spread; null: as they come.</summary>
    public SpreadRule? Spread { get; init; }

    /// <summary>By what but its default KEDA works out how many Jobs to make of a metric; null: by that.</summary>
    public string? JobStrategy { get; init; }

    /// <summary>It has a pod template; one that has none says neither what a pod requests nor where it may go.</summary>
    public bool HasTemplate { get; init; } = true;

    /// <summary>What says which pods are its own, beside who owns them.</summary>
    public string Selector { get; init; } = "";

    /// <summary>What its template says before its namespace fills in what is left out.</summary>
    public ReplicaTemplate Template { get; init; } = ReplicaTemplate.Nothing;

    /// <summary>The PriorityClass that its template names; null: none.</summary>
    public string? PriorityClass { get; init; }

    /// <summary>The PersistentVolumeClaims that its template names.</summary>
    public IReadOnlyList<string> Claims { get; init; } = [];

    /// <summary>What ResourceQuotas of its namespace allow.</summary>
    public IReadOnlyList<QuotaRule> Quotas { get; init; } = [];

    /// <summary>The RuntimeClass that its pods get their overhead from; null: none.</summary>
    public string? RuntimeClass { get; init; }

    /// <summary>Why the API server would refuse every pod of it; null: it would not.</summary>
    public string? Refusal { get; init; }

    /// <summary>What of its template cannot be counted exactly; empty: nothing.</summary>
    public IReadOnlyList<string> Uncountable { get; init; } = [];

    /// <summary>The same with what a RuntimeClass adds to its pods.</summary>
    public TargetFacts With(RuntimeClassFacts added)
    {
        ArgumentNullException.ThrowIfNull(added);
        return this with
        {
            RuntimeClass = null,
            Template = Template with { Overhead = added.Overhead },
            Replica = Replica with
            {
                Requests = Amounts.Of(Replica.Requests.Pairs().Concat(added.Overhead.Pairs())),
                Placement = Replica.Placement.And(added.NodeSelector, added.Tolerations),
            },
        };
    }

    /// <summary>Whether both are sized by the same rules.</summary>
    public bool CountsLike(TargetFacts other) =>
        other is not null
        && Uid == other.Uid
        && Selector == other.Selector
        && Replica.Requests.Equals(other.Replica.Requests)
        && Replica.Placement.Equals(other.Replica.Placement)
        && Replica.Limits.Equals(other.Replica.Limits)
        && Replica.Repels.SequenceEqual(other.Replica.Repels)
        && Quotas.SequenceEqual(other.Quotas)
        && Equals(Spread, other.Spread);
}

/// <summary>What a RuntimeClass adds to the pods that name it.</summary>
/// <param name="Overhead">What they take beside their containers.</param>
/// <param name="NodeSelector">Labels that their nodes have.</param>
/// <param name="Tolerations">Taints that they put up with.</param>
public sealed record RuntimeClassFacts(
    Amounts Overhead,
    IReadOnlyDictionary<string, string> NodeSelector,
    IReadOnlyList<Toleration> Tolerations
);

/// <summary>What the power path has stored about itself.</summary>
/// <param name="OnBattery">A UPS is on battery, or an outage is under way and does not end yet.</param>
/// <param name="Since">Since when; null: not known.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record PowerFacts(bool OnBattery, Instant? Since, string Reason)
{
    /// <summary>Why it is not known; null: it is. On battery stays so for whoever does not know better.</summary>
    public string? Unknown { get; init; }

    /// <summary>
    /// Nothing is stored: no power path runs in this cluster, or nothing has happened since it began.
    /// </summary>
    public static readonly PowerFacts Quiet = new(false, null, "");
}
