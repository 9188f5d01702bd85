using Ebb.Core.Ports;
using Ebb.Core.Selection;
using Ebb.Core.Workloads;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// The cluster as the clock sees it. Everything is read from memory that watches fill: looking makes no request.
/// </summary>
public interface IScheduleCluster
{
    /// <summary>
    /// Everything known now; the same instance as long as nothing in it or in what was looked at changed.
    /// </summary>
    ScheduleObjects Known { get; }

    /// <summary>Completes as soon as <see cref="Known"/> is another instance than <paramref name="seen"/>.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task WaitForChangeAsync(ScheduleObjects seen, CancellationToken cancellationToken);

    /// <summary>
    /// An object by name. The first question about a kind (about a namespace, for ConfigMaps) begins to watch it; until
    /// that was read once the answer is Unknown.
    /// </summary>
    /// <param name="kind">Deployment, StatefulSet, HorizontalPodAutoscaler, ScaledObject, ScheduledPodAutoscaler or
    /// ConfigMap.</param>
    /// <param name="namespace">Its namespace.</param>
    /// <param name="name">Its name.</param>
    ObjectLookup Find(string kind, string @namespace, string name);

    /// <summary>
    /// A workload of a kind that is not among those above, by name. The first question about a kind begins to watch it.
    /// </summary>
    WorkloadLookup Find(WorkloadType type, string @namespace, string name);

    /// <summary>
    /// Which objects a selection means, for a Schedule of this namespace. The first question about a kind begins to
    /// watch it, the first that selects namespaces these.
    /// </summary>
    SelectedWorkloads Select(WorkloadSelection selection, string @namespace);

    /// <summary>What objects were before they were changed.</summary>
    IBaselines Baselines { get; }

    /// <summary>What is stored of what an object was; null: nothing.</summary>
    StoredBaseline? BaselineOf(BaselineKey key);

    /// <summary>Whether it is known who scales workloads; false while that is being read.</summary>
    /// <param name="workload">Of a kind that has a size.</param>
    /// <param name="governor">The HPA or ScaledObject that scales it, for messages; null: none.</param>
    bool TryGovernorOf(ObjectRef workload, out string? governor);

    /// <summary>
    /// Makes one change. <see cref="Known"/> and what is found by name show it already when it is done, unless it made
    /// or deleted something.
    /// </summary>
    Task<WriteResult> WriteAsync(ScheduleWrite write, CancellationToken cancellationToken);

    /// <summary>Records an Event.</summary>
    Task<WriteResult> AnnounceAsync(Announcement announcement, CancellationToken cancellationToken);
}

/// <summary>All objects that say something about time.</summary>
/// <param name="Synced">All of them were read once, or cannot be; false: nothing may be decided from this.</param>
/// <param name="ServiceScalers">Those that the label selector takes.</param>
/// <param name="Autoscalers">The ScheduledPodAutoscalers.</param>
/// <param name="Schedules">The Schedules.</param>
/// <param name="TimeScalers">The ConfigMaps of hpa-time-scaler.</param>
/// <param name="Baselines">What objects were before schedules sized them.</param>
/// <param name="Troubles">What cannot be read, and why.</param>
public sealed record ScheduleObjects(
    bool Synced,
    IReadOnlyList<ObjectView> ServiceScalers,
    IReadOnlyList<ObjectView> Autoscalers,
    IReadOnlyList<ObjectView> Schedules,
    IReadOnlyList<ObjectView> TimeScalers,
    IReadOnlyList<StoredBaseline> Baselines,
    IReadOnlyList<string> Troubles
)
{
    /// <summary>
    /// All of them were read, so that what none of them names is asked for by nobody; false: it may be.
    /// </summary>
    public bool Whole { get; init; }

    /// <summary>Nothing known yet.</summary>
    public static readonly ScheduleObjects Nothing = new(false, [], [], [], [], [], []);

    /// <inheritdoc/>
    public bool Equals(ScheduleObjects? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
