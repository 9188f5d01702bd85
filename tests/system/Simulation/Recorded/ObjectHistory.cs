using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>An object of the recorded cluster, by where it is stored.</summary>
internal sealed record ObjectKey(string Group, string Plural, string Namespace, string Name);

/// <summary>The state of an object in an answer.</summary>
/// <param name="At">The place of the recording in the session.</param>
/// <param name="Version">0: not known.</param>
/// <param name="Tree">Null: it did not exist. With <paramref name="Gone"/>: its last state.</param>
internal sealed record ObjectState(string Set, int At, long Version, JsonObject? Tree, bool Gone = false)
{
    public bool Exists => Tree is not null && !Gone;
}

/// <summary>The history of each object over the session, from all answers.</summary>
internal sealed class ObjectHistory
{
    private readonly Dictionary<ObjectKey, List<ObjectState>> states = [];
    private readonly List<(string Set, int At, long Version)> versions = [];

    public ObjectHistory(IEnumerable<Recording> recordings)
    {
        foreach (var recording in recordings.Where(r => r.Resource.Plural.Length > 0 && !r.IsDryRun && !r.IsAudit))
        {
            Witness(recording);
        }
    }

    public IEnumerable<ObjectKey> Keys => states.Keys;

    /// <summary>The last known state of an object before a recording. Null: unknown, or deleted.</summary>
    public ObjectState? StateBefore(ObjectKey key, Recording recording) =>
        Of(key).LastOrDefault(s => s.Set == recording.Set && s.At < recording.At) is { Exists: true } last
            ? last
            : null;

    /// <summary>Any state of an object that must have existed: before, else after, else in the other session.</summary>
    /// <param name="version">The version to have, or the next after it, or the last before it; 0: none.</param>
    public ObjectState? Anywhere(ObjectKey key, Recording recording, long version = 0) =>
        (
            version > 0
                ? Of(key)
                    .Where(s => s.Exists && s.Set == recording.Set)
                    .OrderBy(s => s.Version < version)
                    .ThenBy(s => Math.Abs(s.Version - version))
                    .FirstOrDefault()
                : null
        )
        ?? StateBefore(key, recording)
        ?? Of(key).FirstOrDefault(s => s.Exists && s.Set == recording.Set && s.At > recording.At)
        ?? Of(key).LastOrDefault(s => s.Exists);

    /// <summary>Another object of the same resource, in place of one that no recording shows.</summary>
    public ObjectState? StandIn(ObjectKey key) =>
        states
            .Where(p => p.Key.Group == key.Group && p.Key.Plural == key.Plural)
            .Select(p => p.Value.LastOrDefault(s => s.Exists && s.Tree!["metadata"]!["deletionTimestamp"] is null))
            .FirstOrDefault(s => s is not null);

    /// <summary>All known states of a resource's objects, by version.</summary>
    public IEnumerable<(ObjectKey Key, ObjectState State)> Writes(string set, string group, string plural, string ns) =>
        states
            .Where(p => p.Key.Group == group && p.Key.Plural == plural && (ns.Length == 0 || p.Key.Namespace == ns))
            .SelectMany(p =>
                p.Value.Where(s => s.Set == set && s.Version > 0 && s.Tree is not null).Select(s => (p.Key, s))
            )
            .GroupBy(w => w.s.Version)
            .Select(g => g.OrderBy(w => w.s.Gone).First())
            .OrderBy(w => w.s.Version);

    /// <summary>The highest version that was seen up to a recording.</summary>
    public long VersionAt(string set, int at) =>
        versions.Where(v => v.Set == set && v.At <= at).Select(v => v.Version).DefaultIfEmpty().Max();

    private List<ObjectState> Of(ObjectKey key) => states.GetValueOrDefault(key) ?? [];

    private void Witness(Recording recording)
    {
        var path = recording.Resource;
        if (recording.Version > 0)
        {
            versions.Add((recording.Set, recording.At, recording.Version));
        }

        foreach (var (_, line) in recording.Lines)
        {
            if (
                line["object"] is JsonObject tree
                && line["type"]!.GetValue<string>() is "ADDED" or "MODIFIED" or "DELETED"
            )
            {
                Add(recording, (JsonObject)line["object"]!, line["type"]!.GetValue<string>() == "DELETED");
            }
        }

        switch (recording.Body)
        {
            case JsonObject when recording.Status == 404 && path.Name.Length > 0 && path.Subresource.Length == 0:
            case JsonObject
                when recording is { Method: "DELETE", Kind: "Status", IsSuccess: true } && path.Name.Length > 0:
                Note(
                    new ObjectKey(path.StoredGroup, path.Plural, path.Namespace, path.Name),
                    new ObjectState(recording.Set, recording.At, 0, null)
                );
                break;
            case JsonObject list when recording.IsSuccess && recording.Kind!.EndsWith("List", StringComparison.Ordinal):
                foreach (var item in (list["items"] as JsonArray ?? []).OfType<JsonObject>())
                {
                    var tree = (JsonObject)item.DeepClone();
                    tree["kind"] ??= recording.Kind[..^4];
                    tree["apiVersion"] ??= list["apiVersion"]!.GetValue<string>();
                    Add(recording, tree, recording.Method == "DELETE");
                }

                break;
            case JsonObject scale when recording is { Kind: "Scale", IsSuccess: true }:
                Scaled(recording, scale);
                break;
            case JsonObject when recording is { IsSuccess: true, Shown: { } shown }:
                Add(recording, shown, gone: false);
                break;
        }
    }

    // A scale shows three fields of the object that it belongs to.
    private void Scaled(Recording recording, JsonObject scale)
    {
        var key = new ObjectKey(
            recording.Resource.StoredGroup,
            recording.Resource.Plural,
            recording.Resource.Namespace,
            recording.Resource.Name
        );
        if (Of(key).LastOrDefault(s => s.Set == recording.Set) is { Exists: true } last)
        {
            var tree = (JsonObject)last.Tree!.DeepClone();
            ReplaySetup.Scale(tree, scale);
            Note(key, new ObjectState(recording.Set, recording.At, recording.Version, tree));
        }
    }

    private void Add(Recording recording, JsonObject tree, bool gone)
    {
        // The older view of an autoscaler does not show all of it, and a Table's rows show only metadata.
        if (
            tree["metadata"]?["name"] is null
            || tree["apiVersion"]?.GetValue<string>() is "autoscaling/v1"
            || tree["kind"]?.GetValue<string>() is "Table" or "PartialObjectMetadata"
        )
        {
            return;
        }

        var key = new ObjectKey(
            recording.Resource.StoredGroup,
            recording.Resource.Plural,
            tree["metadata"]!["namespace"]?.GetValue<string>() ?? "",
            tree["metadata"]!["name"]!.GetValue<string>()
        );
        var version = Recording.VersionOf(tree);
        versions.Add((recording.Set, recording.At, version));
        Note(key, new ObjectState(recording.Set, recording.At, version, tree, gone));
    }

    private void Note(ObjectKey key, ObjectState state)
    {
        if (!states.TryGetValue(key, out var list))
        {
            states.Add(key, list = []);
        }

        list.Add(state);
    }
}
