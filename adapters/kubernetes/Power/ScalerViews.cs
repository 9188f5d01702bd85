using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Baselines;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Selecting;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// UpsScalers with the workloads they name, as views. A view is made again only when an object behind it was replaced.
/// Used under one lock.
/// </summary>
/// <param name="watches">What is watched.</param>
/// <param name="finder">Finds workloads.</param>
/// <param name="selections">What UpsScalers select.</param>
/// <param name="withOwners">Also what applies those workloads from Git.</param>
internal sealed class ScalerViews(
    ClusterWatches watches,
    WorkloadFinder finder,
    Selections selections,
    bool withOwners = false
)
{
    /// <summary>Owners that are remembered by name at most.</summary>
    private const int MostOwners = 2000;

    private readonly OwnerViews _owners = new(watches, new AskedWorkloads(finder, Asker.Person, MostOwners).Find);
    private readonly Dictionary<ObjectName, Made> _made = [];
    private readonly Dictionary<
        BaselineKey,
        (StoredBaseline Baseline, WorkloadBehind Behind, UpsScalerView View)
    > _orphans = [];
    private readonly Dictionary<ObjectName, (WorkloadBehind Behind, UpsScalerView View)> _held = [];
    private readonly SelectedScalers _selected = new(watches, finder, selections);

    /// <summary>The UpsScalers that select their workloads.</summary>
    public IReadOnlyList<UpsScalerSelection> Selections => _selected.All;

    /// <summary>A ScaledObject was named.</summary>
    public bool ScaledObjectsNamed { get; private set; }

    /// <summary>The views, and whether they are the same instances as last time.</summary>
    public (IReadOnlyList<UpsScalerView> Views, bool Same) Compose(IReadOnlyList<UpsScalerView> last)
    {
        finder.Refresh();
        var scalers = watches.Scalers.Items;
        var kept = watches.Baselines.All;
        watches.FedNodes.Refresh();
        watches.DeadNodes.Refresh(watches.Baselines.Of(BaselineSource.Power).Count > 0);
        var views = new List<UpsScalerView>(scalers.Count);
        ScaledObjectsNamed = false;
        HashSet<StoredBaseline> named = new(ReferenceEqualityComparer.Instance);
        var single = 0;
        _selected.Begin();
        foreach (var scaler in scalers)
        {
            if (scaler.Spec?.Selects == true)
            {
                ScaledObjectsNamed |= WorkloadType.Parse(scaler.Spec.Type)?.Method == SleepMethod.PauseScaling;
                _selected.Add(scaler, views, kept, named);
                continue;
            }
            var name = new ObjectName(scaler.Metadata.Namespace, scaler.Metadata.Name);
            var known = _made.GetValueOrDefault(name);
            var type =
                known is not null && ReferenceEquals(known.Scaler, scaler) ? known.Type
                : ScalerView.IsHook(scaler) ? WorkloadType.Hook
                : WorkloadType.OfUpsScaler(scaler.Spec?.Type);
            ScaledObjectsNamed |= type?.Method == SleepMethod.PauseScaling;
            StoredBaseline? baseline = null;
            if (kept.Count > 0 && type == WorkloadType.Hook)
                baseline = kept.GetValueOrDefault(Key(type, name.Namespace, name.Name));
            else if (kept.Count > 0 && type is not null && scaler.Spec?.Name is { } target)
                baseline = kept.GetValueOrDefault(Key(type, ScalerView.TargetNamespace(scaler), target));
            // A hook has nothing behind it but its own record.
            var behind = type == WorkloadType.Hook ? new WorkloadBehind { Why = "" } : Find(scaler, type);
            var now =
                known is not null
                && ReferenceEquals(known.Scaler, scaler)
                && ReferenceEquals(known.Baseline, baseline)
                && behind.IsSameAs(known.Behind)
                    ? known
                    : new Made(scaler, type, baseline, behind, ScalerView.Of(scaler, baseline, behind.Sighting()));
            if (!ReferenceEquals(known, now))
                _made[name] = now;
            if (baseline is not null)
                named.Add(baseline);
            views.Add(now.View);
            single++;
        }
        _selected.End();
        if (_made.Count > single)
            Forget();
        AddOrphans(views, kept, named);
        if (withOwners)
            _owners.AddTo(views, kept);
        AddHeld(views);
        var same = last.Count == views.Count && !last.Where((view, i) => !ReferenceEquals(view, views[i])).Any();
        return (same ? last : views, same);
    }

    /// <summary>Workloads with a baseline that no UpsScaler names any more: they are woken.</summary>
    private void AddOrphans(
        List<UpsScalerView> views,
        IReadOnlyDictionary<BaselineKey, StoredBaseline> kept,
        HashSet<StoredBaseline> named
    )
    {
        if (kept.Count == 0 && _orphans.Count == 0)
            return;
        foreach (var (key, baseline) in kept)
        {
            // What may be selected, as far as that is known, is not woken.
            if (key.Source != BaselineSource.Power || named.Contains(baseline) || _selected.MayMean(key))
                continue;
            if (withOwners && OwnerViews.IsOwner(key))
                continue;
            // A later UpsScaler must not find what somebody took away with the one before.
            if (baseline.IsDeleted)
            {
                watches.Baselines.Forget(key);
                continue;
            }
            var type = WorkloadType.Named(key.Type)!;
            ScaledObjectsNamed |= type.Method == SleepMethod.PauseScaling;
            var behind = finder.Find(type, key.Namespace, key.Name, Asker.Power);
            var known = _orphans.GetValueOrDefault(key);
            if (known.View is null || !ReferenceEquals(known.Baseline, baseline) || !behind.IsSameAs(known.Behind))
                _orphans[key] = known = (baseline, behind, UnnamedView.Orphan(baseline, behind.Sighting()));
            views.Add(known.View);
        }
        foreach (
            var gone in _orphans.Keys.Where(key => !kept.TryGetValue(key, out var one) || named.Contains(one)).ToList()
        )
            _orphans.Remove(gone);
    }

    /// <summary>What KEDA scales, Ebb holds from growing and no UpsScaler names any more: it is let go.</summary>
    private void AddHeld(List<UpsScalerView> views)
    {
        HashSet<ObjectRef>? named = null;
        HashSet<ObjectName> present = [];
        foreach (var scaled in watches.ScaledObjects.Items)
        {
            if (!scaled.Metadata.Annotations.ContainsKey(WellKnown.HoldsGrowthAnnotation))
                continue;
            named ??=
            [
                .. views
                    .Select(view => (view.Target as WorkloadLookup.Found)?.Workload.ScaledObject?.Ref)
                    .OfType<ObjectRef>(),
            ];
            if (named.Contains(AutoscalerIndex.View(scaled).Ref))
                continue;
            var name = new ObjectName(scaled.Metadata.Namespace, scaled.Metadata.Name);
            var behind = finder.Find(WorkloadType.Named("scaledobject")!, name.Namespace, name.Name, Asker.Power);
            var known = _held.GetValueOrDefault(name);
            if (known.View is null || !behind.IsSameAs(known.Behind))
                _held[name] = known = (behind, UnnamedView.Unnamed(scaled, behind.Sighting()));
            present.Add(name);
            views.Add(known.View);
        }
        foreach (var gone in _held.Keys.Where(name => !present.Contains(name)).ToList())
            _held.Remove(gone);
    }

    private void Forget()
    {
        foreach (var name in _made.Keys.Where(name => !IsThere(name)).ToList())
            _made.Remove(name);
    }

    private bool IsThere(ObjectName name) =>
        watches.Scalers.TryFind(name.Namespace, name.Name, out var scaler) && scaler.Spec?.Selects != true;

    private WorkloadBehind Find(UpsScaler scaler, WorkloadType? type)
    {
        if (type is null)
            return new WorkloadBehind
            {
                Why = $"spec.type is \"{scaler.Spec?.Type}\", expected {WorkloadType.ExpectedOfUpsScaler}",
            };
        if (string.IsNullOrWhiteSpace(scaler.Spec?.Name))
            return new WorkloadBehind { Why = "spec.name is not given" };
        return finder.Find(type, ScalerView.TargetNamespace(scaler), scaler.Spec.Name, Asker.Power);
    }

    private static BaselineKey Key(WorkloadType type, string @namespace, string name) =>
        new(BaselineSource.Power, type.Name, @namespace, name);

    private sealed record Made(
        UpsScaler Scaler,
        WorkloadType? Type,
        StoredBaseline? Baseline,
        WorkloadBehind Behind,
        UpsScalerView View
    );
}
