using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>All recordings, in the order in which they were made, and what they show together.</summary>
internal sealed class Session
{
    private static readonly string[] Sets = ["kubernetes", "kubernetes-1.36"];

    private static readonly Lazy<Session?> Only = new(() => Folder() is { } folder ? new Session(folder) : null);

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

    /// <summary>Null: the recordings are not on this machine.</summary>
    public static Session? Recorded => Only.Value;

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

    private static string? Folder()
    {
        var above = AppContext.BaseDirectory;
        while (above is not null && !File.Exists(Path.Combine(above, "Functions.sln")))
        {
            above = Path.GetDirectoryName(above);
        }

        return new[]
        {
            Environment.GetEnvironmentVariable("EBB_SHARED"),
            above is null ? null : Path.Combine(above, "..", "shared"),
        }
            .Where(c => c is not null && Sets.All(set => Directory.Exists(Path.Combine(c, "facts", set))))
            .Select(c => Path.Combine(c!, "facts"))
            .FirstOrDefault();
    }
}
