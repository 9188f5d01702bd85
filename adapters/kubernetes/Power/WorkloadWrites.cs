using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// What Ebb writes into objects that are not its own: one merge patch each, with what it expects in it.
/// </summary>
internal sealed class WorkloadWrites(KubernetesApi api, ClusterWatches watches)
{
    public async Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken)
    {
        var result = await SendAsync(write, cancellationToken).ConfigureAwait(false);
        // The watch may be far behind, on the day on which it matters.
        return result.Outcome == WriteOutcome.Conflict
            ? await WriteAnswer.ConflictAsync(result, () => RereadAsync(write, cancellationToken)).ConfigureAwait(false)
            : result;
    }

    private async Task RereadAsync(Write write, CancellationToken cancellationToken)
    {
        var on = write.On;
        if (IsOf(on, Kinds.ScaledObjects.Type))
            watches.ScaledObjects.Apply(await GetAsync(Kinds.ScaledObjects).ConfigureAwait(false));
        else if (IsOf(on, Kinds.HorizontalPodAutoscalers.Type))
            watches.Autoscalers.Apply(await GetAsync(Kinds.HorizontalPodAutoscalers).ConfigureAwait(false));
        else if (watches.Existing(on.ApiVersion, on.Kind, write is Write.Merge) is { } watch)
            await watch.RereadAsync(on.Namespace, on.Name, cancellationToken).ConfigureAwait(false);

        Task<SpecObject> GetAsync(Resource<SpecObject> kind) =>
            api.GetAsync(kind, on.Namespace, on.Name, cancellationToken);
    }

    private static bool IsOf(ObjectRef on, ResourceType type) =>
        on.Kind == type.Kind && on.ApiVersion == type.ApiVersion;

    private Task<WriteResult> SendAsync(Write write, CancellationToken cancellationToken) =>
        WriteAnswer.OfAsync(async () =>
        {
            if (await TypeOfAsync(write, cancellationToken).ConfigureAwait(false) is not { } type)
                return new WriteResult(WriteOutcome.Invalid, $"{write.On.ApiVersion} serves no {write.On.Kind}");
            if (WritePatch.Body(write) is not { } body)
                return new WriteResult(WriteOutcome.Invalid, $"the value to write to {write.On} is not a JSON object");
            var patch = WritePatch.Expecting(write);
            foreach (var (name, value) in body)
            {
                if (name == "metadata" && patch["metadata"] is JsonObject meta && value is JsonObject changes)
                    foreach (var (part, change) in changes)
                        meta[part] = change?.DeepClone();
                else
                    patch[name] = value?.DeepClone();
            }

            var subresource = write is Write.Scale ? "scale" : null;
            var answer = await api.PatchAsync(
                    type,
                    write.On.Namespace,
                    write.On.Name,
                    subresource,
                    patch,
                    cancellationToken
                )
                .ConfigureAwait(false);
            return Apply(write, body, answer);
        });

    private WriteResult Apply(Write write, JsonObject body, ApiAnswer answer)
    {
        var watch = watches.Existing(write.On.ApiVersion, write.On.Kind, write is Write.Merge);
        if (write is Write.Scale)
            watch?.Apply(answer.Read(KubernetesJson.Default.Scale));
        else if (IsOf(write.On, Kinds.ScaledObjects.Type))
            watches.ScaledObjects.Apply(answer.Read(Kinds.ScaledObjects.Item));
        else if (write is Write.Bound)
            watches.Autoscalers.Apply(answer.Read(Kinds.HorizontalPodAutoscalers.Item));
        else
            watch?.Apply(answer);
        using var kept = answer.Read(KubernetesJson.Default.JsonDocument);
        return WritePatch.IsKept(write, body, kept.RootElement)
            ? WriteResult.Done
            : WriteAnswer.NotKept(write.On, body);
    }

    private async Task<ResourceType?> TypeOfAsync(Write write, CancellationToken cancellationToken)
    {
        var on = write.On;
        if (IsOf(on, Kinds.ScaledObjects.Type))
            return Kinds.ScaledObjects.Type;
        if (IsOf(on, Kinds.HorizontalPodAutoscalers.Type))
            return Kinds.HorizontalPodAutoscalers.Type;
        if (watches.Existing(on.ApiVersion, on.Kind, write is Write.Merge)?.Type is { Plural.Length: > 0 } known)
            return known;
        return (await Discovery.FindAsync(api, on.ApiVersion, on.Kind, cancellationToken).ConfigureAwait(false))?.Type;
    }
}
