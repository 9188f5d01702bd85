using System.Text.Json;
using Ebb.Core.Selection;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Selecting;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// UpsScalers that select their workloads: a view of each of these, which is made again only when something behind it
/// changes. Used under one lock.
/// </summary>
internal sealed class SelectedScalers(ClusterWatches watches, WorkloadFinder finder, Selections selections)
{
    private static readonly SelectedWorkloads None = new([]);
    private Dictionary<ObjectName, Read> _read = [];
    private Dictionary<ObjectName, Read> _last = [];

    /// <summary>Each of them; the same list as long as none of it changes.</summary>
    public IReadOnlyList<UpsScalerSelection> All { get; private set; } = [];

    /// <summary>
    /// Whether an UpsScaler of which it is not known what it selects may select the workload; what it has kept is then
    /// not given back for good.
    /// </summary>
    public bool MayMean(BaselineKey key) =>
        All.Any(one =>
            one.Selected.Unknown is not null
            && one.Type?.Name == key.Type
            && (one.SelectsNamespaces || key.Namespace == PlaceOf(one))
        );

    /// <summary>Nobody is believed about another namespace whose words cannot be read.</summary>
    private static string PlaceOf(UpsScalerSelection one) =>
        one.Faults.Count == 0 ? one.Scaler.TargetNamespace : one.Scaler.Ref.Namespace;

    public void Begin() => (_last, _read) = (_read, []);

    /// <summary>Adds the views of what one selects, and takes note of which baselines are theirs.</summary>
    public void Add(
        UpsScaler scaler,
        List<UpsScalerView> views,
        IReadOnlyDictionary<BaselineKey, StoredBaseline> kept,
        HashSet<StoredBaseline> named
    )
    {
        var name = new ObjectName(scaler.Metadata.Namespace, scaler.Metadata.Name);
        var known = _last.GetValueOrDefault(name);
        var now = known is not null && ReferenceEquals(known.Of, scaler) ? known : new Read(scaler, known?.InForce);
        _read[name] = now;
        // The last valid selection stays in force; what an earlier process selected is not known.
        var selected =
            now.InForce is { } selection ? Select(selection, scaler)
            : now.Type is not null ? now.Unread
            : None;
        if (now.Told is null || !ReferenceEquals(now.Told.Selected, selected))
            now.Told = new UpsScalerSelection(
                ScalerView.Of(scaler, null, new WorkloadLookup.Absent("")),
                now.Type,
                now.Faults,
                now.InForce?.Namespaces is not null,
                selected
            );
        if (now.Type is not { } type)
            return;
        var made = new Dictionary<(string, string), Made>(selected.Items.Count);
        foreach (var item in selected.Items)
        {
            var baseline = kept.GetValueOrDefault(
                new BaselineKey(BaselineSource.Power, type.Name, item.Namespace, item.Name)
            );
            if (baseline is not null)
                named.Add(baseline);
            var behind = finder.Find(type, item.Namespace, item.Name, Asker.Power);
            var one = now.Made.GetValueOrDefault(item);
            if (one is null || !ReferenceEquals(one.Baseline, baseline) || !behind.IsSameAs(one.Behind))
                one = new Made(
                    baseline,
                    behind,
                    ScalerView.Selected(scaler, item, behind.Labels, baseline, behind.Sighting()) with
                    {
                        SelectsNamespaces = now.InForce!.Namespaces is not null,
                    }
                );
            made[item] = one;
            views.Add(one.View);
        }
        now.Made = made;
    }

    public void End()
    {
        List<UpsScalerSelection> now = [.. _read.Values.Select(read => read.Told!)];
        if (now.Count != All.Count || now.Where((one, i) => !ReferenceEquals(one, All[i])).Any())
            All = now;
    }

    private SelectedWorkloads Select(WorkloadSelection selection, UpsScaler scaler) =>
        selections.Of(
            selection,
            ScalerView.TargetNamespace(scaler),
            selection.Kind == ScheduleTarget.ScaledObject
                ? Selectable.Of(watches.ScaledObjects)
                : Selectable.Of(selection, watches, Asker.Power)
        );

    private sealed class Read
    {
        /// <param name="of">The UpsScaler.</param>
        /// <param name="before">What was in force of it before it was changed; null: nothing.</param>
        public Read(UpsScaler of, WorkloadSelection? before)
        {
            (Of, Type) = (of, WorkloadType.OfUpsScaler(of.Spec?.Type));
            if (Type is null)
            {
                Faults =
                [
                    $"spec.type: expected {WorkloadType.ExpectedOfUpsScaler}, found {SpecFault.Quoted(of.Spec?.Type)}",
                ];
                return;
            }
            var spec = of.Spec!;
            var read = new ScalerSelection(
                string.IsNullOrEmpty(spec.Name) ? null : spec.Name,
                string.IsNullOrEmpty(spec.Namespace) ? null : spec.Namespace,
                Written(spec.Selector),
                Written(spec.NamespaceSelector),
                Written(spec.Exclude)
            ).Read(Type);
            var faults = read.Faults.Select(fault => fault.ToString()).ToList();
            InForce = read.Value ?? (before?.Kind == Type.Kind ? before : null);
            Unread = new SelectedWorkloads([], string.Join("; ", faults));
            Faults =
                read.Value is null && InForce is not null
                    ? [.. faults, "what it selected before stays in force"]
                    : faults;
        }

        public UpsScaler Of { get; }

        public WorkloadType? Type { get; }

        /// <summary>What it says, or said when it could last be read; null: it never could.</summary>
        public WorkloadSelection? InForce { get; }

        /// <summary>What it means while it never could be read.</summary>
        public SelectedWorkloads Unread { get; } = None;

        public IReadOnlyList<string> Faults { get; }

        public UpsScalerSelection? Told { get; set; }

        public Dictionary<(string Namespace, string Name), Made> Made { get; set; } = [];

        private static JsonElement? Written(JsonElement? member) =>
            member is { ValueKind: JsonValueKind.Null } ? null : member;
    }

    private sealed record Made(StoredBaseline? Baseline, WorkloadBehind Behind, UpsScalerView View);
}
