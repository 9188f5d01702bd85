using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>Sets a workload's replicas through its scale, expecting the version that was decided on.</summary>
internal static class ScaleWrites
{
    public static Task<WriteResult> WriteAsync(
        KubernetesApi api,
        TargetFacts target,
        int replicas,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
            if (await TypeAsync(api, target.Ref, cancellationToken).ConfigureAwait(false) is not { } type)
                return new WriteResult(WriteOutcome.Invalid, $"{target.Ref.ApiVersion} serves no {target.Ref.Kind}");
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = target.Uid, ["resourceVersion"] = target.ResourceVersion },
                ["spec"] = new JsonObject { ["replicas"] = replicas },
            };
            await api.PatchAsync(type, target.Ref.Namespace, target.Ref.Name, "scale", patch, cancellationToken)
                .ConfigureAwait(false);
            return WriteResult.Done;
        });

    private static async Task<ResourceType?> TypeAsync(
        KubernetesApi api,
        ObjectRef target,
        CancellationToken cancellationToken
    ) =>
        (target.ApiVersion, target.Kind) switch
        {
            ("apps/v1", "Deployment") => Kinds.Deployments.Type,
            ("apps/v1", "StatefulSet") => Kinds.StatefulSets.Type,
            _ => (
                await Discovery.FindAsync(api, target.ApiVersion, target.Kind, cancellationToken).ConfigureAwait(false)
            )?.Type,
        };
}
