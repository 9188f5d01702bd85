using System.Text.Json.Nodes;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Baselines;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Overrides;

/// <summary>The Baselines of overrides, beside those of power. Safe from several threads.</summary>
internal sealed class OverrideBaselineStore(KubernetesApi api, string @namespace, Informer<BaselineObject> watch)
{
    private static readonly ResourceType Type = Kinds.Baselines.Type;
    private readonly Lock _lock = new();
    private (long Version, IReadOnlyList<StoredOverrideBaseline> All)? _known;

    /// <summary>As the watch has read them; null: not yet. The same list as long as none changes.</summary>
    public IReadOnlyList<StoredOverrideBaseline>? Known
    {
        get
        {
            if (!watch.Synced)
                return null;
            lock (_lock)
            {
                var version = watch.Version;
                if (_known is not { } known || known.Version != version)
                {
                    IReadOnlyList<StoredOverrideBaseline> all =
                    [
                        .. watch.Items.Select(View).OfType<StoredOverrideBaseline>().DistinctBy(one => one.Key),
                    ];
                    // Most changes are of the baselines of power.
                    _known = known = (
                        version,
                        _known?.All is { } last && all.Select(Id).SequenceEqual(last.Select(Id)) ? last : all
                    );
                }
                return known.All;
            }
        }
    }

    public Task<WriteResult> CaptureAsync(
        OverrideKey key,
        OverrideBaseline baseline,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
            var workload = new BaselineKey(
                WorkloadType.Parse(key.Kind)!,
                key.Namespace,
                key.Name,
                BaselineSource.Override
            );
            var spec = BaselineJson.Write(workload, baseline.What);
            if (baseline.Bounds is { } bounds)
                spec["bounds"] = BaselineJson.Write(bounds);
            var body = new JsonObject
            {
                ["apiVersion"] = Type.ApiVersion,
                ["kind"] = Type.Kind,
                ["metadata"] = new JsonObject { ["name"] = workload.ObjectName, ["namespace"] = @namespace },
                ["spec"] = spec,
                ["status"] = Status(baseline.Sizes),
            };
            BaselineObject stored;
            try
            {
                var answer = await api.CreateAsync(Type, @namespace, body, cancellationToken).ConfigureAwait(false);
                stored = answer.Read(Kinds.Baselines.Item);
            }
            catch (KubernetesException fault) when (fault is { Code: 409, Reason: "AlreadyExists" })
            {
                stored = await api.GetAsync(Kinds.Baselines, @namespace, workload.ObjectName, cancellationToken)
                    .ConfigureAwait(false);
            }
            watch.Add(stored);
            return stored.Spec?.Target?.Uid == baseline.What.Uid
                ? WriteResult.Done
                : new WriteResult(
                    WriteOutcome.Conflict,
                    $"Baseline {workload.ObjectName} belongs to another workload of that name"
                );
        });

    public Task<WriteResult> NoteAsync(
        StoredOverrideBaseline stored,
        IReadOnlyList<int> sizes,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = stored.Version },
                ["status"] = Status(sizes),
            };
            var answer = await api.PatchAsync(Type, @namespace, stored.Name, null, patch, cancellationToken)
                .ConfigureAwait(false);
            watch.Apply(answer.Read(Kinds.Baselines.Item));
            return WriteResult.Done;
        });

    public Task<WriteResult> ReleaseAsync(StoredOverrideBaseline stored, CancellationToken cancellationToken) =>
        WriteAnswer.OfAsync(async () =>
        {
            try
            {
                await api.DeleteAsync(Type, @namespace, stored.Name, stored.Version, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (KubernetesException fault) when (fault.Code == 404)
            {
                // Deleted already.
            }
            if (watch.TryFind(@namespace, stored.Name, out var known))
                watch.Remove(known);
            return WriteResult.Done;
        });

    private static (string, string) Id(StoredOverrideBaseline stored) => (stored.Name, stored.Version);

    private static StoredOverrideBaseline? View(BaselineObject item) =>
        item.Spec is { } spec && BaselineKey.Of(spec) is { Source: BaselineSource.Override } key
            ? new StoredOverrideBaseline(
                new OverrideKey(key.Type.Name, key.Namespace, key.Name),
                new OverrideBaseline(BaselineJson.Read(spec), BaselineJson.Bounds(spec, key), item.Status?.Sizes ?? []),
                item.Metadata.Name,
                item.Metadata.ResourceVersion
            )
            : null;

    private static JsonObject Status(IReadOnlyList<int> sizes) =>
        new() { ["sizes"] = new JsonArray([.. sizes.Select(size => (JsonNode)size)]) };
}
