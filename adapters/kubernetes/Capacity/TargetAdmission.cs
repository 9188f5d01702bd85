using Ebb.Core.Capacity;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// What a namespace makes of a template: LimitRanges fill in and refuse, ResourceQuotas bound the count, and volumes
/// bind pods to nodes. The first two are watched namespace by namespace, from the first target in it on.
/// </summary>
internal sealed class TargetAdmission(KubernetesApi api, ClaimedVolumes volumes, Action changed) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Kind, string Namespace), IAsyncDisposable> _watched = [];

    /// <summary>The target with all that filled in, or why it is not known.</summary>
    public Known<TargetFacts> Of(TargetFacts target)
    {
        var space = target.Ref.Namespace;
        var ranges = Watched(NamespaceResources.LimitRanges, space, static (_, _) => false);
        var quotas = Watched(
            NamespaceResources.Quotas,
            space,
            static (one, other) => one.Spec?.SaysTheSame(other.Spec) == true
        );
        if (Unread(ranges) is { } noRanges)
            return new(null, noRanges);
        if (Unread(quotas) is { } noQuotas)
            return new(null, noQuotas);
        var items = ranges
            .Items.OrderBy(one => one.Metadata.Name, StringComparer.Ordinal)
            .SelectMany(one => one.Items)
            .ToList();
        var template = target.Template.With(items);
        if (!ReferenceEquals(template, target.Template))
            target = target with
            {
                Template = template,
                Replica = target.Replica with
                {
                    Requests = Interned.Of(template.Requests(Interned.Resources)),
                    Limits = Interned.Of(template.Limits(Interned.Resources)),
                },
            };
        var rules = new QuotaRules(target, quotas.Items.OrderBy(one => one.Metadata.Name, StringComparer.Ordinal));
        target = target with
        {
            Quotas = rules.Rules,
            Refusal =
                items.Select(item => item.Refusal(Interned.Resources, template)).FirstOrDefault(why => why is not null)
                ?? rules.Refusal,
            Uncountable =
            [
                .. target.Uncountable,
                .. rules.Uncountable,
                .. items
                    .Where(item => item.HasRatio)
                    .Select(item => $"maxLimitRequestRatio of LimitRange {item.Range} beside the template"),
            ],
        };
        return target.Claims.Count == 0 ? new(target, null) : Bound(target);
    }

    public async ValueTask DisposeAsync()
    {
        IAsyncDisposable[] all;
        lock (_lock)
            all = [.. _watched.Values];
        foreach (var one in all)
            await one.DisposeAsync().ConfigureAwait(false);
    }

    private Known<TargetFacts> Bound(TargetFacts target)
    {
        if (volumes.Unread is { } why)
            return new(null, why);
        var placement = target.Replica.Placement;
        List<string> uncountable = [];
        foreach (var name in target.Claims)
        {
            var volume = volumes.Find(target.Ref.Namespace, name);
            if (!volume.IsBound)
                uncountable.Add($"PersistentVolumeClaim {name}, which is not bound to a volume");
            else if (!volume.IsShared)
                uncountable.Add($"PersistentVolumeClaim {name}, which one node has at a time");
            else
                placement = placement.And(volume.Nodes);
        }

        return new(
            target with
            {
                Replica = target.Replica with { Placement = placement },
                Uncountable = [.. target.Uncountable, .. uncountable],
            },
            null
        );
    }

    private static string? Unread<T>(Informer<T> watched)
        where T : class, IKubernetesObject =>
        watched.Synced ? null : watched.Trouble?.Sentence ?? $"{watched.Type} are not read yet";

    private Informer<T> Watched<T>(Resource<T> resource, string space, Func<T, T, bool> same)
        where T : class, IKubernetesObject
    {
        lock (_lock)
        {
            if (_watched.TryGetValue((resource.Type.Kind, space), out var known))
                return (Informer<T>)known;
            var filter = new ChangeFilter<T>(same);
            var watched = new Informer<T>(api, resource, space) { Observer = filter };
            watched.Changed += () =>
            {
                if (filter.Take(watched))
                    changed();
            };
            watched.Start();
            _watched[(resource.Type.Kind, space)] = watched;
            return watched;
        }
    }
}
