using System.Text;
using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.State;

/// <summary>
/// State in ConfigMaps: one for each key, labelled <c>ebb.dev/state: "true"</c>, the value under <c>value</c>, the
/// resourceVersion as ETag. Safe from several threads and processes.
/// </summary>
public sealed class ConfigMapStateStore : IStateStore, IAsyncDisposable
{
    private const string Label = "ebb.dev/state";
    private const string WriteId = "ebb.dev/write";
    private const int LongestValue = 512 << 10;
    private static readonly ResourceType Type = Kinds.ConfigMaps.Type;
    private readonly KubernetesApi _api;
    private readonly string _namespace;
    private readonly Informer<ConfigMapMark> _marks;

    /// <param name="api">The server; not disposed by this.</param>
    /// <param name="namespace">Where the ConfigMaps are; it must exist.</param>
    public ConfigMapStateStore(KubernetesApi api, string @namespace = "ebb-system")
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentException.ThrowIfNullOrWhiteSpace(@namespace);
        (_api, _namespace) = (api, @namespace);
        _marks = new Informer<ConfigMapMark>(api, Kinds.ConfigMapMarks, @namespace, $"{Label}=true");
    }

    /// <summary>From a watch that begins when this is read first.</summary>
    public long? Version
    {
        get
        {
            _marks.Start();
            return _marks.Synced && _marks.Trouble is null ? _marks.Version : null;
        }
    }

    /// <summary>Ends the watch.</summary>
    public ValueTask DisposeAsync() => _marks.DisposeAsync();

    /// <inheritdoc/>
    public async Task<StateEntry?> GetAsync(string key, CancellationToken cancellationToken) =>
        await FindAsync(key, StateKey.NameOf(key), cancellationToken).ConfigureAwait(false) is { } found
            ? EntryOf(found)
            : null;

    /// <inheritdoc/>
    public async Task<string> PutAsync(string key, string json, string? etag, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(json);
        var name = StateKey.NameOf(key);
        var bytes = Encoding.UTF8.GetByteCount(json);
        if (bytes > LongestValue)
            throw new ArgumentException(
                $"expected at most {LongestValue} bytes for \"{key}\", found {bytes}",
                nameof(json)
            );

        // Each write carries a random id: after a lost answer it shows whether that write is the one that is stored,
        // and it makes the ETag change even when the value does not.
        var id = Guid.NewGuid().ToString("N");
        var body = Body(name, key, json, etag, id);
        try
        {
            var answer = etag is null
                ? await _api.CreateAsync(Type, _namespace, body, cancellationToken).ConfigureAwait(false)
                : await _api.ReplaceAsync(Type, _namespace, name, body, cancellationToken).ConfigureAwait(false);
            return answer.Read(Kinds.ConfigMaps.Item).Metadata.ResourceVersion;
        }
        catch (KubernetesException fault) when (fault.Code == 409)
        {
            var present = await FindAsync(key, name, cancellationToken).ConfigureAwait(false);
            if (present?.Metadata.Annotations.TryGetValue(WriteId, out var written) == true && written == id)
                return present.Metadata.ResourceVersion;
            throw new StateConflictException($"\"{key}\" was written by somebody else", fault);
        }
        catch (KubernetesException fault)
            when (fault.Code == 404 && etag is not null && fault.Details?.Kind != "namespaces")
        {
            throw new StateConflictException($"\"{key}\" was deleted by somebody else", fault);
        }
        catch (KubernetesException fault)
        {
            throw Unavailable(key, fault);
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string key, string? etag, CancellationToken cancellationToken)
    {
        var name = StateKey.NameOf(key);
        try
        {
            await _api.DeleteAsync(Type, _namespace, name, etag, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException fault) when (fault.Code == 404)
        {
            // Deleted already.
        }
        catch (KubernetesException fault) when (fault.Code == 409)
        {
            throw new StateConflictException($"\"{key}\" was written by somebody else", fault);
        }
        catch (KubernetesException fault)
        {
            throw Unavailable(key, fault);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StateEntry>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        try
        {
            var list = await _api.ListAsync(Kinds.ConfigMaps, _namespace, $"{Label}=true", cancellationToken)
                .ConfigureAwait(false);
            return
            [
                .. (list.Items ?? [])
                    .Select(EntryOf)
                    .OfType<StateEntry>()
                    .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
                    .OrderBy(entry => entry.Key, StringComparer.Ordinal),
            ];
        }
        catch (KubernetesException fault)
        {
            throw Unavailable($"{prefix}*", fault);
        }
    }

    private async Task<ConfigMap?> FindAsync(string key, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await _api.GetAsync(Kinds.ConfigMaps, _namespace, name, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException fault) when (fault.Code == 404)
        {
            return null;
        }
        catch (KubernetesException fault)
        {
            throw Unavailable(key, fault);
        }
    }

    private JsonObject Body(string name, string key, string json, string? etag, string id)
    {
        var meta = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = _namespace,
            ["labels"] = new JsonObject { [Label] = "true", ["app.kubernetes.io/managed-by"] = "ebb" },
            ["annotations"] = new JsonObject { [WriteId] = id },
        };
        if (etag is not null)
            meta["resourceVersion"] = etag;
        return new JsonObject
        {
            ["apiVersion"] = Type.ApiVersion,
            ["kind"] = Type.Kind,
            ["metadata"] = meta,
            ["data"] = new JsonObject { ["key"] = key, ["value"] = json },
        };
    }

    private static StateEntry? EntryOf(ConfigMap map) =>
        map.Data is { } data && data.TryGetValue("key", out var key) && data.TryGetValue("value", out var value)
            ? new StateEntry(key, value, map.Metadata.ResourceVersion)
            : null;

    private StateStoreException Unavailable(string key, KubernetesException fault) =>
        fault is { Code: 404, Details.Kind: "namespaces" }
            ? new StateStoreException(
                $"the namespace {_namespace} does not exist; Ebb keeps its state there and does not create it",
                fault
            )
            : new StateStoreException($"the state \"{key}\" in {_namespace}: {fault.Message}", fault);
}
