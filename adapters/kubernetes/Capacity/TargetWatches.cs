using Ebb.Core.Capacity;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Capacity;

/// <summary>What ScaledObjects scale, kind by kind; a kind is watched from the first read on.</summary>
internal sealed class TargetWatches(KubernetesApi api, Action changed) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string ApiVersion, string Kind), KindWatch> _kinds = [];

    public Known<TargetFacts> Find(ObjectRef target)
    {
        var (found, unknown) = Of(target.ApiVersion, target.Kind).Look(target);
        if (found is null)
            return new(null, unknown);
        if (WorkloadReference.Of(target, found) is not { } reference)
            return new(Facts(target, found, found, null), null);
        if (!reference.IsAllowed)
            return new(Facts(target, found, found, $"workloadRef of kind {reference.Workload.Kind}"), null);
        (var workload, unknown) = Of(reference.Workload.ApiVersion, reference.Workload.Kind).Look(reference.Workload);
        return unknown is null
            ? new(
                Facts(
                    target,
                    found,
                    workload ?? found,
                    workload is null ? $"workloadRef {reference.Workload}, which does not exist," : null
                ),
                null
            )
            : new(null, unknown);
    }

    public Known<IReadOnlyDictionary<string, string>> LabelsOf(ObjectRef target) =>
        Of(target.ApiVersion, target.Kind).LabelsOf(target);

    public void Prepare(ObjectRef target) => Of(target.ApiVersion, target.Kind);

    public async ValueTask DisposeAsync()
    {
        KindWatch[] all;
        lock (_lock)
            all = [.. _kinds.Values];
        foreach (var watch in all)
            await watch.DisposeAsync().ConfigureAwait(false);
    }

    private KindWatch Of(string apiVersion, string kind)
    {
        lock (_lock)
        {
            if (!_kinds.TryGetValue((apiVersion, kind), out var watch))
                _kinds[(apiVersion, kind)] = watch = new KindWatch(api, apiVersion, kind, changed);
            return watch;
        }
    }

    /// <param name="target">Which one.</param>
    /// <param name="found">The object itself.</param>
    /// <param name="from">Where its template is: itself, or another one that it refers to.</param>
    /// <param name="uncountable">What keeps its template from being known; null: nothing.</param>
    private static TargetFacts Facts(ObjectRef target, TargetObject found, TargetObject from, string? uncountable)
    {
        var (spec, meta, space) = (found.Spec, found.Metadata, target.Namespace);
        var template = from.Spec?.Template ?? from.Spec?.JobTargetRef?.Template ?? from.Template;
        var (pod, labels) = (template?.Spec ?? PodSpecFacts.Nothing, template?.Metadata?.Labels);
        // A kind without a selector of its own says it in its scale, or owns the pods that carry its template's
        // labels.
        var selector =
            spec?.Selector
            ?? from.Spec?.Selector
            ?? (labels is { Count: > 0 } ? new LabelSelector(labels, null) : null)
            ?? LabelSelector.Parse(found.Status?.Selector);
        return new TargetFacts(
            target,
            meta.Uid,
            meta.ResourceVersion,
            // Jobs are counted from none: those that run are not ended when fewer fit.
            spec?.Replicas
                ?? (spec?.JobTargetRef is null ? 1 : 0),
            new PodFacts(space, labels ?? SmallDictionary.None, null, pod.Requests, pod.Placement)
            {
                HasDeadline = pod.HasDeadline,
                Limits = pod.Limits,
                Repels = pod.OnHost(space),
            },
            new PodOwnership(target, meta.Uid, selector).Owns
        )
        {
            // KEDA takes any other word for its default.
            JobStrategy = spec is { JobTargetRef: not null, ScalingStrategy: "accurate" or "eager" or "custom" }
                ? spec.ScalingStrategy
                : null,
            HasTemplate = template?.Spec is not null,
            Selector = selector?.Words ?? "",
            Spread = pod.Spread?.In(space, labels ?? SmallDictionary.None),
            RuntimeClass = pod.RuntimeClass,
            Template = pod.Replica,
            PriorityClass = pod.PriorityClass,
            Claims = pod.Claims,
            Uncountable =
            [
                .. pod.Uncountable,
                .. uncountable is null ? Array.Empty<string>() : [uncountable],
                .. spec?.VolumeClaimTemplates is { Length: > 0 } own
                    ? [$"volumeClaimTemplates ({string.Join(", ", own.Select(one => one?.Metadata?.Name))})"]
                    : Array.Empty<string>(),
                .. spec?.JobTargetRef?.Parallelism > 1 ? ["parallelism above 1"] : Array.Empty<string>(),
            ],
        };
    }

    /// <summary>One kind: found through discovery unless it is Deployment or StatefulSet.</summary>
    private sealed class KindWatch : IAsyncDisposable
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
        private readonly KubernetesApi _api;
        private readonly Action _changed;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _finding;
        private volatile Informer<TargetObject>? _watched;
        private volatile string? _trouble;

        public KindWatch(KubernetesApi api, string apiVersion, string kind, Action changed)
        {
            (_api, _changed) = (api, changed);
            var known = (apiVersion, kind) switch
            {
                ("apps/v1", "Deployment") => Kinds.Deployments.Type,
                ("apps/v1", "StatefulSet") => Kinds.StatefulSets.Type,
                _ => null,
            };
            _finding = known is null ? Task.Run(() => FindAsync(apiVersion, kind)) : Task.CompletedTask;
            if (known is not null)
                Begin(known);
        }

        public Known<IReadOnlyDictionary<string, string>> LabelsOf(ObjectRef target)
        {
            var (found, unknown) = Look(target);
            return new(found?.Metadata.Labels, unknown);
        }

        public (TargetObject? Found, string? Unknown) Look(ObjectRef target)
        {
            if (_watched is not { } watched)
                return (null, _trouble ?? $"{target.Kind} is not read yet");
            if (!watched.Synced)
                return (null, watched.Trouble?.Sentence ?? $"{watched.Type} are not read yet");
            return (watched.TryFind(target.Namespace, target.Name, out var found) ? found : null, null);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _finding.ConfigureAwait(false);
            if (_watched is not null)
                await _watched.DisposeAsync().ConfigureAwait(false);
            _stop.Dispose();
        }

        private void Begin(ResourceType type)
        {
            // A kind without generation is taken to have changed with every version.
            var filter = new ChangeFilter<TargetObject>(
                static (one, other) =>
                    one.Metadata.Generation is { } generation
                    && generation == other.Metadata.Generation
                    // Its controller may write it after the first look.
                    && one.Status?.Selector == other.Status?.Selector
                    && ScalerCluster.AreSame(one.Metadata.Labels, other.Metadata.Labels)
            );
            var watched = new Informer<TargetObject>(_api, CapacityKinds.Targets(type)) { Observer = filter };
            watched.Changed += () =>
            {
                if (filter.Take(watched))
                    _changed();
            };
            watched.Start();
            _watched = watched;
        }

        private async Task FindAsync(string apiVersion, string kind)
        {
            while (true)
            {
                try
                {
                    if (
                        await Discovery.FindAsync(_api, apiVersion, kind, _stop.Token).ConfigureAwait(false)
                            is var (type, _)
                        && type.Namespaced
                    )
                    {
                        Begin(type);
                        _changed();
                        return;
                    }

                    _trouble = $"{apiVersion} serves no {kind}";
                }
                catch (OperationCanceledException) when (_stop.IsCancellationRequested)
                {
                    return;
                }
                catch (KubernetesException fault)
                {
                    _trouble = fault.Code == 404 ? $"{apiVersion} is not served" : fault.Message;
                }

                try
                {
                    await Task.Delay(Pause, _api.Time, _stop.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }
}
