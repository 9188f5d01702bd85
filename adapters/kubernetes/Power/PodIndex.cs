using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// Pods by namespace and by each of their labels, so that counting one workload's pods reads few others. Safe from
/// several threads.
/// </summary>
internal sealed class PodIndex : IWatchObserver<Pod>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Namespace, string Key, string Value), HashSet<Pod>> _byLabel = [];
    private readonly Dictionary<string, HashSet<Pod>> _byNamespace = [];

    public void Changed(Pod? before, Pod? after)
    {
        lock (_lock)
        {
            if (before is not null)
                Remove(before);
            if (after is { Finished: false })
                Add(after);
        }
    }

    public PodCount Count(string @namespace, LabelSelector selector)
    {
        lock (_lock)
        {
            var (left, ready) = (0, 0);
            foreach (var pod in Selected(@namespace, selector))
            {
                left++;
                if (pod is { Status.Ready: true, Metadata.DeletionTimestamp: null })
                    ready++;
            }

            return new PodCount(left, ready);
        }
    }

    /// <summary>Those that exist, terminating ones included, finished ones not, by name.</summary>
    public IReadOnlyList<Pod> Of(string @namespace, LabelSelector selector)
    {
        lock (_lock)
            return [.. Selected(@namespace, selector).OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal)];
    }

    private IEnumerable<Pod> Selected(string @namespace, LabelSelector selector) =>
        (
            (
                selector.Anchor is var (key, value)
                    ? _byLabel.GetValueOrDefault((@namespace, key, value))
                    : _byNamespace.GetValueOrDefault(@namespace)
            ) ?? Enumerable.Empty<Pod>()
        ).Where(pod => selector.Selects(pod.Metadata.Labels));

    private void Add(Pod pod)
    {
        Into(_byNamespace, pod.Metadata.Namespace, pod);
        foreach (var (key, value) in pod.Metadata.Labels)
            Into(_byLabel, (pod.Metadata.Namespace, key, value), pod);
    }

    private void Remove(Pod pod)
    {
        OutOf(_byNamespace, pod.Metadata.Namespace, pod);
        foreach (var (key, value) in pod.Metadata.Labels)
            OutOf(_byLabel, (pod.Metadata.Namespace, key, value), pod);
    }

    private static void Into<TKey>(Dictionary<TKey, HashSet<Pod>> index, TKey key, Pod pod)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var pods))
            index[key] = pods = new HashSet<Pod>(ReferenceEqualityComparer.Instance);
        pods.Add(pod);
    }

    private static void OutOf<TKey>(Dictionary<TKey, HashSet<Pod>> index, TKey key, Pod pod)
        where TKey : notnull
    {
        if (index.TryGetValue(key, out var pods) && pods.Remove(pod) && pods.Count == 0)
            index.Remove(key);
    }
}
