using Ebb.Core.Selection;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Selecting;

/// <summary>
/// What selections mean now; each is worked out again only when an object of its kind or a namespace has changed, and
/// is the same instance as long as it means the same. Used under one lock.
/// </summary>
/// <param name="namespaces">The first question that needs them begins to watch them.</param>
/// <param name="never">Kind, namespace and name of what is never selected: Ebb itself.</param>
internal sealed class Selections(
    Func<Informer<BareObject>> namespaces,
    IReadOnlyCollection<(string Kind, string Namespace, string Name)> never
)
{
    /// <summary>So many are remembered; more are worked out each time.</summary>
    private const int Most = 1000;

    private readonly Dictionary<
        (WorkloadSelection Selection, string Own),
        (long Kind, long Places, SelectedWorkloads Known)
    > _known = new(ReferenceComparer.Instance);

    public SelectedWorkloads Of(WorkloadSelection selection, string own, Selectable kind)
    {
        var places = selection.Namespaces is null ? null : namespaces();
        if (!kind.Synced)
            return NotRead(selection, own, selection.Kind, kind.Trouble);
        if (places is { Synced: false })
            return NotRead(selection, own, "Namespaces", places.Trouble?.Sentence);
        var (version, placesVersion) = (kind.Version, places?.Version ?? 0);
        var last = _known.GetValueOrDefault((selection, own));
        if (last.Known is { Unknown: null } && last.Kind == version && last.Places == placesVersion)
            return last.Known;
        HashSet<string> meant = places is null
            ? [own]
            :
            [
                .. places
                    .Items.Where(place => selection.Namespaces!.Selects(place.Metadata.Labels))
                    .Select(place => place.Metadata.Name),
            ];
        List<(string Namespace, string Name)> items =
        [
            .. kind.Items()
                .Select(item => item.Metadata)
                .Where(meta =>
                    meta.DeletionTimestamp is null
                    && meant.Contains(meta.Namespace)
                    && selection.Selects(meta.Namespace, meta.Name, meta.Labels)
                    && !never.Contains((selection.Kind, meta.Namespace, meta.Name))
                )
                .Select(meta => (meta.Namespace, meta.Name))
                .OrderBy(one => one.Namespace, StringComparer.Ordinal)
                .ThenBy(one => one.Name, StringComparer.Ordinal),
        ];
        var now =
            last.Known is { Unknown: null } known && known.Items.SequenceEqual(items)
                ? known
                : new SelectedWorkloads(items);
        return Remember(selection, own, version, placesVersion, now);
    }

    private SelectedWorkloads NotRead(WorkloadSelection selection, string own, string what, string? trouble)
    {
        var why = trouble ?? $"{what} have not been read yet";
        return _known.GetValueOrDefault((selection, own)).Known is { } known && known.Unknown == why
            ? known
            : Remember(selection, own, 0, 0, new SelectedWorkloads([], why) { IsPending = trouble is null });
    }

    private SelectedWorkloads Remember(
        WorkloadSelection selection,
        string own,
        long kind,
        long places,
        SelectedWorkloads known
    )
    {
        if (_known.Count >= Most && !_known.ContainsKey((selection, own)))
            _known.Clear();
        _known[(selection, own)] = (kind, places, known);
        return known;
    }

    /// <summary>A Schedule keeps its selection as one instance as long as its spec is the same.</summary>
    private sealed class ReferenceComparer : IEqualityComparer<(WorkloadSelection Selection, string Own)>
    {
        public static readonly ReferenceComparer Instance = new();

        public bool Equals((WorkloadSelection Selection, string Own) x, (WorkloadSelection Selection, string Own) y) =>
            ReferenceEquals(x.Selection, y.Selection) && x.Own == y.Own;

        public int GetHashCode((WorkloadSelection Selection, string Own) key) =>
            HashCode.Combine(
                System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Selection),
                key.Own.GetHashCode(StringComparison.Ordinal)
            );
    }
}
