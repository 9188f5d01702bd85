using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>
/// Creates, in an otherwise empty cluster, the state that a recorded request met: objects from earlier answers, with
/// their versions, UIDs and managers. Changes since then are taken from the answer itself, as far as the request cannot
/// have made them.
/// </summary>
internal sealed partial class ReplaySetup(World world, Session session, Recording recording)
{
    private ObjectHistory History => session.History;

    private ResourcePath Path => recording.Resource;

    public void Build()
    {
        world.Cluster.ControllersRun = true;
        foreach (
            var ns in new[] { Path.Namespace, "rec" }
                .Where(n =>
                    n.Length > 0 && n != "no-such-ns" && !(recording.Method == "POST" && Path.Plural == "namespaces")
                )
                .Distinct()
        )
        {
            world.Store.Apply(
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Namespace",
                    ["metadata"] = new JsonObject { ["name"] = ns },
                }
            );
        }

        foreach (var definition in Definitions.For(session, recording))
        {
            world.Store.Apply(definition);
        }

        world.Cluster.ControllersRun = false;
        foreach (var node in Path.Plural == "nodes" ? new[] { "n1", "n2" } : [])
        {
            world.Store.Delete("nodes", null, node);
        }

        foreach (
            var tree in (
                recording.IsWatch ? Watched()
                : Path.Name.Length > 0 ? Named()
                : Path.Plural.Length > 0 ? Several()
                : []
            ).OrderBy(Recording.VersionOf)
        )
        {
            world.Store.Play(tree);
        }

        world.Store.Reach(VersionThen());
        world.Store.Reach(NeedsCompaction().IsMatch(recording.File) ? Math.Max(StartVersion(), Continued()) : 0);
        if (NeedsCompaction().IsMatch(recording.File))
        {
            world.Store.Apply(
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "ConfigMap",
                    ["metadata"] = new JsonObject { ["name"] = "later", ["namespace"] = "rec" },
                }
            );
            world.Store.Compact();
        }
    }

    /// <summary>The writes that were made while the recorded watch ran.</summary>
    public IEnumerable<(JsonObject Tree, bool Gone)> Meanwhile()
    {
        var from = Math.Max(StartOfWatch(), VersionThen());
        var to = recording
            .Lines.Select(l => Recording.VersionOf(l.Event["object"] as JsonObject))
            .DefaultIfEmpty()
            .Max();
        return History
            .Writes(recording.Set, Path.StoredGroup, Path.Plural, Path.Namespace)
            .Where(w => w.State.Version > from && w.State.Version <= to)
            .Select(w => (w.State.Tree!, w.State.Gone));
    }

    /// <summary>Takes three fields of a scale over into the object that it belongs to.</summary>
    public static void Scale(JsonObject tree, JsonObject scale)
    {
        tree["metadata"]!["resourceVersion"] = scale["metadata"]!["resourceVersion"]!.DeepClone();
        tree["metadata"]!["uid"] = scale["metadata"]!["uid"]!.DeepClone();
        if (tree["spec"] is JsonObject spec)
        {
            spec["replicas"] = scale["spec"]?["replicas"]?.DeepClone() ?? 0;
        }

        var status = tree["status"] as JsonObject ?? [];
        tree["status"] ??= status;
        status["replicas"] = scale["status"]?["replicas"]?.DeepClone() ?? 0;
    }

    private long VersionThen()
    {
        // A write's answer carries the version that it made; a read's, one that was there.
        var before = History.VersionAt(recording.Set, recording.At - 1);
        return recording.IsWatch ? Math.Max(StartOfWatch(), StartVersion())
            : recording.Method == "GET" ? Math.Max(before, recording.Version)
            : recording.Version > 0 ? Math.Min(before, recording.Version - 1)
            : before;
    }

    private IEnumerable<JsonObject> Named()
    {
        var key = new ObjectKey(Path.StoredGroup, Path.Plural, Path.Namespace, Path.Name);
        if (recording.Status is 404 or 201 && Path.Subresource != "eviction")
        {
            return [];
        }

        if (recording is { Method: "GET", Shown: { } shown })
        {
            // The older view of an autoscaler does not show what is stored; another answer does.
            return [shown["apiVersion"]!.GetValue<string>() is "autoscaling/v1" ? Newer(key, shown) : shown];
        }

        var known = History.StateBefore(key, recording);
        var tree = PriorState.Reconstruct(
            recording,
            known?.Tree,
            (History.Anywhere(key, recording)?.Tree ?? History.StandIn(key)?.Tree)?.DeepClone().AsObject()
        );
        return Path.Subresource == "eviction"
            ?
            [
                tree,
                .. Siblings(tree),
                .. History
                    .Keys.Where(t => t.Plural == "poddisruptionbudgets" && t.Namespace == Path.Namespace)
                    .Select(t => History.StateBefore(t, recording)?.Tree)
                    .OfType<JsonObject>(),
            ]
            : [tree];
    }

    private JsonObject Newer(ObjectKey key, JsonObject shown)
    {
        var tree = History.Anywhere(key, recording, recording.Version)!.Tree!.DeepClone().AsObject();
        if (shown["metadata"]!["annotations"]?["autoscaling.alpha.kubernetes.io/conditions"] is null)
        {
            // No controller had written its status yet.
            tree["status"] = new JsonObject { ["desiredReplicas"] = 0, ["currentMetrics"] = null };
            tree["metadata"]!["managedFields"] = new JsonArray([
                .. (tree["metadata"]!["managedFields"] as JsonArray ?? [])
                    .Where(e => e!["subresource"] is null)
                    .Select(e => e!.DeepClone()),
            ]);
        }

        return tree;
    }

    // A budget counts pods that no recording shows: as many as its status has, and one more where an eviction was
    // allowed.
    private IEnumerable<JsonObject> Siblings(JsonObject pod)
    {
        foreach (var i in Enumerable.Range(1, recording.IsSuccess ? 2 : 1))
        {
            var sibling = pod.DeepClone().AsObject();
            sibling["metadata"]!["name"] = Path.Name + "-" + i;
            sibling["metadata"]!["uid"] = "00000000-0000-4000-8000-00000000000" + i;
            yield return sibling;
        }
    }

    // What the answer shows was there as it is shown; what it does not show, as it was before.
    private IEnumerable<JsonObject> Several()
    {
        if (recording.Method == "POST")
        {
            var name = recording.Sent?["metadata"]?["name"]?.GetValue<string>();
            if (
                recording.Status == 409
                && name is not null
                && History.Anywhere(new ObjectKey(Path.StoredGroup, Path.Plural, Path.Namespace, name), recording)?.Tree
                    is { } there
            )
            {
                yield return there;
            }

            yield break;
        }

        var shown = new HashSet<ObjectKey>();
        foreach (
            var item in recording.IsSuccess && recording.Kind!.EndsWith("List", StringComparison.Ordinal)
                ? recording.Body!["items"] as JsonArray ?? []
                : []
        )
        {
            var tree = (JsonObject)item!.DeepClone();
            tree["kind"] ??= recording.Kind![..^4];
            tree["apiVersion"] ??= recording.Body!["apiVersion"]!.GetValue<string>();
            shown.Add(
                new ObjectKey(
                    Path.StoredGroup,
                    Path.Plural,
                    tree["metadata"]!["namespace"]?.GetValue<string>() ?? "",
                    tree["metadata"]!["name"]!.GetValue<string>()
                )
            );
            yield return tree;
        }

        var others = 0;
        var rows = (recording.Body?["rows"] as JsonArray ?? []).ToDictionary(
            r => r!["cells"]![0]!.GetValue<string>(),
            r => r!["object"]?["metadata"] as JsonObject
        );
        foreach (
            var key in History.Keys.Where(t =>
                t.Group == Path.StoredGroup
                && t.Plural == Path.Plural
                && (Path.Namespace.Length == 0 || t.Namespace == Path.Namespace)
                && !shown.Contains(t)
            )
        )
        {
            if (rows.TryGetValue(key.Name, out var row))
            {
                // At the row's version, where another answer shows that one.
                var tree = History
                    .Anywhere(key, recording, Recording.VersionOf(new JsonObject { ["metadata"] = row?.DeepClone() }))!
                    .Tree!.DeepClone()
                    .AsObject();
                tree["metadata"] = row?.DeepClone() ?? tree["metadata"]!.DeepClone();
                yield return tree;
            }
            else if (
                recording.Kind != "Table"
                && (History.StateBefore(key, recording)?.Tree ?? Later(key)) is { } other
                && !Expected(other)
            )
            {
                others++;
                yield return other;
            }
        }

        // There were more objects than the answer shows and than are known.
        var missing =
            recording.Body?["metadata"]?["continue"]?.GetValue<string>().Length > 0
                ? (recording.Body["metadata"]!["remainingItemCount"]?.GetValue<int>() - others ?? 1)
                : 0;
        for (var i = 1; i <= missing && recording.Body!["items"] is JsonArray { Count: > 0 } page; i++)
        {
            var more = page[^1]!.DeepClone().AsObject();
            more["kind"] ??= recording.Kind![..^4];
            more["apiVersion"] ??= recording.Body["apiVersion"]!.GetValue<string>();
            more["metadata"]!["name"] = $"{more["metadata"]!["name"]}-more{i:000}";
            more["metadata"]!["uid"] = $"00000000-0000-4000-9000-{i:000000000000}";
            yield return more;
        }
    }

    // First shown later, but written before: there already.
    private JsonObject? Later(ObjectKey key) =>
        History.StateBefore(key, recording) is null
        && History.Anywhere(key, recording) is { } seen
        && seen.Set == recording.Set
        && seen.At > recording.At
        && seen.Version <= recording.Version
            ? seen.Tree
            : null;

    // A list without a limit shows all that it selects: what it does not show, and would select, was gone.
    private bool Expected(JsonObject other) =>
        recording.Query("limit") is null
        && recording.Query("labelSelector") is null
        && recording.Query("fieldSelector") is null
        && recording.IsSuccess
        && other is not null;

    private IEnumerable<JsonObject> Watched()
    {
        var at = StartVersion();
        if (recording.Query("resourceVersion") is null or "0" || recording.Query("sendInitialEvents") == "true")
        {
            // The first lines are the objects at the start.
            return recording
                .Lines.TakeWhile(l => l.Seconds < 0.2 && l.Event["type"]!.GetValue<string>() == "ADDED")
                .Select(l => Whole((JsonObject)l.Event["object"]!));
        }

        var known = History
            .Writes(recording.Set, Path.StoredGroup, Path.Plural, Path.Namespace)
            .Where(w => w.State.Version <= at)
            .GroupBy(w => w.Key)
            .Select(g => g.Last().State)
            .Where(s => !s.Gone)
            .Select(s => s.Tree!)
            .ToList();

        // What is first seen in a change was there before it.
        return known.Concat(
            recording
                .Lines.Select(l => l.Event)
                .GroupBy(e => e["object"]!["metadata"]?["name"]?.GetValue<string>())
                .Select(g => g.First())
                .Where(e =>
                    e["type"]!.GetValue<string>() is "MODIFIED" or "DELETED"
                    && !known.Any(k =>
                        k["metadata"]!["name"]!.GetValue<string>()
                        == e["object"]!["metadata"]!["name"]!.GetValue<string>()
                    )
                )
                .Select(e =>
                {
                    var tree = e["object"]!.DeepClone().AsObject();
                    tree["metadata"]!["resourceVersion"] = at.ToString(
                        System.Globalization.CultureInfo.InvariantCulture
                    );
                    return tree;
                })
        );
    }

    // A line of a table shows only metadata and cells.
    private JsonObject Whole(JsonObject tree)
    {
        if (tree["kind"]!.GetValue<string>() != "Table")
        {
            return tree;
        }

        var row = tree["rows"]![0]!["object"]!["metadata"]!;
        var key = new ObjectKey(
            Path.StoredGroup,
            Path.Plural,
            row["namespace"]?.GetValue<string>() ?? "",
            row["name"]!.GetValue<string>()
        );
        var whole = History
            .Anywhere(key, recording, Recording.VersionOf(new JsonObject { ["metadata"] = row.DeepClone() }))!
            .Tree!.DeepClone()
            .AsObject();
        whole["metadata"] = row.DeepClone();
        return whole;
    }

    // The version inside a continue token.
    private long Continued() =>
        recording.Query("continue") is { } token
            ? JsonNode.Parse(Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(token))![
                "rv"
            ]!.GetValue<long>()
            : 0;

    private long StartVersion() =>
        long.TryParse(recording.Query("resourceVersion"), out var version) && version < 1_000_000 ? version : 0;

    private long StartOfWatch() =>
        recording.Query("resourceVersion") is null or "0" || recording.Query("sendInitialEvents") == "true"
            ? recording
                .Lines.TakeWhile(l => l.Seconds < 0.2 && l.Event["type"]!.GetValue<string>() is "ADDED" or "BOOKMARK")
                .Select(l => Recording.VersionOf(l.Event["object"] as JsonObject))
                .DefaultIfEmpty()
                .Max()
            : StartVersion();

    [GeneratedRegex("expired|096-|561-|902-")]
    private static partial Regex NeedsCompaction();
}
