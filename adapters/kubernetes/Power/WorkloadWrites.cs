using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Core.Workloads.Declared;
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
            if (Body(write) is not { } body)
                return new WriteResult(WriteOutcome.Invalid, $"the value to write to {write.On} is not a JSON object");
            var patch = Expecting(write);
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

    private static JsonObject Expecting(Write write)
    {
        var meta = new JsonObject();
        if (write.Uid is not null)
            meta["uid"] = write.Uid;
        if (write.ResourceVersion is not null)
            meta["resourceVersion"] = write.ResourceVersion;
        return meta.Count == 0 ? [] : new JsonObject { ["metadata"] = meta };
    }

    private static JsonObject? Body(Write write) =>
        write switch
        {
            Write.Scale scale => new JsonObject { ["spec"] = new JsonObject { ["replicas"] = scale.Replicas } },
            Write.Suspend suspend => new JsonObject { ["spec"] = new JsonObject { ["suspend"] = suspend.Suspended } },
            Write.Cordon cordon => new JsonObject { ["spec"] = new JsonObject { ["unschedulable"] = cordon.Cordoned } },
            Write.Annotate annotate => new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["annotations"] = new JsonObject(
                        annotate.Annotations.Select(one => new KeyValuePair<string, JsonNode?>(one.Name, one.Value))
                    ),
                },
            },
            Write.Bound { Most: { } most } bound => new JsonObject
            {
                ["spec"] = new JsonObject { ["minReplicas"] = bound.Least, ["maxReplicas"] = most },
            },
            Write.Bound bound => new JsonObject { ["spec"] = new JsonObject { ["minReplicas"] = bound.Least } },
            Write.Automate automate => Automated(automate.Json),
            Write.Merge merge => FieldObject(merge.Json),
            _ => throw new ArgumentOutOfRangeException(
                nameof(write),
                write.GetType().Name,
                "a write that is not known"
            ),
        };

    // A merge patch keeps members that it does not name. No unwanted one can be there: Ebb writes either null, or what
    // was there before onto null.
    private static JsonObject? Automated(string? json)
    {
        var automated = json is null ? null : FieldObject(json);
        if (automated is null && json is not null)
            return null;
        return new JsonObject
        {
            ["spec"] = new JsonObject { ["syncPolicy"] = new JsonObject { ["automated"] = automated } },
        };
    }

    /// <summary>Null: the text is no JSON object.</summary>
    private static JsonObject? FieldObject(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

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
        return IsKept(write, body, kept.RootElement)
            ? WriteResult.Done
            : new WriteResult(
                WriteOutcome.Invalid,
                $"{write.On} was asked for {body.ToJsonString()} and answered without the change: a webhook or policy "
                    + "takes it out, or its definition has no such field"
            );
    }

    /// <summary>
    /// A webhook may take out what was asked, and a definition whose schema has no such field does, without a word.
    /// Fields that the server leaves out, or fills in by itself, are compared by what they mean.
    /// </summary>
    private static bool IsKept(Write write, JsonObject body, JsonElement answer)
    {
        switch (write)
        {
            case Write.Scale scale:
                return (Number("replicas") ?? 0) == scale.Replicas;
            case Write.Suspend suspend:
                return IsTrue("suspend") == (suspend.Suspended == true);
            case Write.Cordon cordon:
                return IsTrue("unschedulable") == (cordon.Cordoned == true);
            case Write.Bound bound:
                return (Number("minReplicas") ?? 1) == (bound.Least ?? 1)
                    && (bound.Most is null || Number("maxReplicas") == bound.Most);
            default:
                using (var asked = JsonDocument.Parse(body.ToJsonString()))
                    return FieldPatch.IsIn(asked.RootElement, answer);
        }

        bool IsTrue(string field) => Field(field)?.ValueKind == JsonValueKind.True;

        int? Number(string field) =>
            Field(field) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value)
                ? value
                : null;

        JsonElement? Field(string field) =>
            answer.ValueKind == JsonValueKind.Object
            && answer.TryGetProperty("spec", out var spec)
            && spec.ValueKind == JsonValueKind.Object
            && spec.TryGetProperty(field, out var found)
                ? found
                : null;
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
