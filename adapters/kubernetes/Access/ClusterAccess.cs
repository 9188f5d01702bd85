using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Core.Rights;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Schedules;

namespace Ebb.Kubernetes.Access;

/// <summary>Asks the API server what it serves and what we may do there.</summary>
/// <param name="api">The server; not disposed by this.</param>
public sealed class ClusterAccess(KubernetesApi api)
{
    private static readonly ResourceType Reviews = new(
        "authorization.k8s.io",
        "v1",
        "selfsubjectaccessreviews",
        "SelfSubjectAccessReview",
        false
    );

    /// <summary>The plurals that a group and version serves, subresources included; null: there is no such
    /// group.</summary>
    /// <exception cref="KubernetesException">The server refused or could not be reached.</exception>
    public async Task<IReadOnlySet<string>?> ServedAsync(
        string group,
        string version,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await Discovery.ServedAsync(api, group, version, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException missing) when (missing.Code == 404)
        {
            return null;
        }
    }

    /// <summary>
    /// The types that UpsScalers and Schedules name; of those with a hook or gates, that of hooks as well.
    /// </summary>
    /// <exception cref="KubernetesException">They cannot be listed.</exception>
    public async Task<IReadOnlySet<WorkloadType>> NamedTypesAsync(CancellationToken cancellationToken)
    {
        var scalers = await api.ListAsync(Kinds.UpsScalers, null, null, cancellationToken).ConfigureAwait(false);
        var schedules = await SchedulesAsync(cancellationToken).ConfigureAwait(false);
        return (scalers.Items ?? [])
            .SelectMany(scaler =>
                new[]
                {
                    WorkloadType.OfUpsScaler(scaler.Spec?.Type),
                    scaler.Spec is { Hook: not null } or { Gates: not null } ? WorkloadType.Hook : null,
                }
            )
            .Concat(schedules.Select(schedule => ScheduleTarget.TypeIn(schedule.Spec)))
            .OfType<WorkloadType>()
            .ToHashSet();
    }

    /// <summary>Where they may not be read, or there are none, nothing is known of what they name.</summary>
    private async Task<IReadOnlyList<SpecObject>> SchedulesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var all = await api.ListAsync(ScheduleKinds.Schedules, null, null, cancellationToken).ConfigureAwait(false);
            return all.Items ?? [];
        }
        catch (KubernetesException refused) when (refused.Code is 403 or 404)
        {
            return [];
        }
    }

    /// <summary>What a kind of one's own needs; empty: the cluster does not serve it.</summary>
    /// <exception cref="KubernetesException">The server refused or could not be reached.</exception>
    public async Task<IReadOnlyList<Right>> NeededForAsync(WorkloadType type, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(type);
        try
        {
            var found = await Discovery
                .FindAsync(api, type.ApiVersion, type.Kind, cancellationToken)
                .ConfigureAwait(false);
            return found is var (served, scales)
                ? OperatorRights.OfOwnKind(served.Group, served.Version, served.Plural, type.Name, scales)
                : [];
        }
        catch (KubernetesException missing) when (missing.Code == 404)
        {
            return [];
        }
    }

    /// <summary>
    /// Whether objects can be made in a namespace: whether it is there, or, where it may not be read, whether a Lease
    /// could be created in it. Null: not known.
    /// </summary>
    /// <exception cref="KubernetesException">The server could not be reached.</exception>
    public async Task<bool?> HasNamespaceAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await api.GetAsync(Kinds.Bare(Kinds.Namespaces), null, name, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (KubernetesException refused) when (refused.Code is 403 or 404)
        {
            if (refused.Code == 404)
                return false;
        }
        var lease = new JsonObject
        {
            ["apiVersion"] = Kinds.Leases.ApiVersion,
            ["kind"] = Kinds.Leases.Kind,
            ["metadata"] = new JsonObject { ["name"] = "ebb-check", ["namespace"] = name },
        };
        try
        {
            await api.TryCreateAsync(Kinds.Leases, name, lease, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (KubernetesException refused) when (refused.Code is 403 or 404 or 409)
        {
            return refused.Code == 403 ? null : refused.Code == 409;
        }
    }

    /// <summary>Whether we may, as the server's authorizers see it now.</summary>
    /// <param name="right">The kind.</param>
    /// <param name="verb">One of its verbs.</param>
    /// <param name="namespace">Where; null: in all namespaces.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="KubernetesException">The server refused or could not be reached.</exception>
    public async Task<bool> MayAsync(Right right, string verb, string? @namespace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(right);
        var review = new AccessReview(
            Reviews.ApiVersion,
            Reviews.Kind,
            new AccessSpec(
                new AccessAttributes(verb, right.Group, right.Version, right.Plural, right.Subresource, @namespace)
            )
        );
        var answer = await api.CreateAsync(Reviews, null, review, AccessJson.Default.AccessReview, cancellationToken)
            .ConfigureAwait(false);
        return answer.Read(AccessJson.Default.AccessReview).Status?.Allowed
            ?? throw new KubernetesException($"cannot create {Reviews}: the answer has no status", null, null, null);
    }
}
