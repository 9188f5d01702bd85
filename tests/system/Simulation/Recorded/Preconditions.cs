using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>Makes, in an otherwise empty cluster, what a recording's request met when it was recorded.</summary>
internal static partial class Preconditions
{
    public static async Task Build(World world, Recording recording, string folder)
    {
        var store = world.Store;
        world.Cluster.ControllersRun = true;
        foreach (var ns in NamespaceInPath().Matches(recording.Path).Select(m => m.Groups["ns"].Value).Append("rec"))
        {
            if (ns != "no-such-ns" && !(recording.Method == "POST" && recording.Path == "/api/v1/namespaces" && ns == "rec"))
            {
                store.Apply(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = ns } });
            }
        }

        foreach (var definition in Definitions(recording))
        {
            store.Apply(BodyOf(folder, definition, request: true));
        }

        world.Cluster.ControllersRun = false;
        foreach (var node in new[] { "n1", "n2" })
        {
            if (recording.Path.StartsWith("/api/v1/nodes", StringComparison.Ordinal))
            {
                store.Delete("nodes", null, node);
            }
        }

        foreach (var (file, change) in Seeds.For(recording))
        {
            var tree = BodyOf(folder, file, request: false);
            if (ObjectPath().Match(recording.Path) is { Success: true } named)
            {
                // The object of another recording, under the name that this one asks for.
                tree["metadata"]!["namespace"] = named.Groups["ns"].Value;
                tree["metadata"]!["name"] = named.Groups["name"].Value;
            }

            Put(world, tree, change);
        }

        // What the answer shows was there, give or take what the request changed.
        foreach (var tree in Shown(recording))
        {
            Put(world, tree, Before(recording));
        }

        if (NeedsCompaction().IsMatch(recording.File))
        {
            store.Apply(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = "compacted", ["namespace"] = "rec" } });
            store.Compact();
        }

        await Task.CompletedTask;
    }

    /// <summary>Versions and UIDs of the recording become those of the simulated cluster.</summary>
    public static string Rewrite(World world, string text, Recording recording)
    {
        if (recording.File.Contains("stale", StringComparison.Ordinal) || recording.File.Contains("precondition", StringComparison.Ordinal))
        {
            // A stale version stays stale, but the UID must be the object's own.
            return OwnUid(world, text, recording);
        }

        if (NeedsCompaction().IsMatch(recording.File))
        {
            return AnyVersion().Replace(text, "resourceVersion=5");
        }

        if (recording.Method is "PUT" && NamedObject(world, recording) is { } now)
        {
            text = JsonVersion().Replace(text, $"\"resourceVersion\":\"{now["metadata"]!["resourceVersion"]!.GetValue<string>()}\"");
            return OwnUid(world, text, recording);
        }

        return PathVersion().Replace(text, m => m.Groups["v"].Value is "0" or "1" or "99999999" or "abc" ? m.Value : $"resourceVersion={world.Store.ResourceVersion}");
    }

    public static string Authorization(World world, Recording recording) =>
        recording.File.StartsWith("069", StringComparison.Ordinal) ? "Bearer nonsense" : "Bearer " + world.Cluster.TokenFor("rec", "weak");

    public static bool NeedsRoles(Recording recording) => recording.File[..3] is "065" or "066" or "067" or "069" or "070" or "071" or "410";

    private static void Put(World world, JsonObject tree, Action<JsonObject>? change)
    {
        tree = (JsonObject)tree.DeepClone();
        change?.Invoke(tree);
        var meta = tree["metadata"]!.AsObject();
        foreach (var own in new[] { "uid", "resourceVersion", "managedFields", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences" })
        {
            meta.Remove(own);
        }

        var status = tree["status"]?.DeepClone();
        var made = world.Store.Apply(tree);
        if (status is JsonObject && Resource(tree) is { } resource)
        {
            world.Store.Patch(resource, made["metadata"]!["namespace"]?.GetValue<string>(), made["metadata"]!["name"]!.GetValue<string>(), new JsonObject { ["status"] = status }, "status");
        }
    }

    private static string? Resource(JsonObject tree) => tree["kind"]!.GetValue<string>() switch
    {
        "Deployment" => "deployments.apps",
        "StatefulSet" => "statefulsets.apps",
        "ReplicaSet" => "replicasets.apps",
        "CronJob" => "cronjobs.batch",
        "HorizontalPodAutoscaler" => "horizontalpodautoscalers.autoscaling",
        "Pod" => "pods",
        "Node" => "nodes",
        "Widget" => "widgets.rec.example.com",
        "Gauge" => "gauges.rec.example.com",
        "ScaledObject" => "scaledobjects.keda.sh",
        _ => null,
    };

    private static JsonObject BodyOf(string folder, string file, bool request)
    {
        var name = Directory.GetFiles(folder, file + "*.json", SearchOption.AllDirectories).Single();
        var recording = Recording.Read(folder, Path.GetFileName(name));
        return (request ? recording.Request["body"] : recording.Response["body"])!.DeepClone().AsObject();
    }

    private static IEnumerable<string> Definitions(Recording recording)
    {
        if (recording.Path.Contains("/widgets", StringComparison.Ordinal) || recording.File.StartsWith("171", StringComparison.Ordinal))
        {
            yield return "169-crd-create";
        }

        if (recording.Path.Contains("/gauges", StringComparison.Ordinal))
        {
            yield return "552-crd-create";
        }
    }

    // Objects that the answer shows, in the form in which they can be put into a cluster.
    private static IEnumerable<JsonObject> Shown(Recording recording)
    {
        if (recording.Body is not JsonObject body || recording.Status >= 400 || recording.Method == "POST" || Seeds.For(recording).Any())
        {
            yield break;
        }

        var kind = body["kind"]?.GetValue<string>() ?? "";
        if (kind.EndsWith("List", StringComparison.Ordinal) && body["items"] is JsonArray items)
        {
            foreach (var item in items.OfType<JsonObject>())
            {
                var tree = (JsonObject)item.DeepClone();
                tree["kind"] ??= kind[..^4];
                tree["apiVersion"] ??= body["apiVersion"]!.GetValue<string>();
                if (tree["metadata"]?["name"] is not null)
                {
                    yield return tree;
                }
            }
        }
        else if (body["metadata"]?["name"] is not null && kind is not ("Status" or "Scale" or "PartialObjectMetadata"))
        {
            yield return body;
        }
    }

    private static Action<JsonObject>? Before(Recording recording) => recording.Method != "PATCH" || recording.Path.Contains("/status", StringComparison.Ordinal) ? null : tree =>
    {
        // Something else than what the patch makes of it.
        if (tree["spec"] is JsonObject spec && spec["replicas"] is { } replicas && recording.Request["body"]?.ToJsonString().Contains("replicas", StringComparison.Ordinal) == true
            && !recording.File.Contains("noop", StringComparison.Ordinal) && !recording.File.Contains("ignored", StringComparison.Ordinal))
        {
            spec["replicas"] = replicas.GetValue<int>() + 1;
        }
    };

    private static string OwnUid(World world, string text, Recording recording) =>
        recording.File.Contains("precondition-uid", StringComparison.Ordinal) || NamedObject(world, recording) is not { } now
            ? text
            : JsonUid().Replace(text, $"\"uid\":\"{now["metadata"]!["uid"]!.GetValue<string>()}\"");

    private static JsonObject? NamedObject(World world, Recording recording)
    {
        var match = ObjectPath().Match(recording.Path);
        if (!match.Success)
        {
            return null;
        }

        var group = match.Groups["group"].Value;
        return world.Store.Get(match.Groups["plural"].Value + (group.Length == 0 ? "" : "." + group), match.Groups["ns"].Value, match.Groups["name"].Value);
    }

    [GeneratedRegex("/namespaces/(?<ns>[^/?]+)")]
    private static partial Regex NamespaceInPath();

    [GeneratedRegex("expired|096-|561-|902-")]
    private static partial Regex NeedsCompaction();

    [GeneratedRegex(@"resourceVersion=\d+")]
    private static partial Regex AnyVersion();

    [GeneratedRegex(@"resourceVersion=(?<v>\w+)")]
    private static partial Regex PathVersion();

    [GeneratedRegex("\"resourceVersion\":\\s*\"\\d+\"")]
    private static partial Regex JsonVersion();

    [GeneratedRegex("\"uid\":\\s*\"[^\"]+\"")]
    private static partial Regex JsonUid();

    [GeneratedRegex("^/(api/v1|apis/(?<group>[^/]+)/[^/]+)/namespaces/(?<ns>[^/]+)/(?<plural>[^/?]+)/(?<name>[^/?]+)")]
    private static partial Regex ObjectPath();
}
