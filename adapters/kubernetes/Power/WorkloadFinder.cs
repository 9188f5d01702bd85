using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>Who looks for a workload.</summary>
internal enum Asker
{
    /// <summary>An UpsScaler or what is stored of one: the kind must be read before anything is decided.</summary>
    Power,

    /// <summary>A Schedule: nothing waits for the kind but what is sized.</summary>
    Clock,

    /// <summary>A person: likewise, and of only a few further kinds.</summary>
    Person,
}

/// <summary>Finds workloads of every kind, with all that their state is computed from. Used under one lock.</summary>
internal sealed class WorkloadFinder(ClusterWatches watches)
{
    private readonly AutoscalerIndex _autoscalers = new(watches.ScaledObjects, watches.Autoscalers);

    /// <summary>Takes over what changed of who scales what.</summary>
    public void Refresh() => _autoscalers.Refresh();

    public AutoscalerIndex Autoscalers => _autoscalers;

    /// <summary>A workload by name.</summary>
    public WorkloadBehind Find(WorkloadType type, string @namespace, string name, Asker asker)
    {
        if (type == WorkloadType.Hook)
            return new WorkloadBehind { Missing = $"the hook {@namespace}/{name}" };
        if (type.Method != SleepMethod.PauseScaling)
            return Find(new AutoscalerIndex.Key(type.ApiVersion, type.Kind, @namespace, name), null, asker);
        var (all, what) = (watches.ScaledObjects, $"ScaledObject {@namespace}/{name}");
        if (!all.TryFind(@namespace, name, out var scaled))
            return NotFound(all.Synced || (asker == Asker.Person && all.Trouble is { Code: 404 }), all.Trouble, what);
        return AutoscalerIndex.Target(scaled) is { } target
            ? Find(target, scaled, asker)
            : new WorkloadBehind { Why = $"{what} names nothing to scale" };
    }

    private WorkloadBehind Find(AutoscalerIndex.Key key, SpecObject? named, Asker asker)
    {
        var (way, unknown) = named is null ? DeclaredWays.Of(key, watches) : (null, null);
        if (unknown is not null)
            return new WorkloadBehind { Why = unknown };
        var whole = way is not null;
        var most = asker == Asker.Clock ? ClusterWatches.MostScheduled : ClusterWatches.MostAsked;
        if (
            (
                asker == Asker.Power
                    ? watches.Of(key.ApiVersion, key.Kind, whole)
                    : watches.Asked(key.ApiVersion, key.Kind, whole, most)
            )
            is not { } watch
        )
            return new WorkloadBehind
            {
                Why = $"more kinds than {most} that no UpsScaler names are not watched",
                IsLasting = true,
            };
        if (!watch.Synced || watch.Find(key.Namespace, key.Name) is not { } found)
            return NotFound(
                watch.Synced || (asker == Asker.Person && watch.Trouble is { Code: 404 }),
                watch.Trouble,
                What(key, named)
            );

        Scale? scale = null;
        var selector = Workload.PodsToCount(found);
        if (watch is GenericWatch generic)
        {
            scale = generic.ScaleOf(found);
            if (scale is null)
                return new WorkloadBehind
                {
                    Why = generic.FaultOf(found) ?? $"the scale of {What(key, named)} has not been read yet",
                };
            selector = LabelSelector.Parse(scale.Status?.Selector);
        }
        else if (found is SpecObject it && way?.Method is { } method && (method.Asleep.Pods || method.Awake.Pods))
            selector = OwnSelector.Of(it, method.Pods);

        // Watching pods costs too much for the size of one workload, and nothing waits for these to end.
        var counted = asker == Asker.Power;

        return new WorkloadBehind
        {
            Type = watch.Type,
            WorkloadInputs = new WorkloadInputs(
                found,
                scale,
                counted && selector is not null ? watches.Pods(key.Namespace, selector) : null,
                counted ? watches.PodsLeft(found, scale, way?.Method?.Pods) : null,
                way,
                counted ? watches.Places(found, scale, way?.Method?.Pods) : null
            ),
            Named = named,
            ScaledObject = named ?? _autoscalers.ScaledObjectOf(key),
            Autoscaler = _autoscalers.AutoscalerOf(key),
        };
    }

    private static string What(AutoscalerIndex.Key key, SpecObject? named) =>
        $"{key.Kind} {ObjectRef.Placed(key.Namespace, key.Name)}"
        + (named is null ? "" : $", which ScaledObject {named.Metadata.Name} scales");

    private static WorkloadBehind NotFound(bool synced, WatchTrouble? trouble, string what) =>
        synced
            ? new WorkloadBehind { Missing = what }
            : new WorkloadBehind
            {
                Why = trouble?.Sentence ?? $"{what} has not been read yet",
                IsLasting = trouble?.IsLasting == true,
            };
}
