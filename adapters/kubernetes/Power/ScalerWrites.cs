using System.Text.Json.Nodes;
using Ebb.Core.Conditions;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>What Ebb writes into UpsScalers: their status, and the mirror of the baseline that is never read.</summary>
internal sealed class ScalerWrites(KubernetesApi api, Informer<UpsScaler> scalers)
{
    private static readonly ResourceType Type = Kinds.UpsScalers.Type;

    public Task<WriteResult> SetStatusAsync(
        UpsScalerView scaler,
        UpsScalerStatus status,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
            scalers.TryFind(scaler.Ref.Namespace, scaler.Ref.Name, out var shown);
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = scaler.Uid },
                ["status"] = new JsonObject
                {
                    ["phase"] = status.Phase.ToString(),
                    ["reason"] = status.Reason,
                    ["since"] = KubernetesTime.Format(status.Since),
                    ["observedGeneration"] = status.ObservedGeneration,
                    ["changedBy"] = status.ChangedBy,
                    ["conditions"] = ConditionList.Write(
                        shown?.Status?.Conditions,
                        status.Conditions,
                        status.Since,
                        status.ObservedGeneration
                    ),
                },
            };
            if (status.Selected is not null || shown?.Status?.Selected is not null)
                foreach (var (member, value) in Selected(status))
                    patch["status"]![member] = value;
            var answer = await SendAsync(scaler, "status", patch, cancellationToken).ConfigureAwait(false);
            return answer.Status?.Phase == status.Phase.ToString()
                ? WriteResult.Done
                : new WriteResult(
                    WriteOutcome.Invalid,
                    $"the installed CustomResourceDefinition {Type} does not know status: "
                        + "apply deploy/crds/upsscalers.ups-scaler.io.yaml"
                );
        });

    private static IEnumerable<(string Member, JsonNode? Value)> Selected(UpsScalerStatus status) =>
        [
            ("selected", status.Selected),
            (
                "workloads",
                status.Selected is null ? null : new JsonArray([.. status.Workloads.Select(one => (JsonNode)one)])
            ),
        ];

    public Task<WriteResult> MirrorAsync(
        UpsScalerView scaler,
        int? specReplicas,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = scaler.Uid },
                ["spec"] = new JsonObject { ["specReplicas"] = specReplicas ?? -1 },
            };
            await SendAsync(scaler, null, patch, cancellationToken).ConfigureAwait(false);
            return WriteResult.Done;
        });

    private async Task<UpsScaler> SendAsync(
        UpsScalerView scaler,
        string? subresource,
        JsonObject patch,
        CancellationToken cancellationToken
    )
    {
        var (place, name) = (scaler.Ref.Namespace, scaler.Ref.Name);
        var answer = await api.PatchAsync(Type, place, name, subresource, patch, cancellationToken)
            .ConfigureAwait(false);
        var written = answer.Read(Kinds.UpsScalers.Item);
        scalers.Apply(written);
        return written;
    }
}
