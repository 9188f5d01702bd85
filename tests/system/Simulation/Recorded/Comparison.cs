using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>Compares a recorded answer with the simulation's.</summary>
internal static class Comparison
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Same(Recording recording, JsonNode? expected, JsonNode? actual)
    {
        if (Kind(expected) == "Table")
        {
            SameTable(recording, expected!, actual!);
            return;
        }

        if (recording.Header("Content-Type") == "application/yaml")
        {
            Assert.Equal(
                Normalization.Yaml(expected!.GetValue<string>()),
                Normalization.Yaml(actual!.GetValue<string>())
            );
            return;
        }

        var (a, b) = DiscoveryAnswers.Both(Normalization.Of(expected), Normalization.Of(actual));
        if (recording.Query("resourceVersion") == "0" && !recording.IsWatch)
        {
            // From a cache that is a hash table in 1.26.
            Order(a?["items"] as JsonArray, "metadata/name");
            Order(b?["items"] as JsonArray, "metadata/name");
        }

        if (Kind(a) == "Status" && NotCompared.OtherWords(recording.File))
        {
            WithoutWords(a!.AsObject());
            WithoutWords(b!.AsObject());
            Order(a!["details"]?["causes"] as JsonArray, "field");
            Order(b!["details"]?["causes"] as JsonArray, "field");
        }

        foreach (var path in NotCompared.Fields(recording.File))
        {
            Drop(a, path.Split('/'));
            Drop(b, path.Split('/'));
        }

        Assert.Equal(Show(a), Show(b));
    }

    // Columns and cells. A column's description is documentation; the clock is set to the second of the answer, so ages
    // are compared too.
    private static void SameTable(Recording recording, JsonNode expected, JsonNode actual)
    {
        static string Columns(JsonNode t) =>
            string.Join(
                '\n',
                (t["columnDefinitions"] as JsonArray ?? []).Select(c =>
                    $"{c!["name"]} {c["type"]} {c["format"]} {c["priority"]}"
                )
            );
        Assert.Equal(Columns(expected), Columns(actual));
        if (NotCompared.Fields(recording.File).Contains("rows"))
        {
            return;
        }

        static IEnumerable<JsonArray> Rows(JsonNode t) =>
            (t["rows"] as JsonArray ?? []).Select(r => r!["cells"]!.AsArray());
        static string Cells(JsonNode t) =>
            string.Join('\n', Rows(t).Select(r => string.Join(" | ", r.Select(c => c?.ToJsonString()))));
        Assert.Equal(Cells(expected), Cells(actual));
        Assert.Equal(
            (expected["rows"] as JsonArray ?? []).Select(r => r!["object"]?["kind"]?.GetValue<string>()),
            (actual["rows"] as JsonArray ?? []).Select(r => r!["object"]?["kind"]?.GetValue<string>())
        );
    }

    // Reason, code, kind, names and fields stay; only the messages are removed.
    private static void WithoutWords(JsonObject status)
    {
        status.Remove("message");
        foreach (var cause in status["details"]?["causes"] as JsonArray ?? [])
        {
            (cause as JsonObject)?.Remove("message");
        }
    }

    private static void Order(JsonArray? list, string path)
    {
        var sorted =
            list?.OrderBy(
                    i => path.Split('/').Aggregate(i, (at, step) => at?[step])?.ToString() ?? "",
                    StringComparer.Ordinal
                )
                .ToList()
            ?? [];
        list?.Clear();
        sorted.ForEach(i => list!.Add(i));
    }

    private static void Drop(JsonNode? node, ReadOnlySpan<string> path)
    {
        if (path[0] == "*" && node is JsonArray list)
        {
            foreach (var item in list)
            {
                Drop(item, path[1..]);
            }
        }
        else if (node is JsonObject o)
        {
            if (path.Length == 1)
            {
                o.Remove(path[0]);
            }
            else
            {
                Drop(o[path[0]], path[1..]);
            }
        }
    }

    private static string? Kind(JsonNode? node) => (node as JsonObject)?["kind"]?.GetValue<string>();

    private static string Show(JsonNode? node) => node?.ToJsonString(Indented) ?? "";
}
