using Ebb.Core.Selection;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Selecting;

/// <summary>One kind of object that selections look through.</summary>
/// <param name="Synced">It was read once.</param>
/// <param name="Trouble">Why it cannot be read; null: it can, or that is not known yet.</param>
/// <param name="Version">Grows with each change.</param>
/// <param name="Items">All of them.</param>
internal sealed record Selectable(
    bool Synced,
    string? Trouble,
    long Version,
    Func<IEnumerable<IKubernetesObject>> Items
)
{
    public static Selectable Of(Informer<SpecObject> informer) =>
        new(informer.Synced, informer.Trouble?.Sentence, informer.Version, () => informer.Items);

    /// <summary>A kind of workload; the first question begins to watch it.</summary>
    public static Selectable Of(WorkloadSelection selection, ClusterWatches watches, Asker asker)
    {
        var (version, kind) = (selection.ApiVersion, selection.Kind);
        var whole = false;
        if (!WorkloadType.IsKnown(version, kind))
        {
            if (watches.SleepMethods.Book is not { } book)
                return Unread(watches.SleepMethods.Unread);
            whole = book.Of(version, kind) is { IsScaled: false };
        }
        var watch =
            asker == Asker.Power
                ? watches.Of(version, kind, whole)
                : watches.Asked(version, kind, whole, ClusterWatches.MostScheduled);
        return watch is null
            ? Unread($"more kinds than {ClusterWatches.MostScheduled} are not watched")
            : new Selectable(watch.Synced, watch.Trouble?.Sentence, watch.Version, () => watch.Items);
    }

    private static Selectable Unread(string why) => new(false, why, 0, () => []);
}
