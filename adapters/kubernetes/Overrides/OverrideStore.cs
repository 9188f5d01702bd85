using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ebb.Core.Conditions;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;
using NodaTime;

namespace Ebb.Kubernetes.Overrides;

/// <summary>The Overrides of all namespaces. Safe from several threads.</summary>
internal sealed class OverrideStore(KubernetesApi api, Informer<OverrideObject> watch) : IOverrides
{
    private static readonly ResourceType Type = Kinds.Overrides.Type;

    /// <summary>After each conflict the object is read again: its status may have been written meanwhile.</summary>
    private const int MostTries = 3;

    private readonly Lock _lock = new();
    private (long Version, IReadOnlyList<StoredOverride> All)? _known;

    /// <summary>As the watch has read them; null: not yet. The same list as long as none changes.</summary>
    public IReadOnlyList<StoredOverride>? Known
    {
        get
        {
            if (!watch.Synced)
                return null;
            lock (_lock)
            {
                var version = watch.Version;
                if (_known is not { } known || known.Version != version)
                    _known = known = (version, [.. watch.Items.Select(item => item.View()).OfType<StoredOverride>()]);
                return known.All;
            }
        }
    }

    public async Task<(StoredOverride? Stored, WriteResult Result)> PutAsync(
        Override asked,
        StoredOverride? replaces,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(asked);
        OverrideObject? written = null;
        var result = replaces is null
            ? await WriteAnswer
                .OfAsync(async () =>
                {
                    written = await CreateAsync(asked, cancellationToken).ConfigureAwait(false);
                    watch.Add(written);
                    return WriteResult.Done;
                })
                .ConfigureAwait(false)
            : await ChangeAsync(
                    replaces,
                    async version =>
                    {
                        var patch = new JsonObject
                        {
                            ["metadata"] = new JsonObject { ["uid"] = replaces.Uid, ["resourceVersion"] = version },
                            ["spec"] = Spec(asked, replaces.Namespace, whole: true),
                        };
                        var answer = await api.PatchAsync(
                                Type,
                                replaces.Namespace,
                                replaces.Name,
                                null,
                                patch,
                                cancellationToken
                            )
                            .ConfigureAwait(false);
                        written = answer.Read(Kinds.Overrides.Item);
                        watch.Apply(written);
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        return (written?.View(), result);
    }

    public Task<WriteResult> DeleteAsync(StoredOverride stored, CancellationToken cancellationToken) =>
        ChangeAsync(
            stored,
            async version =>
            {
                await api.DeleteAsync(Type, stored.Namespace, stored.Name, version, cancellationToken)
                    .ConfigureAwait(false);
                if (watch.TryFind(stored.Namespace, stored.Name, out var known) && known.Metadata.Uid == stored.Uid)
                    watch.Remove(known);
            },
            cancellationToken
        );

    public Task<WriteResult> SetStatusAsync(
        StoredOverride stored,
        OverrideStatus status,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = stored.Uid, ["resourceVersion"] = stored.Version },
                ["status"] = new JsonObject
                {
                    ["phase"] = status.State.ToString(),
                    ["message"] = status.Message,
                    ["size"] = status.Size,
                    ["observedGeneration"] = stored.Generation,
                    ["conditions"] = ConditionList.Write(
                        watch.TryFind(stored.Namespace, stored.Name, out var shown) ? shown.Status?.Conditions : null,
                        status.Conditions,
                        Instant.FromDateTimeOffset(api.Time.GetUtcNow()),
                        stored.Generation
                    ),
                },
            };
            var answer = await api.PatchAsync(Type, stored.Namespace, stored.Name, "status", patch, cancellationToken)
                .ConfigureAwait(false);
            watch.Apply(answer.Read(Kinds.Overrides.Item));
            return WriteResult.Done;
        });

    /// <summary>
    /// Writes in the version that was seen; when only the status was written meanwhile, in the present one.
    /// </summary>
    private Task<WriteResult> ChangeAsync(
        StoredOverride stored,
        Func<string, Task> write,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
            var version = stored.Version;
            for (var tries = 1; ; tries++)
            {
                try
                {
                    await write(version).ConfigureAwait(false);
                    return WriteResult.Done;
                }
                catch (KubernetesException fault) when (fault.Code == 409 && tries < MostTries)
                {
                    var present = await api.GetAsync(Kinds.Overrides, stored.Namespace, stored.Name, cancellationToken)
                        .ConfigureAwait(false);
                    if (present.Metadata.Uid != stored.Uid || (present.Metadata.Generation ?? 0) != stored.Generation)
                        throw;
                    version = present.Metadata.ResourceVersion;
                }
            }
        });

    private async Task<OverrideObject> CreateAsync(Override asked, CancellationToken cancellationToken)
    {
        var name = ObjectName(asked);
        var body = new JsonObject
        {
            ["apiVersion"] = Type.ApiVersion,
            ["kind"] = Type.Kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = asked.Namespace,
                ["labels"] = new JsonObject { [OverrideObject.ManagedBy] = OverrideObject.Ebb },
            },
            ["spec"] = Spec(asked, asked.Namespace, whole: false),
        };
        try
        {
            var answer = await api.CreateAsync(Type, asked.Namespace, body, cancellationToken).ConfigureAwait(false);
            return answer.Read(Kinds.Overrides.Item);
        }
        catch (KubernetesException fault) when (fault is { Code: 409, Reason: "AlreadyExists" })
        {
            // An earlier try of this call may have succeeded although its answer was lost.
            var present = await api.GetAsync(Kinds.Overrides, asked.Namespace, name, cancellationToken)
                .ConfigureAwait(false);
            if (present.View() is { } view && view.Override with { At = asked.At } == asked)
                return present;
            watch.Add(present);
            throw;
        }
    }

    /// <summary>The spec; whole: with a null for each member that it must not have, which a merge takes out.</summary>
    private static JsonObject Spec(Override asked, string @namespace, bool whole)
    {
        var spec = new JsonObject
        {
            ["target"] = new JsonObject
            {
                ["kind"] = asked.Kind,
                ["name"] = asked.Name,
                ["namespace"] = asked.Namespace == @namespace ? null : asked.Namespace,
            },
            ["replicas"] = asked.Effect == OverrideEffect.Replicas ? asked.Replicas : null,
            ["asleep"] = asked.Effect == OverrideEffect.Asleep ? true : null,
            ["freeze"] = asked.Effect == OverrideEffect.Freeze ? true : null,
            ["until"] = KubernetesTime.Format(asked.Until),
            ["reason"] = asked.Reason,
            ["by"] = asked.By,
        };
        if (whole)
            return spec;
        foreach (var part in new[] { spec, spec["target"]!.AsObject() })
        foreach (var empty in part.Where(member => member.Value is null).Select(member => member.Key).ToList())
            part.Remove(empty);
        return spec;
    }

    /// <summary>One name for each workload, so that two who ask at once find out.</summary>
    private static string ObjectName(Override asked)
    {
        var text = $"{asked.Kind}.{asked.Name}";
        return text.Length <= 253 && !text.Contains('/', StringComparison.Ordinal)
            ? text
            : $"override-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..40]}";
    }
}
