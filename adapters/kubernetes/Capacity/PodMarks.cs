using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Kubernetes.Api;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// Marks pods to be deleted before others of their ReplicaSet, which looks at it when it shrinks. A second annotation
/// tells Ebb's marks from a deletion cost that somebody else gave.
/// </summary>
internal static class PodMarks
{
    public const string Cost = "controller.kubernetes.io/pod-deletion-cost";
    public const string Ours = "ebb.dev/pod-deletion-cost";

    // Pods without one count as 0.
    private const string Least = "-1000";

    public static Task<WriteResult> WriteAsync(
        KubernetesApi api,
        string @namespace,
        string name,
        bool set,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
            var annotations = new JsonObject
            {
                [Cost] = set ? Least : null,
                [Ours] = set ? "given back for pending pods" : null,
            };
            await api.PatchAsync(
                    CapacityKinds.Pods.Type,
                    @namespace,
                    name,
                    null,
                    new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } },
                    cancellationToken
                )
                .ConfigureAwait(false);
            return WriteResult.Done;
        });
}
