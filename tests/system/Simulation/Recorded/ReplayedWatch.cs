using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>The stream of a recorded watch, with the writes made again that were made while it ran.</summary>
internal static class ReplayedWatch
{
    public static async Task Same(World world, ReplaySetup scene, Recording recording, HttpResponseMessage response)
    {
        using var reader = new StreamReader(
            await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)
        );
        foreach (var (tree, gone) in scene.Meanwhile())
        {
            world.Store.Play(tree, gone);
        }

        var expected = recording.Lines.Select(l => l.Event).Where(e => !IsPlainBookmark(e)).ToList();
        var actual = new List<JsonObject>();
        while (actual.Count < expected.Count)
        {
            var line = await reader
                .ReadLineAsync(TestContext.Current.CancellationToken)
                .AsTask()
                .WaitAsync(TimeSpan.FromSeconds(30));
            Assert.True(line is not null, $"the watch ended after {actual.Count} of {expected.Count} lines");
            actual.Add(JsonNode.Parse(line)!.AsObject());
        }

        // What is there at the start comes in the order of a cache; the columns of a table come once, with whatever is
        // first.
        var first = expected.TakeWhile(IsAdded).Count();
        Hoist(expected);
        Hoist(actual);
        foreach (var (e, a) in InOrder(expected, first).Zip(InOrder(actual, first)))
        {
            Assert.Equal(e["type"]!.GetValue<string>(), a["type"]!.GetValue<string>());
            Comparison.Same(recording, e["object"], a["object"]);
        }

        if (recording.Lines.Select(l => l.Event).FirstOrDefault(IsPlainBookmark) is { } bookmark)
        {
            // It is due: timeouts of watches use the simulation's clock, which is moved by hand.
            world.Advance(Math.Max(1, recording.Lines.First(l => IsPlainBookmark(l.Event)).Seconds));
            var line = await reader
                .ReadLineAsync(TestContext.Current.CancellationToken)
                .AsTask()
                .WaitAsync(TimeSpan.FromSeconds(30));
            var told = JsonNode.Parse(line!)!.AsObject();
            Assert.Equal("BOOKMARK", told["type"]!.GetValue<string>());
            Comparison.Same(recording, bookmark["object"], told["object"]);
        }

        world.Advance(3600);
        Assert.Null(await LastLine(reader));
    }

    private static void Hoist(List<JsonObject> lines)
    {
        var columns = lines.FirstOrDefault()?["object"]!["columnDefinitions"];
        foreach (var table in lines.Skip(1).Select(l => l["object"]!.AsObject()).Where(_ => columns is not null))
        {
            Assert.Null(table["columnDefinitions"]);
            table["columnDefinitions"] = columns!.DeepClone();
        }
    }

    private static async Task<string?> LastLine(StreamReader reader)
    {
        string? line;
        do
        {
            line = await reader
                .ReadLineAsync(TestContext.Current.CancellationToken)
                .AsTask()
                .WaitAsync(TimeSpan.FromSeconds(30));
        } while (line is not null && IsPlainBookmark(JsonNode.Parse(line)!.AsObject()));
        return line;
    }

    private static bool IsAdded(JsonObject line) => line["type"]!.GetValue<string>() == "ADDED";

    private static bool IsPlainBookmark(JsonObject line) =>
        line["type"]!.GetValue<string>() == "BOOKMARK" && line["object"]!["metadata"]!["annotations"] is null;

    private static IEnumerable<JsonObject> InOrder(List<JsonObject> lines, int first) =>
        lines.Take(first).OrderBy(l => Name(l["object"]!), StringComparer.Ordinal).Concat(lines.Skip(first));

    private static string Name(JsonNode tree) =>
        tree["metadata"]?["name"]?.GetValue<string>()
        ?? tree["rows"]?[0]?["object"]?["metadata"]?["name"]?.GetValue<string>()
        ?? "";
}
