using Ebb.Core.GitOps;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// Kustomizations, HelmReleases and Applications that apply from Git what UpsScalers name, as if an UpsScaler named
/// each
/// of them; and what applies those, where it states what is changed of them. Used under one lock.
/// </summary>
/// <param name="watches">What is watched.</param>
/// <param name="find">A workload by name; the same instance until it changes.</param>
internal sealed class OwnerViews(ClusterWatches watches, Func<WorkloadType, string, string, WorkloadLookup> find)
{
    /// <summary>Argo CD's own namespace, unless it was installed into another.</summary>
    private const string ArgoNamespace = "argocd";

    /// <summary>Owners that apply owners; a longer chain is not followed.</summary>
    private const int MostParents = 8;

    private readonly Dictionary<BaselineKey, UpsScalerView> _made = [];
    private readonly ApplicationNames _applications = new(watches, ArgoNamespace);

    /// <summary>Adds them to <paramref name="views"/>, in a stable order.</summary>
    /// <param name="views">All UpsScalers, and workloads that none names any more.</param>
    /// <param name="kept">All Baselines.</param>
    public void AddTo(List<UpsScalerView> views, IReadOnlyDictionary<BaselineKey, StoredBaseline> kept)
    {
        // Most workloads belong to nothing: of them nothing is made at each change.
        List<WorkloadView> level = [];
        foreach (var view in views)
            if (view.Target is WorkloadLookup.Found { Workload: var applied } && OwnerMark.Of(applied).Count > 0)
                level.Add(applied);
        if (level.Count == 0 && kept.Count == 0 && _made.Count == 0)
            return;
        Dictionary<BaselineKey, UpsScalerView> now = [];
        for (var i = 0; i < MostParents && level.Count > 0; i++)
        {
            List<WorkloadView> owners = [];
            foreach (var workload in level)
            foreach (var mark in OwnerMark.Of(workload))
            {
                if (KeyOf(mark) is not { } key || now.ContainsKey(key))
                    continue;
                var target = find(mark.Type, key.Namespace, key.Name);
                var stored = ScalerView.Belonging(kept.GetValueOrDefault(key), target);
                if (target is WorkloadLookup.Found found)
                {
                    if (!OwnerMark.IsOwner(found.Workload, workload))
                        continue;
                    if (PutBack.IsStated(found.Workload, stored?.Before))
                        owners.Add(found.Workload);
                }
                // What nobody has seen may not be there, unless its name is certain.
                else if (stored is null && (target is WorkloadLookup.Absent || !mark.Certain))
                    continue;
                now[key] = Kept(key, mark.Type, stored, target);
            }
            level = owners;
        }
        // What nothing that is seen belongs to any more, and is held back still.
        foreach (var (key, stored) in kept)
        {
            if (!IsOwner(key) || now.ContainsKey(key))
                continue;
            var type = WorkloadType.Parse(key.Type)!;
            watches.Expect(type);
            var target = find(type, key.Namespace, key.Name);
            if (ScalerView.Belonging(stored, target) is null)
                watches.Baselines.Forget(key);
            else
                now[key] = Kept(key, type, stored, target);
        }
        foreach (var gone in _made.Keys.Where(key => !now.ContainsKey(key)).ToList())
            _made.Remove(gone);
        views.AddRange(now.OrderBy(one => one.Key.ToString(), StringComparer.Ordinal).Select(one => one.Value));
    }

    /// <summary>Whether it is what applies others from Git that this is the baseline of.</summary>
    public static bool IsOwner(BaselineKey key) =>
        key.Source == BaselineSource.Power && WorkloadType.Parse(key.Type)?.IsReconciler == true;

    private UpsScalerView Kept(BaselineKey key, WorkloadType type, StoredBaseline? stored, WorkloadLookup target)
    {
        var doubt = watches.Existing(type.ApiVersion, type.Kind)?.Find(key.Namespace, key.Name)
            is ArgoApplication application
            ? ApplicationSets.Doubt(application, watches)
            : null;
        return
            _made.TryGetValue(key, out var known)
            && ReferenceEquals(known.Target, target)
            && ReferenceEquals(known.Baseline, stored?.Before)
            && known.IsBaselineDeleted == (stored?.IsDeleted == true)
            && known.Doubt == doubt
            ? known
            : _made[key] = UnnamedView.Implied(key, type, stored, target, doubt);
    }

    private BaselineKey? KeyOf(OwnerMark mark)
    {
        watches.Expect(mark.Type);
        return (mark.Namespace ?? _applications.NamespaceOf(mark.Name)) is { } @namespace
            ? new BaselineKey(BaselineSource.Power, mark.Type.Name, @namespace, mark.Name)
            : null;
    }
}
