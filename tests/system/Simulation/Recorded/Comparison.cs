using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>What it means for two answers to be the same.</summary>
internal static class Comparison
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Same(Recording recording, JsonNode? expected, JsonNode? actual)
    {
        if (Kind(expected) == "Table")
        {
            SameTable(expected!, actual!);
            return;
        }

        var (a, b) = (Normal.Of(expected), Normal.Of(actual));
        if (Kind(a) == "Status" && LeftOut.OtherWords(recording.File))
        {
            WithoutWords(a!.AsObject());
            WithoutWords(b!.AsObject());
        }

        foreach (var path in LeftOut.Fields(recording.File))
        {
            Drop(a, path.Split('/'));
            Drop(b, path.Split('/'));
        }

        Assert.Equal(Show(a), Show(b));
    }

    // Columns and cells; the age is the recording's own, and the 1.26 texts of columns changed since.
    private static void SameTable(JsonNode expected, JsonNode actual)
    {
        static string Columns(JsonNode t) => string.Join('\n', (t["columnDefinitions"] as JsonArray ?? []).Select(c => $"{c!["name"]} {c["type"]} {c["format"]} {c["priority"]}"));
        Assert.Equal(Columns(expected), Columns(actual));
        var ages = (expected["columnDefinitions"] as JsonArray ?? []).Select((c, i) => (Name: c!["name"]!.GetValue<string>(), i)).Where(c => c.Name is "Age" or "Last Seen" or "Last Schedule").Select(c => c.i).ToHashSet();
        static IEnumerable<JsonArray> Rows(JsonNode t) => (t["rows"] as JsonArray ?? []).Select(r => r!["cells"]!.AsArray());
        string Cells(JsonNode t) => string.Join('\n', Rows(t).Select(r => string.Join(" | ", r.Select((c, i) => ages.Contains(i) ? "" : c?.ToJsonString()))));
        Assert.Equal(Cells(expected), Cells(actual));
        Assert.Equal(
            (expected["rows"] as JsonArray ?? []).Select(r => r!["object"]?["kind"]?.GetValue<string>()),
            (actual["rows"] as JsonArray ?? []).Select(r => r!["object"]?["kind"]?.GetValue<string>()));
    }

    // Reason, code, kind, names and fields stay; only the sentences go.
    private static void WithoutWords(JsonObject status)
    {
        status.Remove("message");
        foreach (var cause in status["details"]?["causes"] as JsonArray ?? [])
        {
            (cause as JsonObject)?.Remove("message");
        }
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
