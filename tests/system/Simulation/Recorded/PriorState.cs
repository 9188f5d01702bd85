using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>The state of an object before a request, from its last known state and from the answer.</summary>
internal static class PriorState
{
    /// <param name="known">The last state that an answer showed before the request; null: none did.</param>
    /// <param name="other">When nothing is known: the same object at another time, or a similar one.</param>
    public static JsonObject Reconstruct(Recording recording, JsonObject? known, JsonObject? other)
    {
        var shown = recording is { IsSuccess: true, Shown: { } o } ? o : null;
        var tree = shown is null ? Standing(recording, known, other) : Undone(recording, known, shown);
        if (shown is null && recording is { Kind: "Scale", IsSuccess: true })
        {
            Scaled(recording, tree, known);
        }

        var meta = tree["metadata"]!.AsObject();
        if (
            recording.Method == "PUT"
            && recording.IsSuccess
            && recording.Sent?["metadata"]?["resourceVersion"] is { } said
        )
        {
            // The request was accepted, so this was the version.
            meta["resourceVersion"] = said.DeepClone();
        }

        return tree;
    }

    private static JsonObject Standing(Recording recording, JsonObject? known, JsonObject? other)
    {
        var path = recording.Resource;
        var tree =
            (known ?? other)?.DeepClone().AsObject()
            ?? new JsonObject
            {
                ["apiVersion"] = path.Group.Length == 0 ? path.Version : path.Group + "/" + path.Version,
                ["kind"] =
                    char.ToUpperInvariant(path.Plural[0])
                    + path.Plural[1..^1] switch
                    {
                        "onfigmap" => "onfigMap",
                        var rest => rest,
                    },
                ["metadata"] = new JsonObject
                {
                    ["uid"] = "00000000-0000-4000-8000-000000000000",
                    ["resourceVersion"] = "7",
                    ["creationTimestamp"] = "2026-03-02T08:00:00Z",
                },
            };
        tree["metadata"]!["name"] = path.Name;
        if (known is null)
        {
            tree["metadata"]!.AsObject().Remove("finalizers");
            tree["metadata"]!.AsObject().Remove("deletionTimestamp");
        }

        if (path.Namespace.Length > 0)
        {
            tree["metadata"]!["namespace"] = path.Namespace;
        }

        Identify(recording, tree["metadata"]!.AsObject());
        if (
            recording.Status == 409
            && (recording.Sent as JsonObject)?["metadata"]?["resourceVersion"]?.GetValue<string>()
                == tree["metadata"]!["resourceVersion"]?.GetValue<string>()
        )
        {
            // The request was refused as stale, so there was a write in between.
            tree["metadata"]!["resourceVersion"] = (Recording.VersionOf(tree) + 1).ToString(
                System.Globalization.CultureInfo.InvariantCulture
            );
        }

        return tree;
    }

    // The object's identity, as far as the request has it and the answer does not contradict.
    private static void Identify(Recording recording, JsonObject meta)
    {
        var sent = recording.Sent as JsonObject;
        var said = (recording.Body as JsonObject)?["message"]?.GetValue<string>() ?? "";
        var (wanted, uid) = (sent?["preconditions"] as JsonObject, sent?["metadata"]?["uid"]);
        if (wanted?["uid"] is { } of && !said.Contains("the UID in the precondition", StringComparison.Ordinal))
        {
            meta["uid"] = of.DeepClone();
        }

        if (wanted?["resourceVersion"] is { } version && recording.IsSuccess)
        {
            meta["resourceVersion"] = version.DeepClone();
        }

        if (uid is not null && (recording.IsSuccess || said.Contains("has been modified", StringComparison.Ordinal)))
        {
            meta["uid"] = uid.DeepClone();
        }
    }

    private static void Scaled(Recording recording, JsonObject tree, JsonObject? known)
    {
        var scale = recording.Body!.AsObject();
        var before = tree["spec"]?["replicas"]?.DeepClone();
        ReplaySetup.Scale(tree, scale);
        if (
            scale["status"]?["selector"]?.GetValue<string>() is { } selector
            && tree["spec"]?["selector"] is JsonObject labels
            && labels["matchLabels"] is not null
        )
        {
            labels["matchLabels"] = new JsonObject(
                selector.Split(',').Select(p => p.Split('=')).Select(p => KeyValuePair.Create(p[0], (JsonNode?)p[1]))
            );
            tree["spec"]!["template"]!["metadata"]!["labels"] = labels["matchLabels"]!.DeepClone();
        }

        if (recording.Method == "GET")
        {
            return;
        }

        var after = scale["spec"]?["replicas"]?.GetValue<int>() ?? 0;
        tree["spec"]!["replicas"] = known is not null && before is not null ? before : after + 1;
        tree["metadata"]!["resourceVersion"] = (recording.Version - 1).ToString(
            System.Globalization.CultureInfo.InvariantCulture
        );
    }

    // Fields that the request cannot have changed are taken from the answer; others from the last known state, or are
    // given another value.
    private static JsonObject Undone(Recording recording, JsonObject? known, JsonObject shown)
    {
        var tree = shown.DeepClone().AsObject();
        switch (recording.Method)
        {
            case "DELETE":
                if (known?["metadata"]?["deletionTimestamp"] is null)
                {
                    tree["metadata"]!.AsObject().Remove("deletionTimestamp");
                    tree["metadata"]!.AsObject().Remove("deletionGracePeriodSeconds");
                }

                break;
            case "PUT" when known is not null:
                tree = known.DeepClone().AsObject();
                if (recording.Resource.Subresource.Length == 0 && shown["status"] is { } status)
                {
                    tree["status"] = status.DeepClone();
                }

                break;
            case "PATCH" when recording.MediaType == "application/apply-patch+yaml" && known is not null:
                tree = known.DeepClone().AsObject();
                if (recording.Resource.Subresource != "status" && shown["status"] is { } now)
                {
                    tree["status"] = now.DeepClone();
                }

                break;
            case "PATCH":
                foreach (
                    var path in Touched(recording)
                        .Where(p =>
                            recording.Resource.Subresource == "status"
                                ? p[0] == "status"
                                : p[0] != "status" || shown["status"] is null
                        )
                )
                {
                    if (known is null)
                    {
                        Differ(tree, path);
                    }
                    else
                    {
                        Set(tree, path, At(known, path)?.DeepClone());
                        Prune(tree, known, path);
                    }
                }

                break;
        }

        var meta = tree["metadata"]!.AsObject();
        meta["resourceVersion"] =
            known?["metadata"]?["resourceVersion"]?.DeepClone()
            ?? (Recording.VersionOf(shown) - 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (recording.Method != "DELETE")
        {
            Set(tree, ["metadata", "generation"], Generation(known, shown, tree));
        }
        else if (
            shown["metadata"]!["deletionTimestamp"] is not null
            && known?["metadata"]?["deletionTimestamp"] is null
            && meta["generation"]?.GetValue<int>() is { } generation
        )
        {
            // Beginning to delete increments the generation.
            meta["generation"] = generation - 1;
        }

        if (known is not null)
        {
            Set(tree, ["metadata", "managedFields"], Managers(known, shown));
        }

        return tree;
    }

    // The generation of the answer unless the request changed the spec; else the known one, or one less.
    private static JsonNode? Generation(JsonObject? known, JsonObject shown, JsonObject before)
    {
        static int? Of(JsonObject? o) => o?["metadata"]!["generation"]?.GetValue<int>();
        var same =
            JsonNode.DeepEquals(before["spec"], shown["spec"])
            && (
                shown["kind"]!.GetValue<string>() != "Deployment"
                || JsonNode.DeepEquals(At(before, ["metadata", "annotations"]), At(shown, ["metadata", "annotations"]))
            );
        return Of(shown) is { } now
            ? same
                ? now
                : Of(known) is { } then && now - then <= 1
                    ? then
                    : now - 1
            : null;
    }

    // Controllers may have written status since; what they own is in the answer.
    private static JsonArray? Managers(JsonObject known, JsonObject shown)
    {
        static bool Theirs(JsonNode? e) =>
            e!["manager"]!.GetValue<string>() is "kube-controller-manager" or "keda" or "keda-operator";
        var before = known["metadata"]!["managedFields"] as JsonArray ?? [];
        var after = shown["metadata"]!["managedFields"] as JsonArray ?? [];
        var all = before.Where(e => !Theirs(e)).Concat(after.Where(Theirs)).Select(e => e!.DeepClone()).ToArray();
        return all.Length == 0 ? null : new JsonArray(all);
    }

    private static IEnumerable<string[]> Touched(Recording recording)
    {
        if (recording.Sent is JsonArray operations)
        {
            return operations
                .Select(o =>
                    o!["path"]!
                        .GetValue<string>()
                        .TrimStart('/')
                        .Split('/')
                        .Select(s => s.Replace("~1", "/", StringComparison.Ordinal))
                        .TakeWhile(s => !s.All(char.IsDigit) && s != "-")
                        .ToArray()
                )
                .Where(p => p.Length > 0);
        }

        return recording.Sent is JsonObject patch
            ? Leaves(patch, [])
                .Where(p =>
                    p
                        is not ["metadata", "resourceVersion" or "name" or "namespace" or "uid"]
                            and not ["apiVersion"]
                            and not ["kind"]
                )
            : [];
    }

    private static IEnumerable<string[]> Leaves(JsonNode? node, string[] path) =>
        node is JsonObject o && o.Count > 0 && !o.Any(p => p.Key.StartsWith('$'))
            ? o.SelectMany(p => Leaves(p.Value, [.. path, p.Key]))
            : [path.Length > 0 && path[^1].StartsWith('$') ? path[..^1] : path];

    private static JsonNode? At(JsonNode? node, string[] path)
    {
        foreach (var step in path)
        {
            node = (node as JsonObject)?[step];
        }

        return node;
    }

    private static void Set(JsonObject tree, string[] path, JsonNode? value)
    {
        JsonObject at = tree;
        foreach (var step in path[..^1])
        {
            if (at[step] is not JsonObject inner)
            {
                if (value is null)
                {
                    return;
                }

                at[step] = inner = [];
            }

            at = inner;
        }

        if (value is null)
        {
            at.Remove(path[^1]);
        }
        else
        {
            at[path[^1]] = value;
        }
    }

    // A map that the request created did not exist before.
    private static void Prune(JsonObject tree, JsonObject known, string[] path)
    {
        for (var length = path.Length - 1; length > 0; length--)
        {
            if (At(tree, path[..length]) is JsonObject { Count: 0 } && At(known, path[..length]) is null)
            {
                Set(tree, path[..length], null);
            }
        }
    }

    private static void Differ(JsonObject tree, string[] path)
    {
        Set(
            tree,
            path,
            At(tree, path) switch
            {
                JsonValue v when v.TryGetValue<int>(out var number) => number + 1,
                JsonValue v when v.TryGetValue<bool>(out var flag) => !flag,
                // Other values may be immutable; repeating them changes nothing.
                var same => same?.DeepClone(),
            }
        );
    }
}
