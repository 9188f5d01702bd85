using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Baselines;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Schedules;

/// <summary>What schedules write: one request each, with what it expects in it.</summary>
/// <param name="api">The server.</param>
/// <param name="baselines">Where what was is stored.</param>
/// <param name="workloads">Makes changes of workloads.</param>
/// <param name="typeOf">The type of a kind.</param>
/// <param name="apply">Takes over the server's answer to a write of an object.</param>
/// <param name="reread">Reads an object again, without waiting for the watch.</param>
internal sealed class ScheduleWrites(
    KubernetesApi api,
    BaselineStore baselines,
    WorkloadWrites workloads,
    Func<ObjectRef, ResourceType> typeOf,
    Action<ObjectRef, ApiAnswer> apply,
    Func<ObjectRef, CancellationToken, Task> reread
)
{
    public Task<WriteResult> WriteAsync(ScheduleWrite write, CancellationToken cancellationToken) =>
        write switch
        {
            ScheduleWrite.Keep keep => KeepAsync(keep, cancellationToken),
            ScheduleWrite.Release release => baselines.ReleaseAsync(release.Key, cancellationToken),
            ScheduleWrite.Change change => workloads.WriteAsync(change.To, cancellationToken),
            _ => ChangeAsync(write, cancellationToken),
        };

    private async Task<WriteResult> ChangeAsync(ScheduleWrite write, CancellationToken cancellationToken)
    {
        var result = await WriteAnswer
            .OfAsync(() => SendAsync(write, typeOf(write.On), cancellationToken))
            .ConfigureAwait(false);
        // The watch may be behind.
        return result.Outcome == WriteOutcome.Conflict
            ? await WriteAnswer.ConflictAsync(result, () => reread(write.On, cancellationToken)).ConfigureAwait(false)
            : result;
    }

    private async Task<WriteResult> KeepAsync(ScheduleWrite.Keep keep, CancellationToken cancellationToken)
    {
        if (keep.Stored is { IsDeleted: false } stored)
            return await baselines.NoteAsync(stored, keep.Notes, cancellationToken).ConfigureAwait(false);
        return await baselines.CaptureAsync(keep.Key, keep.Before, keep.Notes, cancellationToken).ConfigureAwait(false);
    }

    private async Task<WriteResult> SendAsync(
        ScheduleWrite write,
        ResourceType type,
        CancellationToken cancellationToken
    )
    {
        var (place, name) = (write.On.Namespace, write.On.Name);
        switch (write)
        {
            case ScheduleWrite.Create create:
                await api.CreateAsync(type, place, create.Body, cancellationToken).ConfigureAwait(false);
                return WriteResult.Done;
            case ScheduleWrite.Delete delete:
                await api.DeleteAsync(type, place, name, delete.ResourceVersion, cancellationToken)
                    .ConfigureAwait(false);
                return WriteResult.Done;
            case ScheduleWrite.AddOwner add:
                return await AddOwnerAsync(type, add, cancellationToken).ConfigureAwait(false);
            case ScheduleWrite.Merge merge:
                return await MergeAsync(type, merge, cancellationToken).ConfigureAwait(false);
            default:
                throw new ArgumentOutOfRangeException(nameof(write), write.GetType().Name, "a write that is not known");
        }
    }

    private async Task<WriteResult> AddOwnerAsync(
        ResourceType type,
        ScheduleWrite.AddOwner add,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var (place, name) = (add.On.Namespace, add.On.Name);
            apply(
                add.On,
                await api.PatchAsync(type, place, name, null, Operations(add), cancellationToken).ConfigureAwait(false)
            );
            return WriteResult.Done;
        }
        catch (KubernetesException fault) when (fault.Code == 422)
        {
            // The only thing that is tested is the version.
            return new WriteResult(WriteOutcome.Conflict, fault.Message);
        }
    }

    private async Task<WriteResult> MergeAsync(
        ResourceType type,
        ScheduleWrite.Merge merge,
        CancellationToken cancellationToken
    )
    {
        var patch = (JsonObject)merge.Patch.DeepClone();
        var meta = patch["metadata"] as JsonObject ?? [];
        (meta["uid"], meta["resourceVersion"]) = (merge.Uid, merge.ResourceVersion);
        if (meta.Parent is null)
            patch["metadata"] = meta;
        var (place, name) = (merge.On.Namespace, merge.On.Name);
        var answer = await api.PatchAsync(type, place, name, merge.Subresource, patch, cancellationToken)
            .ConfigureAwait(false);
        apply(merge.On, answer);
        // A status is the server's to cut down to its schema.
        return merge.Subresource is not null || IsKept(merge.Patch, answer)
            ? WriteResult.Done
            : WriteAnswer.NotKept(merge.On, merge.Patch);
    }

    private static bool IsKept(JsonObject asked, ApiAnswer answer)
    {
        using var wanted = JsonDocument.Parse(asked.ToJsonString());
        using var written = answer.Read(KubernetesJson.Default.JsonDocument);
        return JsonSubset.Holds(wanted.RootElement, written.RootElement);
    }

    // Not a collection expression: that would add the nodes through a method that is not trim safe.
    private static JsonArray Operations(ScheduleWrite.AddOwner add) =>
        new(
            new JsonObject
            {
                ["op"] = "test",
                ["path"] = "/metadata/resourceVersion",
                ["value"] = add.ResourceVersion,
            },
            new JsonObject
            {
                ["op"] = "add",
                ["path"] = add.First ? "/metadata/ownerReferences" : "/metadata/ownerReferences/-",
                ["value"] = add.First ? new JsonArray(add.Owner.DeepClone()) : add.Owner.DeepClone(),
            }
        );
}
