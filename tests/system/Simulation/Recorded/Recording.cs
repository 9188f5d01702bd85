using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>One recorded exchange with a real API server.</summary>
internal sealed record Recording(string File, JsonObject Request, JsonObject Response)
{
    public string Method => Request["method"]!.GetValue<string>();

    public string Path => Request["path"]!.GetValue<string>();

    public int Status => Response["status"]!.GetValue<int>();

    public JsonNode? Body => Response["body"] ?? (Response["lines"] is JsonArray { Count: 1 } lines && Status >= 400 ? lines[0] : null);

    /// <summary>A number along a path of the answer; null when there is none.</summary>
    public int? Number(params string[] path)
    {
        var node = Body;
        foreach (var step in path)
        {
            node = (node as JsonObject)?[step];
        }

        return node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;
    }

    public string? Word(string field) => (Body as JsonObject)?[field]?.GetValue<string>();

    public bool IsWatch => Path.Contains("watch=1", StringComparison.Ordinal);

    public string? Header(string name) => (Response["headers"] as JsonObject)?[name]?.GetValue<string>();

    /// <summary>Null: the recordings are not on this machine.</summary>
    public static string? Folder()
    {
        var told = Environment.GetEnvironmentVariable("EBB_SHARED");
        var above = AppContext.BaseDirectory;
        while (above is not null && !System.IO.File.Exists(System.IO.Path.Combine(above, "Functions.sln")))
        {
            above = System.IO.Path.GetDirectoryName(above);
        }

        foreach (var candidate in new[] { told, above is null ? null : System.IO.Path.Combine(above, "..", "shared") })
        {
            if (candidate is not null && Directory.Exists(System.IO.Path.Combine(candidate, "facts")))
            {
                return System.IO.Path.Combine(candidate, "facts");
            }
        }

        return null;
    }

    public static Recording Read(string folder, string file)
    {
        var set = System.IO.File.Exists(System.IO.Path.Combine(folder, "kubernetes-1.36", file)) ? "kubernetes-1.36" : "kubernetes";
        var tree = JsonNode.Parse(System.IO.File.ReadAllText(System.IO.Path.Combine(folder, set, file)))!.AsObject();
        return new Recording(file, tree["request"]!.AsObject(), tree["response"]!.AsObject());
    }
}
