using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Power;

namespace Ebb.Engine.Schedules;

/// <summary>
/// The workloads that power has asleep, with what it would wake them to. The same instance as long as none of them
/// changes.
/// </summary>
internal sealed class SleepingTargets
{
    public static readonly SleepingTargets None = new(ClusterView.Nothing, [], [], []);

    private readonly ClusterView _of;
    private readonly Dictionary<WorkloadName, int> _sizes;
    private readonly Dictionary<WorkloadName, string?> _pauses;
    private readonly Dictionary<(string Type, string Namespace, string Name), Baseline> _from;

    private SleepingTargets(
        ClusterView of,
        Dictionary<WorkloadName, int> sizes,
        Dictionary<WorkloadName, string?> pauses,
        Dictionary<(string Type, string Namespace, string Name), Baseline> from
    ) => (_of, _sizes, _pauses, _from) = (of, sizes, pauses, from);

    /// <summary>Another instance when any of them changed.</summary>
    public object Sizes => _sizes;

    public int? Of(WorkloadName workload) => _sizes.TryGetValue(workload, out var size) ? size : null;

    /// <summary>What one without a size will be again; null: power has it not.</summary>
    public Baseline? From(WorkloadType type, string @namespace, string name) =>
        _from.GetValueOrDefault((type.Name, @namespace, name));

    /// <summary>The annotation paused-replicas of a ScaledObject as power found it; null: it had none.</summary>
    public string? PauseBefore(WorkloadName scaledObject) => _pauses.GetValueOrDefault(scaledObject);

    /// <summary>Workloads that an UpsScaler with a baseline names; a ScaledObject also by what it scales.</summary>
    public SleepingTargets After(ClusterView now)
    {
        if (ReferenceEquals(now, _of))
            return this;
        Dictionary<WorkloadName, int> sizes = [];
        Dictionary<WorkloadName, string?> pauses = [];
        Dictionary<(string Type, string Namespace, string Name), Baseline> from = [];
        foreach (var scaler in now.Scalers)
        {
            if (
                scaler.Baseline is not { } baseline
                || scaler.TargetName is not { } name
                || WorkloadType.Parse(scaler.Type) is not { } type
            )
                continue;
            if (baseline.Replicas is not { } replicas)
            {
                from[(type.Name, scaler.TargetNamespace, name)] = baseline;
                continue;
            }
            sizes[new WorkloadName(type.Kind, scaler.TargetNamespace, name)] = replicas;
            if (scaler.Target is WorkloadLookup.Found { Workload: { } workload })
                sizes[new WorkloadName(workload.Ref.Kind, workload.Ref.Namespace, workload.Ref.Name)] = replicas;
            if (baseline.ScaledObject is not { } scaledObject)
                continue;
            var paused = new WorkloadName(ScheduleTarget.ScaledObject, scaler.TargetNamespace, scaledObject);
            (sizes[paused], pauses[paused]) = (replicas, baseline.Annotation(WellKnown.PausedReplicasAnnotation));
        }

        return
            sizes.Count == _sizes.Count
            && sizes.All(entry => Of(entry.Key) == entry.Value)
            && from.Count == _from.Count
            && from.Keys.All(_from.ContainsKey)
            ? new SleepingTargets(now, _sizes, pauses, from)
            : new SleepingTargets(now, sizes, pauses, from);
    }

    public bool Same(SleepingTargets other) => ReferenceEquals(_sizes, other._sizes);
}
