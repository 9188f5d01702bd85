using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>One recorded exchange with a real API server.</summary>
/// <param name="Set">The folder: one cluster, one session.</param>
/// <param name="At">Its place in the session.</param>
internal sealed record Recording(string Set, string File, int At, JsonObject Request, JsonObject Response)
{
    /// <summary>
    /// An audit record: request and answer without headers, by verb, not in the order of the session.
    /// </summary>
    public bool IsAudit => Request["method"] is null;

    public string Method =>
        Request["method"]?.GetValue<string>()
        ?? Request["verb"]!.GetValue<string>() switch
        {
            "create" => "POST",
            "update" => "PUT",
            "patch" => "PATCH",
            "delete" => "DELETE",
            _ => "GET",
        };

    public string Path => Request["path"]!.GetValue<string>();

    public ResourcePath Resource { get; } = ResourcePath.Of(Request["path"]!.GetValue<string>());

    public int Status => Response["status"]!.GetValue<int>();

    public JsonNode? Body =>
        Response["body"]
        ?? (Response["lines"] is JsonArray { Count: 1 } lines && Status >= 400 ? lines[0]!["line"] ?? lines[0] : null);

    /// <summary>The answer as an object of the cluster: not a Status, a Scale, a Table or a list.</summary>
    public JsonObject? Shown =>
        Body is JsonObject o
        && Kind is not ("Status" or "Scale" or "Table" or "PartialObjectMetadata")
        && o["metadata"]?["uid"] is not null
            ? o
            : null;

    public string? Kind => (Body as JsonObject)?["kind"]?.GetValue<string>();

    public bool IsSuccess => Status is >= 200 and < 300;

    public bool IsWatch =>
        Path.Contains("watch=1", StringComparison.Ordinal) || Path.Contains("watch=true", StringComparison.Ordinal);

    public bool IsDryRun => Path.Contains("dryRun=", StringComparison.Ordinal);

    /// <summary>A media type without parameters; empty when there is none.</summary>
    public string MediaType =>
        (
            (Request["headers"] as JsonObject)?["Content-Type"]?.GetValue<string>()
            ?? (IsAudit && Method == "PATCH" ? "application/merge-patch+json" : "")
        ).Split(';')[0];

    /// <summary>The lines of a watch: seconds since the request, and the event.</summary>
    public IReadOnlyList<(double Seconds, JsonObject Event)> Lines =>
        [
            .. (IsWatch ? Response["lines"] as JsonArray ?? [] : [])
                .Where(l => l is JsonObject o && o["at_s"] is not null && o["line"] is JsonObject)
                .Select(l => (l!["at_s"]!.GetValue<double>(), l["line"]!.AsObject())),
        ];

    /// <summary>The body of the request as a tree; null when there is none or it is not JSON.</summary>
    public JsonNode? Sent
    {
        get
        {
            try
            {
                return Request["body"] is JsonValue text && text.TryGetValue<string>(out var json)
                    ? JsonNode.Parse(json)
                    : Request["body"];
            }
            catch (System.Text.Json.JsonException)
            {
                return null;
            }
        }
    }

    public string? Header(string name) => (Response["headers"] as JsonObject)?[name]?.GetValue<string>();

    public string? Query(string name) =>
        Microsoft
            .AspNetCore.WebUtilities.QueryHelpers.ParseQuery(
                Path.Contains('?', StringComparison.Ordinal) ? Path[Path.IndexOf('?', StringComparison.Ordinal)..] : ""
            )
            .TryGetValue(name, out var value)
            ? value.ToString()
            : null;

    /// <summary>When the answer was made, to the second; null when it does not say.</summary>
    public DateTimeOffset? Date =>
        DateTimeOffset.TryParse(
            Header("Date"),
            System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal,
            out var date
        )
            ? date
            : null;

    /// <summary>The version that the answer carries; 0 when it carries none.</summary>
    public long Version => VersionOf(Body as JsonObject);

    public static long VersionOf(JsonObject? tree) =>
        long.TryParse(
            (tree?["metadata"] as JsonObject)?["resourceVersion"]?.GetValue<string>(),
            System.Globalization.CultureInfo.InvariantCulture,
            out var version
        )
            ? version
            : 0;

    public override string ToString() => File;
}
