using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using k8s.Models;
using NodaTime;

namespace Ebb.Kubernetes.Leases;

/// <summary>The requests about one Lease. None is tried again: the next renewal is that.</summary>
/// <param name="api">The server.</param>
/// <param name="namespace">Where it is.</param>
/// <param name="name">Its name.</param>
/// <param name="identity">Ours.</param>
/// <param name="duration">How long it is held after a renewal.</param>
/// <param name="patience">For how long an answer is of use.</param>
internal sealed class LeaseObject(
    KubernetesApi api,
    string @namespace,
    string name,
    string identity,
    TimeSpan duration,
    TimeSpan patience
)
{
    /// <summary>Null: there is none.</summary>
    public async Task<V1Lease?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await api.ReadAsync(Request("get"), ModelJson.Default.V1Lease, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (KubernetesException fault) when (fault.Code == 404 && fault.Details?.Kind != "namespaces")
        {
            return null;
        }
    }

    /// <summary>Creates it, or makes it ours if it is still at the version that was read.</summary>
    public async Task TakeAsync(V1Lease? present, CancellationToken cancellationToken)
    {
        var mine = present?.Spec?.HolderIdentity == identity;
        var now = Now;
        var lease = new V1Lease
        {
            ApiVersion = Kinds.Leases.ApiVersion,
            Kind = Kinds.Leases.Kind,
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = @namespace,
                Uid = present?.Metadata.Uid,
                ResourceVersion = present?.Metadata.ResourceVersion,
            },
            Spec = new V1LeaseSpec
            {
                HolderIdentity = identity,
                LeaseDurationSeconds = (int)duration.TotalSeconds,
                AcquireTime = (mine ? present!.Spec.AcquireTime : null) ?? now,
                RenewTime = now,
                LeaseTransitions = (present?.Spec?.LeaseTransitions ?? 0) + (present is null || mine ? 0 : 1),
            },
        };
        var request = present is null ? Request("create") with { Name = null } : Request("patch");
        await api.WriteAsync(
                request with
                {
                    Body = JsonSerializer.SerializeToUtf8Bytes(lease, ModelJson.Default.V1Lease),
                    ContentType = present is null ? "application/json" : KubernetesApi.MergePatch,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>False: somebody else holds it, or there is none any more.</summary>
    public Task<bool> RenewAsync(CancellationToken cancellationToken) =>
        PatchOursAsync([("renewTime", KubernetesTime.FormatMicro(Instant.FromDateTimeUtc(Now)))], cancellationToken);

    /// <summary>False: it was not ours.</summary>
    public Task<bool> ReleaseAsync(CancellationToken cancellationToken) =>
        PatchOursAsync([("holderIdentity", ""), ("leaseDurationSeconds", 1)], cancellationToken);

    // All or nothing, whatever version it is at: several of these may be on their way.
    private async Task<bool> PatchOursAsync(
        (string Member, JsonNode Value)[] changes,
        CancellationToken cancellationToken
    )
    {
        var operations = new JsonArray(Operation("test", "holderIdentity", identity));
        foreach (var (member, value) in changes)
            operations.Add(Operation("add", member, value));
        try
        {
            await api.WriteAsync(
                    Request("patch") with
                    {
                        Body = KubernetesApi.Bytes(operations),
                        ContentType = KubernetesApi.JsonPatch,
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            return true;
        }
        catch (KubernetesException fault) when (fault.Code is 404 or 422)
        {
            return false;
        }
    }

    private DateTime Now => api.Time.GetUtcNow().UtcDateTime;

    private ApiRequest Request(string verb) =>
        new(verb, Kinds.Leases, @namespace, name)
        {
            Deadline = patience,
            Attempt = patience,
            Attempts = 1,
        };

    private static JsonNode Operation(string op, string member, JsonNode value) =>
        new JsonObject
        {
            ["op"] = op,
            ["path"] = $"/spec/{member}",
            ["value"] = value,
        };
}
