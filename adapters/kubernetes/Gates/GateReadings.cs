using Ebb.Core.Gates;
using Ebb.Core.Ports;
using Ebb.Core.Waves;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Gates;

/// <summary>Looks at gates by asking the API server each time: nothing is watched for them.</summary>
/// <param name="api">The server; not disposed by this.</param>
public sealed class GateReadings(KubernetesApi api) : IGateReader
{
    private readonly AttachedVolumes _volumes = new(api);
    private readonly WebhookConfigurations _webhooks = new(api);

    /// <inheritdoc/>
    public async Task<GateAnswer> ReadAsync(AskedGate asked, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(asked);
        try
        {
            return asked.Key.Gate switch
            {
                { Kind: GateKind.VolumesDetached } when asked.Member is { } member => await _volumes
                    .ReadAsync(member, cancellationToken)
                    .ConfigureAwait(false),
                { Kind: GateKind.Webhooks } => await _webhooks.ReadAsync(cancellationToken).ConfigureAwait(false),
                { Service: { } service } gate
                    when (gate.Namespace ?? asked.Member?.Scaler.Ref.Namespace) is { } place => await EndpointsAsync(
                        place,
                        service,
                        cancellationToken
                    )
                    .ConfigureAwait(false),
                { Condition: { } condition } => await ConditionAsync(condition, cancellationToken)
                    .ConfigureAwait(false),
                _ => GateAnswer.Unread,
            };
        }
        catch (KubernetesException fault)
        {
            return new GateAnswer(null, fault.Message);
        }
    }

    private async Task<GateAnswer> EndpointsAsync(string @namespace, string service, CancellationToken cancellation)
    {
        var slices = await api.ListAsync(
                Kinds.EndpointSlices,
                @namespace,
                $"kubernetes.io/service-name={service}",
                cancellation
            )
            .ConfigureAwait(false);
        var ready = (slices.Items ?? [])
            .SelectMany(slice => slice.Endpoints ?? [])
            .Count(endpoint => endpoint.Conditions?.Ready != false);
        return new GateAnswer(ready > 0, $"Service {@namespace}/{service} leads to no pod that is ready");
    }

    private async Task<GateAnswer> ConditionAsync(GateCondition wanted, CancellationToken cancellationToken)
    {
        var name = $"{wanted.Kind} {wanted.Namespace}/{wanted.Name}";
        var served = await Discovery
            .FindAsync(api, wanted.ApiVersion, wanted.Kind, cancellationToken)
            .ConfigureAwait(false);
        if (served is not var (type, _))
            return new GateAnswer(null, $"{wanted.ApiVersion} serves no {wanted.Kind}");
        if (!type.Namespaced)
            name = $"{wanted.Kind} {wanted.Name}";
        var found = await api.GetAsync(
                Kinds.Whole(type),
                type.Namespaced ? wanted.Namespace : null,
                wanted.Name,
                cancellationToken
            )
            .ConfigureAwait(false);
        return ConditionReader.Find(found.Status, wanted.Type) is { } condition
            ? new GateAnswer(
                condition.Status == wanted.Status,
                $"{name} has {wanted.Type}={condition.Status}, expected {wanted.Status}"
                    + (string.IsNullOrEmpty(condition.Message) ? "" : $": {condition.Message}")
            )
            : new GateAnswer(null, $"{name} has no condition {wanted.Type}");
    }
}
