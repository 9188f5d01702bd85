using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Core.Workloads;
using Ebb.Core.Workloads.Declared;

namespace Ebb.Kubernetes.Power;

/// <summary>A write as a merge patch, and whether an answer has what it asked.</summary>
internal static class WritePatch
{
    /// <summary>What the object must still be for it to be written.</summary>
    public static JsonObject Expecting(Write write)
    {
        var meta = new JsonObject();
        if (write.Uid is not null)
            meta["uid"] = write.Uid;
        if (write.ResourceVersion is not null)
            meta["resourceVersion"] = write.ResourceVersion;
        return meta.Count == 0 ? [] : new JsonObject { ["metadata"] = meta };
    }

    /// <summary>The fields that it asks for; null: what is to be written is no JSON object.</summary>
    public static JsonObject? Body(Write write) =>
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

    /// <summary>
    /// A webhook may take out what was asked, and a definition whose schema has no such field does, without a word.
    /// Fields that the server leaves out, or fills in by itself, are compared by what they mean.
    /// </summary>
    public static bool IsKept(Write write, JsonObject body, JsonElement answer)
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
}
