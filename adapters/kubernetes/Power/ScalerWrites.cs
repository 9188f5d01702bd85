using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>What Ebb writes into its own UpsScalers: one request each.</summary>
internal sealed class ScalerWrites(KubernetesApi api, Informer<UpsScaler> scalers)
{
    private static readonly ResourceType Type = Kinds.UpsScalers.Type;

    public Task<WriteResult> CaptureAsync(
        UpsScalerView scaler,
        Baseline baseline,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
            if (await PresentAsync(scaler, cancellationToken).ConfigureAwait(false) is not { } present)
                return Changed(scaler);
            if (scaler.Deleting && !scaler.HasFinalizer)
                return new WriteResult(
                    WriteOutcome.Invalid,
                    $"{scaler.Ref} is being deleted and can no longer be kept until its workload is awake"
                );
            var patch = Patch(
                scaler,
                [.. present.Metadata.Finalizers.Where(one => one != WellKnown.Finalizer), WellKnown.Finalizer],
                null
            );
            // The integer may be in a manifest that a GitOps tool applies again and again; writing it would start a
            // dispute that lasts for the outage.
            var again = scaler.IsBaselineLoose;
            patch["spec"] = again
                ? new JsonObject { ["baseline"] = BaselineJson.Write(baseline) }
                : new JsonObject
                {
                    ["specReplicas"] = baseline.SpecReplicas,
                    ["baseline"] = BaselineJson.Write(baseline),
                };
            // When waking, an integer without its baseline is taken for the whole of it. Where it is not, the CRD must
            // know the baseline, or nothing may be written.
            var whole = BaselineJson.FitsInteger(baseline);
            UpsScaler written;
            try
            {
                written = await SendAsync(scaler, null, patch, cancellationToken, strict: !whole).ConfigureAwait(false);
            }
            catch (KubernetesException refused)
                when (refused.Code == 400 && refused.Message.Contains("unknown field", StringComparison.Ordinal))
            {
                return Pruned("spec.baseline");
            }
            var result = Captured(written, scaler, baseline, again);
            if (result.Outcome == WriteOutcome.Done || whole || again)
                return result;
            await SendAsync(
                    scaler,
                    null,
                    new JsonObject
                    {
                        ["metadata"] = new JsonObject { ["uid"] = scaler.Uid },
                        ["spec"] = new JsonObject { ["specReplicas"] = -1 },
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            return result;
        });

    public Task<WriteResult> ReleaseAsync(UpsScalerView scaler, CancellationToken cancellationToken) =>
        WriteAnswer.OfAsync(async () =>
        {
            if (await PresentAsync(scaler, cancellationToken).ConfigureAwait(false) is not { } present)
                return Changed(scaler);
            var patch = Patch(
                scaler,
                [.. present.Metadata.Finalizers.Where(one => one != WellKnown.Finalizer)],
                ScalerView.Mark(scaler.Baseline)
            );
            patch["spec"] = new JsonObject { ["specReplicas"] = -1, ["baseline"] = null };
            await SendAsync(scaler, null, patch, cancellationToken).ConfigureAwait(false);
            return WriteResult.Done;
        });

    public Task<WriteResult> SetStatusAsync(
        UpsScalerView scaler,
        UpsScalerStatus status,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
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
                    ["baseline"] = status.Baseline is null ? null : BaselineJson.Write(status.Baseline),
                },
            };
            var answer = await SendAsync(scaler, "status", patch, cancellationToken).ConfigureAwait(false);
            return answer.Status?.Phase == status.Phase.ToString() ? WriteResult.Done : Pruned("status");
        });

    // The patch replaces all finalizers, those of others included, so it is bound to the version that was read.
    private async Task<UpsScaler?> PresentAsync(UpsScalerView scaler, CancellationToken cancellationToken)
    {
        if (
            !scalers.TryFind(scaler.Ref.Namespace, scaler.Ref.Name, out var known)
            || known.Metadata.ResourceVersion != scaler.ResourceVersion
        )
            known = await api.GetAsync(Kinds.UpsScalers, scaler.Ref.Namespace, scaler.Ref.Name, cancellationToken)
                .ConfigureAwait(false);
        return known.Metadata.Uid == scaler.Uid && known.Metadata.ResourceVersion == scaler.ResourceVersion
            ? known
            : null;
    }

    private async Task<UpsScaler> SendAsync(
        UpsScalerView scaler,
        string? subresource,
        JsonObject patch,
        CancellationToken cancellationToken,
        bool strict = false
    )
    {
        var answer = await api.PatchAsync(
                Type,
                scaler.Ref.Namespace,
                scaler.Ref.Name,
                subresource,
                patch,
                cancellationToken,
                strict
            )
            .ConfigureAwait(false);
        var written = answer.Read(Kinds.UpsScalers.Item);
        scalers.Apply(written);
        return written;
    }

    private static JsonObject Patch(UpsScalerView scaler, IEnumerable<string> finalizers, string? released) =>
        new()
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = scaler.Uid,
                ["resourceVersion"] = scaler.ResourceVersion,
                ["finalizers"] = new JsonArray([.. finalizers.Select(one => (JsonNode)one)]),
                ["annotations"] = new JsonObject { [ScalerView.ReleasedAnnotation] = released },
            },
        };

    private static WriteResult Captured(UpsScaler written, UpsScalerView scaler, Baseline baseline, bool again)
    {
        if (!written.Metadata.Finalizers.Contains(WellKnown.Finalizer))
            return new WriteResult(
                WriteOutcome.Invalid,
                $"{scaler.Ref} did not keep the finalizer {WellKnown.Finalizer}"
            );
        if (!again && written.Spec?.SpecReplicas != baseline.SpecReplicas)
            return Pruned("spec.specReplicas");
        if (
            BaselineJson.AreSame(baseline, BaselineJson.Read(written.Spec?.Baseline))
            || (!again && BaselineJson.FitsInteger(baseline))
        )
            return WriteResult.Done;
        return Pruned("spec.baseline");
    }

    private static WriteResult Pruned(string field) =>
        new(
            WriteOutcome.Invalid,
            $"the installed CustomResourceDefinition {Type} does not know {field}: "
                + "apply deploy/crds/upsscalers.ups-scaler.io.yaml"
        );

    private static WriteResult Changed(UpsScalerView scaler) =>
        new(WriteOutcome.Conflict, $"{scaler.Ref} changed since it was read");
}
