using System.Globalization;

namespace Ebb.Tests.Harness;

/// <summary>A line of a timeline: at this second, this happens.</summary>
internal sealed record StoryLine(double At, string[] Words);

/// <summary>
/// A folder under stories/: <c>cluster.yaml</c> is the world, <c>timeline.txt</c> what happens to it (<c>second
/// what…</c>),
/// <c>expected.txt</c> what must hold; a line that begins with # is for the reader.
/// </summary>
internal sealed class StoryFolder(string path)
{
    public string Name { get; } = Path.GetFileName(path);

    /// <summary>A folder without a world of its own plays in the one that all share.</summary>
    public string Manifests { get; } =
        File.ReadAllText(
            File.Exists(Path.Combine(path, "cluster.yaml"))
                ? Path.Combine(path, "cluster.yaml")
                : Path.Combine(path, "..", "cluster.yaml")
        ) + string.Concat(Methods(path).Select(ShippedMethods.Manifests));

    /// <summary>A further manifest of the folder.</summary>
    public string Read(string file) => File.ReadAllText(Path.Combine(path, file));

    public IReadOnlyDictionary<string, string?> Settings { get; } =
        Lines(path, "timeline.txt")
            .Where(l => l.StartsWith("setting ", StringComparison.Ordinal))
            .Select(l => l["setting ".Length..].Split('=', 2))
            .ToDictionary(p => p[0], string? (p) => p[1]);

    /// <summary>What kind of world: <c>world keda=V210</c>, <c>world terminatingReplicas=false</c>.</summary>
    public IReadOnlyDictionary<string, string> WorldSettings { get; } =
        Lines(path, "timeline.txt")
            .Where(l => l.StartsWith("world ", StringComparison.Ordinal))
            .Select(l => l["world ".Length..].Split('=', 2))
            .ToDictionary(p => p[0], p => p[1]);

    public IReadOnlyList<StoryLine> Timeline { get; } =
    [.. Lines(path, "timeline.txt").Where(l => char.IsAsciiDigit(l[0])).Select(Parse).OrderBy(l => l.At)];

    public IReadOnlyList<string> Expected { get; } = [.. Lines(path, "expected.txt")];

    public double End => Timeline[^1].At;

    public static IEnumerable<string> All =>
        Directory.EnumerateDirectories(Path.Combine(Repository.Root, "tests/system/stories")).Select(Path.GetFileName)!;

    public static StoryFolder Named(string name) => new(Path.Combine(Repository.Root, "tests/system/stories", name));

    /// <summary>The SleepMethods that are installed, each with its rights: <c>methods job daemonset</c>.</summary>
    private static IEnumerable<string> Methods(string path) =>
        Lines(path, "timeline.txt")
            .Where(l => l.StartsWith("methods ", StringComparison.Ordinal))
            .SelectMany(l => l["methods ".Length..].Split(' '));

    private static StoryLine Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new StoryLine(double.Parse(words[0], CultureInfo.InvariantCulture), words[1..]);
    }

    private static IEnumerable<string> Lines(string path, string file) =>
        File.ReadLines(Path.Combine(path, file)).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#');
}
