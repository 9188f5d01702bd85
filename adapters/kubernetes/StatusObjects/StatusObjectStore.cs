using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.StatusObjects;

/// <summary>The objects of one kind in one namespace. Safe from several threads.</summary>
internal sealed class StatusObjectStore(
    KubernetesApi api,
    Resource<StatusItem> resource,
    string @namespace,
    Informer<StatusItem> watch
) : IStatusObjects
{
    private readonly Lock _lock = new();
    private (long Version, IReadOnlyList<StatusObject> All)? _known;

    public IReadOnlyList<StatusObject>? Known
    {
        get
        {
            lock (_lock)
            {
                if (!watch.Synced)
                    return null;
                var version = watch.Version;
                if (_known is not { } known || known.Version != version)
                    _known = known = (
                        version,
                        [.. watch.Items.Select(i => new StatusObject(i.Metadata.Name, i.Status ?? "{}"))]
                    );
                return known.All;
            }
        }
    }

    public Task<WriteResult> SaveAsync(string name, string statusJson, CancellationToken cancellationToken) =>
        WriteAnswer.OfAsync(async () =>
        {
            var status = JsonNode.Parse(statusJson);
            var known = watch.TryFind(@namespace, name, out var found) ? found : null;
            try
            {
                await SendAsync(name, known, status, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesException fault) when (fault.Code == 409 || (fault.Code == 404 && known is not null))
            {
                var present = await PresentAsync(name, cancellationToken).ConfigureAwait(false);
                await SendAsync(name, present, status, cancellationToken).ConfigureAwait(false);
            }
            return WriteResult.Done;
        });

    public Task<WriteResult> DeleteAsync(string name, CancellationToken cancellationToken) =>
        WriteAnswer.OfAsync(async () =>
        {
            try
            {
                await api.DeleteAsync(resource.Type, @namespace, name, null, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesException fault) when (fault.Code == 404)
            {
                // Deleted already.
            }
            if (watch.TryFind(@namespace, name, out var known))
                watch.Remove(known);
            return WriteResult.Done;
        });

    private async Task SendAsync(
        string name,
        StatusItem? present,
        JsonNode? status,
        CancellationToken cancellationToken
    )
    {
        var meta = new JsonObject { ["name"] = name, ["namespace"] = @namespace };
        if (present is not null)
            meta["resourceVersion"] = present.Metadata.ResourceVersion;
        var body = new JsonObject
        {
            ["apiVersion"] = resource.Type.ApiVersion,
            ["kind"] = resource.Type.Kind,
            ["metadata"] = meta,
            ["status"] = status?.DeepClone(),
        };
        var answer = present is null
            ? await api.CreateAsync(resource.Type, @namespace, body, cancellationToken).ConfigureAwait(false)
            : await api.ReplaceAsync(resource.Type, @namespace, name, body, cancellationToken).ConfigureAwait(false);
        var written = answer.Read(resource.Item);
        if (present is null)
            watch.Add(written);
        watch.Apply(written);
    }

    private async Task<StatusItem?> PresentAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await api.GetAsync(resource, @namespace, name, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException fault) when (fault.Code == 404)
        {
            return null;
        }
    }
}
