using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>All recordings, in the order in which they were made, and what they show together.</summary>
internal sealed class Session
{
    private static readonly string[] Sets = ["kubernetes", "kubernetes-1.36"];

    private Session(string folder)
    {
        All =
        [
            .. Sets.SelectMany(set =>
                    Directory
                        .GetFiles(Path.Combine(folder, set), "*.json")
                        .Order(StringComparer.Ordinal)
                        .Select(path => (set, path))
                )
                .Select((f, at) => Read(f.set, f.path, at)),
        ];
        History = new ObjectHistory(All);
    }

    public static Session Recorded { get; } = new(Repository.Recordings);

    public IReadOnlyList<Recording> All { get; }

    public ObjectHistory History { get; }

    /// <param name="file">Set and name, as in "kubernetes/018-deployment-get.json".</param>
    public Recording Of(string file) => All.Single(r => r.Set + "/" + r.File == file);

    private static Recording Read(string set, string path, int at)
    {
        var tree = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        return new Recording(
            set,
            Path.GetFileName(path),
            at,
            tree["request"]!.AsObject(),
            tree["response"]!.AsObject()
        );
    }
}
