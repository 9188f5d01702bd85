using Ebb.Core.Workloads;
using Ebb.Kubernetes.Baselines;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// Whether a workload sleeps by its fields, by what is described of its kind and what is kept of itself.
/// </summary>
internal static class DeclaredWays
{
    /// <summary>The way; null: it sleeps in another one. And why neither can be told; null: it can.</summary>
    public static (DeclaredWay? Way, string? Unknown) Of(AutoscalerIndex.Key key, ClusterWatches watches)
    {
        if (WorkloadType.IsKnown(key.ApiVersion, key.Kind))
            return (null, null);
        var kept = Kept(key, watches.Baselines);
        // What began to sleep by its scale is woken by it, whatever is described since.
        if (kept.Any(baseline => baseline.Fields is null))
            return (null, null);
        if (watches.SleepMethods.Book is not { } book)
            return kept.Count > 0
                ? (new DeclaredWay(null, watches.SleepMethods.Unread, kept), null)
                : (null, watches.SleepMethods.Unread);
        var (method, fault) = (book.Of(key.ApiVersion, key.Kind), book.Fault(key.ApiVersion, key.Kind));
        if (kept.Count == 0)
            return method is { IsScaled: false } ? (new DeclaredWay(method, null, kept), null) : (null, fault);
        return (
            method is { IsScaled: true }
                ? new DeclaredWay(null, $"SleepMethod {method.Name} names no fields any more", kept)
                : new DeclaredWay(method, fault, kept),
            null
        );
    }

    /// <summary>What is kept of it, whoever holds that; empty: nothing.</summary>
    private static IReadOnlyList<Baseline> Kept(AutoscalerIndex.Key key, BaselineStore baselines)
    {
        var all = baselines.All;
        if (all.Count == 0)
            return [];
        var type = $"{key.ApiVersion}/{key.Kind}";
        foreach (var source in Enum.GetValues<BaselineSource>())
            if (all.TryGetValue(new BaselineKey(source, type, key.Namespace, key.Name), out var stored))
                return [stored.Before];
        return [];
    }
}
