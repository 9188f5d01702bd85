using System.Text.Json;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;

namespace Ebb.Core.Time.Sizing;

/// <summary>An object as it was last seen. The same instance as long as it does not change.</summary>
public sealed record ObjectView
{
    /// <summary>Who it is.</summary>
    public required ObjectRef Ref { get; init; }

    /// <summary>Its UID.</summary>
    public required string Uid { get; init; }

    /// <summary>The version that a write to it expects.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary><c>metadata.generation</c>; 0 for kinds that do not count.</summary>
    public long Generation { get; init; }

    /// <summary>Somebody deleted it; it stays until its finalizers are gone.</summary>
    public bool Deleting { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = Nothing;

    /// <summary>Its annotations, without kubectl's copy of the manifest.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = Nothing;

    /// <summary>Its finalizers.</summary>
    public IReadOnlyList<string> Finalizers { get; init; } = [];

    /// <summary>The UIDs of the objects that it belongs to.</summary>
    public IReadOnlyList<string> Owners { get; init; } = [];

    /// <summary>Its controller, such as <c>ScaledObject web</c>; null: it has none.</summary>
    public string? Controller { get; init; }

    /// <summary><c>spec</c>; null for kinds of which it is not read.</summary>
    public JsonElement? Spec { get; init; }

    /// <summary><c>status</c>.</summary>
    public JsonElement? Status { get; init; }

    /// <summary><c>data</c> of a ConfigMap.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    /// <summary>Desired replicas of a Deployment or StatefulSet.</summary>
    public int? Replicas { get; init; }

    /// <summary>What each of its pods requests, of a Deployment or StatefulSet; null: nothing, or not known.</summary>
    public ReplicaRequests? Requests { get; init; }

    /// <summary>A StatefulSet with <c>persistentVolumeClaimRetentionPolicy.whenScaled: Delete</c>.</summary>
    public bool DeletesClaimsWhenScaled { get; init; }

    /// <summary>Who wrote its size or bounds last (managedFields), when that was not Ebb.</summary>
    public string? SizedBy { get; init; }

    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    /// <inheritdoc/>
    public bool Equals(ObjectView? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>A workload of any kind, with its size where it has one.</summary>
    public static ObjectView Of(WorkloadView workload)
    {
        ArgumentNullException.ThrowIfNull(workload);
        return new ObjectView
        {
            Ref = workload.Ref,
            Uid = workload.Uid,
            ResourceVersion = workload.ResourceVersion,
            Deleting = workload.Deleting,
            Annotations = workload.Annotations,
            Replicas = workload.Replicas,
            DeletesClaimsWhenScaled = workload.DeletesClaimsWhenScaled,
            SizedBy = workload.SizedBy,
        };
    }

    internal SpecReader Read(string member) => new(member == "status" ? Status : Spec, member, []);
}

/// <summary>What is known of an object that another one names.</summary>
public abstract record ObjectLookup
{
    private ObjectLookup() { }

    /// <summary>The same of a workload of any kind.</summary>
    public static ObjectLookup Of(WorkloadLookup workload) =>
        workload switch
        {
            WorkloadLookup.Found found => new Found(ObjectView.Of(found.Workload)),
            WorkloadLookup.Absent absent => new Absent($"{absent.What} does not exist"),
            WorkloadLookup.Unknown unknown => new Unknown(unknown.Why, unknown.IsLasting),
            _ => throw new ArgumentOutOfRangeException(nameof(workload), workload, "unexpected value"),
        };

    /// <summary>It is there; null otherwise.</summary>
    public virtual ObjectView? It => null;

    /// <summary>It is there.</summary>
    /// <param name="Seen">As last seen.</param>
    public sealed record Found(ObjectView Seen) : ObjectLookup
    {
        /// <inheritdoc/>
        public override ObjectView? It => Seen;
    }

    /// <summary>There is none.</summary>
    /// <param name="What">What is missing, for messages.</param>
    public sealed record Absent(string What) : ObjectLookup;

    /// <summary>Not known: not read yet, forbidden, the kind is not served.</summary>
    /// <param name="Why">One sentence for messages.</param>
    /// <param name="Lasting">Waiting alone will not help, such as when a right is missing; false: it is being
    /// read.</param>
    public sealed record Unknown(string Why, bool Lasting = false) : ObjectLookup;
}
