using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Baselines;

/// <summary>
/// The Baselines of power in Ebb's namespace. Reading is under the lock of the views; writing is safe from anywhere.
/// </summary>
internal sealed class BaselineStore(KubernetesApi api, string @namespace, Informer<BaselineObject> watch)
{
    private static readonly ResourceType Type = Kinds.Baselines.Type;
    private Dictionary<BaselineKey, BaselineObject> _byTarget = [];
    private long _version = -1;

    /// <summary>All of them by workload; the same instances until one changes.</summary>
    public IReadOnlyDictionary<BaselineKey, BaselineObject> All
    {
        get
        {
            var version = watch.Version;
            if (version == _version)
                return _byTarget;
            Dictionary<BaselineKey, BaselineObject> all = [];
            foreach (var item in watch.Items)
                if (BaselineKey.Of(item.Spec) is { Source: BaselineSource.Power } key)
                    // Of two that somebody made by hand, the one under Ebb's own name counts.
                    if (!all.ContainsKey(key) || item.Metadata.Name == key.ObjectName)
                        all[key] = item;
            (_byTarget, _version) = (all, version);
            return all;
        }
    }

    /// <summary>Creates the Baseline. One that is there already for the same workload is kept as it is.</summary>
    public Task<WriteResult> CreateAsync(BaselineKey key, Baseline baseline, CancellationToken cancellationToken) =>
        WriteAnswer.OfAsync(async () =>
        {
            var body = new JsonObject
            {
                ["apiVersion"] = Type.ApiVersion,
                ["kind"] = Type.Kind,
                ["metadata"] = new JsonObject { ["name"] = key.ObjectName, ["namespace"] = @namespace },
                ["spec"] = BaselineJson.Write(key, baseline),
            };
            BaselineObject stored;
            try
            {
                var answer = await api.CreateAsync(Type, @namespace, body, cancellationToken).ConfigureAwait(false);
                stored = answer.Read(Kinds.Baselines.Item);
            }
            catch (KubernetesException fault) when (fault is { Code: 409, Reason: "AlreadyExists" })
            {
                stored = await api.GetAsync(Kinds.Baselines, @namespace, key.ObjectName, cancellationToken)
                    .ConfigureAwait(false);
            }
            watch.Add(stored);
            return stored.Spec?.Target?.Uid == baseline.Uid
                ? WriteResult.Done
                : new WriteResult(
                    WriteOutcome.Conflict,
                    $"Baseline {key.ObjectName} belongs to another workload of that name"
                );
        });

    /// <summary>Deletes the Baseline of a workload; one that is not there is deleted already.</summary>
    public Task<WriteResult> DeleteAsync(BaselineObject stored, CancellationToken cancellationToken) =>
        WriteAnswer.OfAsync(async () =>
        {
            try
            {
                await api.DeleteAsync(
                        Type,
                        @namespace,
                        stored.Metadata.Name,
                        stored.Metadata.ResourceVersion,
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            }
            catch (KubernetesException fault) when (fault.Code == 404)
            {
                // Deleted already.
            }
            watch.Remove(stored);
            return WriteResult.Done;
        });
}
