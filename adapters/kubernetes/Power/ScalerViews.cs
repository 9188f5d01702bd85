using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Baselines;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// UpsScalers with the workloads they name, as views. A view is made again only when an object behind it was replaced.
/// Used under one lock.
/// </summary>
internal sealed class ScalerViews(ClusterWatches watches)
{
    private readonly AutoscalerIndex _autoscalers = new(watches.ScaledObjects, watches.Autoscalers);
    private readonly Dictionary<ObjectName, Made> _made = [];
    private readonly Dictionary<BaselineKey, (StoredBaseline Baseline, Behind Behind, UpsScalerView View)> _orphans =
    [];
    private readonly Dictionary<
        (WorkloadType Type, string Namespace, string Name),
        (Behind Behind, WorkloadLookup Sighting)
    > _asked = [];

    /// <summary>The cache of names that people asked about is cleared when it has grown to this.</summary>
    private const int MostAsked = 2000;

    /// <summary>A ScaledObject was named.</summary>
    public bool ScaledObjectsNamed { get; private set; }

    /// <summary>The views, and whether they are the same instances as last time.</summary>
    public (IReadOnlyList<UpsScalerView> Views, bool Same) Compose(IReadOnlyList<UpsScalerView> last)
    {
        _autoscalers.Refresh();
        var scalers = watches.Scalers.Items;
        var kept = watches.Baselines.All;
        watches.DeadNodes.Refresh(watches.Baselines.Of(BaselineSource.Power).Count > 0);
        var views = new List<UpsScalerView>(scalers.Count);
        ScaledObjectsNamed = false;
        foreach (var scaler in scalers)
        {
            var name = new ObjectName(scaler.Metadata.Namespace, scaler.Metadata.Name);
            var known = _made.GetValueOrDefault(name);
            var type =
                known is not null && ReferenceEquals(known.Scaler, scaler)
                    ? known.Type
                    : WorkloadType.Parse(scaler.Spec?.Type);
            ScaledObjectsNamed |= type?.Method == SleepMethod.PauseScaling;
            StoredBaseline? baseline = null;
            if (kept.Count > 0 && type is not null && scaler.Spec?.Name is { } target)
                baseline = kept.GetValueOrDefault(Key(type, ScalerView.TargetNamespace(scaler), target));
            var behind = Find(scaler, type);
            var now =
                known is not null
                && ReferenceEquals(known.Scaler, scaler)
                && ReferenceEquals(known.Baseline, baseline)
                && behind.IsSameAs(known.Behind)
                    ? known
                    : new Made(scaler, type, baseline, behind, ScalerView.Of(scaler, baseline, behind.Sighting()));
            if (!ReferenceEquals(known, now))
                _made[name] = now;
            views.Add(now.View);
        }
        if (_made.Count > views.Count)
            Forget();
        AddOrphans(views, kept);
        var same = last.Count == views.Count && !last.Where((view, i) => !ReferenceEquals(view, views[i])).Any();
        return (same ? last : views, same);
    }

    /// <summary>Workloads with a baseline that no UpsScaler names any more: they are woken.</summary>
    private void AddOrphans(List<UpsScalerView> views, IReadOnlyDictionary<BaselineKey, StoredBaseline> kept)
    {
        if (kept.Count == 0 && _orphans.Count == 0)
            return;
        var named = _made.Values.Select(made => made.Baseline).OfType<StoredBaseline>().ToHashSet();
        foreach (var (key, baseline) in kept)
        {
            if (key.Source != BaselineSource.Power || named.Contains(baseline))
                continue;
            // A later UpsScaler must not find what somebody took away with the one before.
            if (baseline.IsDeleted)
            {
                watches.Baselines.Forget(key);
                continue;
            }
            var type = WorkloadType.Parse(key.Type)!;
            ScaledObjectsNamed |= type.Method == SleepMethod.PauseScaling;
            var behind = Named(type, key.Namespace, key.Name);
            var known = _orphans.GetValueOrDefault(key);
            if (known.View is null || !ReferenceEquals(known.Baseline, baseline) || !behind.IsSameAs(known.Behind))
                _orphans[key] = known = (baseline, behind, ScalerView.Orphan(baseline, behind.Sighting()));
            views.Add(known.View);
        }
        foreach (
            var gone in _orphans.Keys.Where(key => !kept.TryGetValue(key, out var one) || named.Contains(one)).ToList()
        )
            _orphans.Remove(gone);
    }

    /// <summary>A workload that no UpsScaler has to name. A kind that is not served has no workloads.</summary>
    public WorkloadLookup Find(WorkloadType type, string @namespace, string name)
    {
        _autoscalers.Refresh();
        if (_asked.Count >= MostAsked && !_asked.ContainsKey((type, @namespace, name)))
            _asked.Clear();
        Refresh((type, @namespace, name));
        return _asked[(type, @namespace, name)].Sighting;
    }

    /// <summary>Reads again everything that was asked for by name; whether any of it changed.</summary>
    public bool LookAgain()
    {
        var changed = false;
        foreach (var name in _asked.Keys.ToList())
            changed |= Refresh(name);
        return changed;
    }

    private bool Refresh((WorkloadType Type, string Namespace, string Name) name)
    {
        var behind = Asked(name.Type, name.Namespace, name.Name);
        if (_asked.TryGetValue(name, out var known) && behind.IsSameAs(known.Behind))
            return false;
        _asked[name] = (behind, behind.Sighting());
        return true;
    }

    private Behind Asked(WorkloadType type, string @namespace, string name)
    {
        if (type.Method != SleepMethod.PauseScaling)
            return Find(new AutoscalerIndex.Key(type.ApiVersion, type.Kind, @namespace, name), null, asked: true);
        if (!watches.ScaledObjects.TryFind(@namespace, name, out var scaled))
            return NotFound(
                watches.ScaledObjects.Synced || watches.ScaledObjects.Trouble is { Code: 404 },
                watches.ScaledObjects.Trouble,
                $"ScaledObject {@namespace}/{name}"
            );
        return AutoscalerIndex.Target(scaled) is { } target
            ? Find(target, scaled, asked: true)
            : new Behind { Why = $"ScaledObject {@namespace}/{name} names nothing to scale" };
    }

    private void Forget()
    {
        foreach (
            var name in _made.Keys.Where(name => !watches.Scalers.TryFind(name.Namespace, name.Name, out _)).ToList()
        )
            _made.Remove(name);
    }

    private Behind Find(UpsScaler scaler, WorkloadType? type)
    {
        if (type is null)
            return new Behind { Why = $"spec.type is \"{scaler.Spec?.Type}\", expected {WorkloadType.Expected}" };
        if (string.IsNullOrWhiteSpace(scaler.Spec?.Name))
            return new Behind { Why = "spec.name is not given" };
        return Named(type, ScalerView.TargetNamespace(scaler), scaler.Spec.Name);
    }

    private static BaselineKey Key(WorkloadType type, string @namespace, string name) =>
        new(BaselineSource.Power, type.Name, @namespace, name);

    /// <summary>A workload that an UpsScaler or a baseline names.</summary>
    private Behind Named(WorkloadType type, string @namespace, string name)
    {
        if (type.Method != SleepMethod.PauseScaling)
            return Find(new AutoscalerIndex.Key(type.ApiVersion, type.Kind, @namespace, name), null);
        if (!watches.ScaledObjects.TryFind(@namespace, name, out var scaled))
            return NotFound(
                watches.ScaledObjects.Synced,
                watches.ScaledObjects.Trouble,
                $"ScaledObject {@namespace}/{name}"
            );
        return AutoscalerIndex.Target(scaled) is { } workload
            ? Find(workload, scaled)
            : new Behind { Why = $"ScaledObject {@namespace}/{name} names nothing to scale" };
    }

    private Behind Find(AutoscalerIndex.Key key, SpecObject? named, bool asked = false)
    {
        if ((asked ? watches.Asked(key.ApiVersion, key.Kind) : watches.Of(key.ApiVersion, key.Kind)) is not { } watch)
            return new Behind
            {
                Why = $"more kinds than {ClusterWatches.MostAsked} that no UpsScaler names are not watched",
            };
        if (!watch.Synced || watch.Find(key.Namespace, key.Name) is not { } found)
            return NotFound(watch.Synced || (asked && watch.Trouble is { Code: 404 }), watch.Trouble, What(key, named));

        Scale? scale = null;
        var selector = Workload.PodsToCount(found);
        if (watch is GenericWatch generic)
        {
            scale = generic.ScaleOf(found);
            if (scale is null)
                return new Behind
                {
                    Why = generic.FaultOf(found) ?? $"the scale of {What(key, named)} has not been read yet",
                };
            selector = LabelSelector.Parse(scale.Status?.Selector);
        }

        // Watching pods costs too much for the size of one workload, and nothing waits for these to end.
        if (asked)
            selector = null;

        return new Behind
        {
            Type = watch.Type,
            WorkloadInputs = new WorkloadInputs(
                found,
                scale,
                selector is null ? null : watches.Pods(key.Namespace, selector),
                asked ? null : watches.PodsLeft(found, scale)
            ),
            Named = named,
            ScaledObject = named ?? _autoscalers.ScaledObjectOf(key),
            Autoscaler = _autoscalers.AutoscalerOf(key),
        };
    }

    private static string What(AutoscalerIndex.Key key, SpecObject? named) =>
        $"{key.Kind} {key.Namespace}/{key.Name}"
        + (named is null ? "" : $", which ScaledObject {named.Metadata.Name} scales");

    private static Behind NotFound(bool synced, WatchTrouble? trouble, string what) =>
        synced
            ? new Behind { Missing = what }
            : new Behind { Why = trouble?.Sentence ?? $"{what} has not been read yet" };

    private sealed record Made(
        UpsScaler Scaler,
        WorkloadType? Type,
        StoredBaseline? Baseline,
        Behind Behind,
        UpsScalerView View
    );

    /// <summary>Everything that the state of one workload is computed from.</summary>
    private readonly struct Behind
    {
        public ResourceType? Type { get; init; }

        public WorkloadInputs WorkloadInputs { get; init; }

        public SpecObject? Named { get; init; }

        public SpecObject? ScaledObject { get; init; }

        public AutoscalerView? Autoscaler { get; init; }

        public string? Missing { get; init; }

        public string? Why { get; init; }

        public bool IsSameAs(in Behind other) =>
            WorkloadInputs.IsSameAs(other.WorkloadInputs)
            && ReferenceEquals(ScaledObject, other.ScaledObject)
            && ReferenceEquals(Named, other.Named)
            && Autoscaler == other.Autoscaler
            && Missing == other.Missing
            && Why == other.Why;

        public WorkloadLookup Sighting()
        {
            if (Missing is not null)
                return new WorkloadLookup.Absent(Missing);
            if (Why is not null)
                return new WorkloadLookup.Unknown(Why);
            var view = Workload.View(Type!, WorkloadInputs);
            return new WorkloadLookup.Found(
                view with
                {
                    Uid = Named?.Metadata.Uid ?? view.Uid,
                    ScaledObject = ScaledObject is null ? null : AutoscalerIndex.View(ScaledObject),
                    HorizontalPodAutoscaler = Autoscaler?.Ref.Name,
                    Autoscaler = Autoscaler,
                }
            );
        }
    }
}
