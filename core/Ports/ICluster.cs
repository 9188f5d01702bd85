using Ebb.Core.Workloads;

namespace Ebb.Core.Ports;

/// <summary>The Kubernetes cluster, as the power path sees it.</summary>
public interface ICluster
{
    /// <summary>Everything known now, from memory: reading it makes no request.</summary>
    ClusterView Known { get; }

    /// <summary>The orders of people.</summary>
    IPowerOrders Orders { get; }

    /// <summary>What people ask of single workloads.</summary>
    IOverrides Overrides { get; }

    /// <summary>How kinds sleep that Ebb does not know by itself.</summary>
    ISleepMethods SleepMethods { get; }

    /// <summary>What workloads were before they were changed.</summary>
    IBaselines Baselines { get; }

    /// <summary>The power as the leader knows it, for its successor and for others: one object.</summary>
    IStatusObjects Powers { get; }

    /// <summary>Outages, the present one and those before.</summary>
    IStatusObjects Outages { get; }

    /// <summary>
    /// Lists again what Ebb remembers and what people ask (Baselines, Power, Outages, orders, overrides); complete when
    /// all that can be read was read, however long that takes.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task ReadMemoryAgainAsync(CancellationToken cancellationToken);

    /// <summary>Completes as soon as <see cref="Known"/> is another instance than <paramref name="seen"/>.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task WaitForChangeAsync(ClusterView seen, CancellationToken cancellationToken);

    /// <summary>
    /// A workload by name, whether or not an UpsScaler names it; from memory. The first question about a kind begins to
    /// watch it; until that was read once the answer is <see cref="WorkloadLookup.Unknown"/>. What was asked for
    /// belongs to <see cref="Known"/> from then on: another answer makes another instance of that. How many of its pods
    /// are left is not counted.
    /// </summary>
    WorkloadLookup Find(WorkloadType type, string @namespace, string name);

    /// <summary>Sets <c>spec.specReplicas</c>, which people read and Ebb does not; null: -1.</summary>
    Task<WriteResult> MirrorAsync(UpsScalerView scaler, int? specReplicas, CancellationToken cancellationToken);

    /// <summary>Replaces the status of the UpsScaler.</summary>
    Task<WriteResult> SetStatusAsync(UpsScalerView scaler, UpsScalerStatus status, CancellationToken cancellationToken);

    /// <summary>Makes one change.</summary>
    Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken);

    /// <summary>Records an Event (<c>events.k8s.io/v1</c>).</summary>
    Task<WriteResult> AnnounceAsync(Announcement announcement, CancellationToken cancellationToken);
}

/// <summary>An Event to record.</summary>
/// <param name="Regarding">What it is about.</param>
/// <param name="RegardingUid">Its UID; null when not known.</param>
/// <param name="Warning">Type Warning, else Normal.</param>
/// <param name="Reason">One word in UpperCamelCase.</param>
/// <param name="Action">What was done or attempted, one word in UpperCamelCase.</param>
/// <param name="Note">One sentence; cut at 1024 characters, the API's bound.</param>
/// <param name="Controller">Who reports it; null: Ebb itself.</param>
public sealed record Announcement(
    ObjectRef Regarding,
    string? RegardingUid,
    bool Warning,
    string Reason,
    string Action,
    string Note,
    string? Controller = null
);

/// <summary>What became of a write.</summary>
/// <param name="Outcome">The answer in one word.</param>
/// <param name="Detail">One sentence for messages, without secrets; empty when it was done.</param>
public sealed record WriteResult(WriteOutcome Outcome, string Detail)
{
    /// <summary>It was done, and <see cref="ICluster.Known"/> shows it already.</summary>
    public static readonly WriteResult Done = new(WriteOutcome.Done, "");

    /// <summary>It was there already and is kept as it is.</summary>
    public static readonly WriteResult Found = new(WriteOutcome.Done, "it was there already");
}

/// <summary>The ways a write can end.</summary>
public enum WriteOutcome
{
    /// <summary>Done, or already so.</summary>
    Done,

    /// <summary>The object changed since it was read: read again, decide again.</summary>
    Conflict,

    /// <summary>There is no such object any more, or it is another one of the same name.</summary>
    Gone,

    /// <summary>A right is missing; the detail names verb and resource.</summary>
    Forbidden,

    /// <summary>The server understood and refused: it would refuse again.</summary>
    Invalid,

    /// <summary>No answer within the deadline, retries included. It may or may not have been done.</summary>
    TimedOut,

    /// <summary>The server could not be reached or answered with a failure, retries included.</summary>
    Failed,
}
