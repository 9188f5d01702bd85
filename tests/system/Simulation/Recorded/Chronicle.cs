using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>An object of the recorded cluster, by where it is stored.</summary>
internal sealed record Thing(string Group, string Plural, string Namespace, string Name);

/// <summary>An object as an answer showed it.</summary>
/// <param name="At">The place of the recording in the session.</param>
/// <param name="Version">0: not known.</param>
/// <param name="Tree">Null: it was not there. With <paramref name="Gone"/>: its last state.</param>
internal sealed record Showing(string Set, int At, long Version, JsonObject? Tree, bool Gone = false)
{
    public bool Exists => Tree is not null && !Gone;
}

/// <summary>What became of each object over the session: every answer is a witness.</summary>
internal sealed class Chronicle
{
    private readonly Dictionary<Thing, List<Showing>> showings = [];
    private readonly List<(string Set, int At, long Version)> versions = [];

    public Chronicle(IEnumerable<Recording> recordings)
    {
        foreach (var recording in recordings.Where(r => r.Resource.Plural.Length > 0 && !r.IsDryRun && !r.IsAudit))
        {
            Witness(recording);
        }
    }

    public IEnumerable<Thing> Things => showings.Keys;

    /// <summary>How an object was when a recording began: as it was last shown. Null: not known, or gone.</summary>
    public Showing? Before(Thing thing, Recording recording) =>
        Of(thing).LastOrDefault(s => s.Set == recording.Set && s.At < recording.At) is { Exists: true } last
            ? last
            : null;

    /// <summary>Any sight of an object that must have been there: before, else after, else in the other session.</summary>
    /// <param name="version">The version to have, or the next after it, or the last before it; 0: none.</param>
    public Showing? Anywhere(Thing thing, Recording recording, long version = 0) =>
        (
            version > 0
                ? Of(thing)
                    .Where(s => s.Exists && s.Set == recording.Set)
                    .OrderBy(s => s.Version < version)
                    .ThenBy(s => Math.Abs(s.Version - version))
                    .FirstOrDefault()
                : null
        )
        ?? Before(thing, recording)
        ?? Of(thing).FirstOrDefault(s => s.Exists && s.Set == recording.Set && s.At > recording.At)
        ?? Of(thing).LastOrDefault(s => s.Exists);

    /// <summary>Another object of the same resource, which can stand in for one that no recording shows.</summary>
    public Showing? StandIn(Thing thing) =>
        showings
            .Where(p => p.Key.Group == thing.Group && p.Key.Plural == thing.Plural)
            .Select(p => p.Value.LastOrDefault(s => s.Exists && s.Tree!["metadata"]!["deletionTimestamp"] is null))
            .FirstOrDefault(s => s is not null);

    /// <summary>Everything that is known of a resource, by version: what there was, and what was written later.</summary>
    public IEnumerable<(Thing Thing, Showing Showing)> Writes(string set, string group, string plural, string ns) =>
        showings
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

    private List<Showing> Of(Thing thing) => showings.GetValueOrDefault(thing) ?? [];

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
                    new Thing(path.StoredGroup, path.Plural, path.Namespace, path.Name),
                    new Showing(recording.Set, recording.At, 0, null)
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
        var thing = new Thing(
            recording.Resource.StoredGroup,
            recording.Resource.Plural,
            recording.Resource.Namespace,
            recording.Resource.Name
        );
        if (Of(thing).LastOrDefault(s => s.Set == recording.Set) is { Exists: true } last)
        {
            var tree = (JsonObject)last.Tree!.DeepClone();
            Scene.Scale(tree, scale);
            Note(thing, new Showing(recording.Set, recording.At, recording.Version, tree));
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

        var thing = new Thing(
            recording.Resource.StoredGroup,
            recording.Resource.Plural,
            tree["metadata"]!["namespace"]?.GetValue<string>() ?? "",
            tree["metadata"]!["name"]!.GetValue<string>()
        );
        var version = Recording.VersionOf(tree);
        versions.Add((recording.Set, recording.At, version));
        Note(thing, new Showing(recording.Set, recording.At, version, tree, gone));
    }

    private void Note(Thing thing, Showing showing)
    {
        if (!showings.TryGetValue(thing, out var list))
        {
            showings.Add(thing, list = []);
        }

        list.Add(showing);
    }
}
