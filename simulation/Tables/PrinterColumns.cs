using System.Text.Json.Nodes;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Tables;

/// <summary>additionalPrinterColumns of a custom resource, or name and age.</summary>
internal static class PrinterColumns
{
    public static IReadOnlyList<Column> Read(JsonObject version)
    {
        var columns = new List<Column> { TableCells.Name };
        if (version.Items("additionalPrinterColumns") is not { Count: > 0 } defined)
        {
            columns.Add(
                new Column("Age", "date", 0, (o, now) => TableCells.Since(o.Time("metadata", "creationTimestamp"), now))
                {
                    Description = TableCells.Age.Description,
                }
            );
            return columns;
        }

        foreach (var column in defined.OfType<JsonObject>())
        {
            var path = JsonPath.Parse(column.Text("jsonPath") ?? "");
            var type = column.Text("type") ?? "string";
            columns.Add(
                new Column(
                    column.Text("name") ?? "",
                    type,
                    (int)(column.Whole("priority") ?? 0),
                    (o, now) => Cell(path.Find(o), type, now)
                )
                {
                    Format = column.Text("format") ?? "",
                    Description =
                        column.Text("description")
                        ?? $"Custom resource definition column (in JSONPath format): {column.Text("jsonPath")}",
                }
            );
        }

        return columns;
    }

    private static JsonNode? Cell(IReadOnlyList<JsonNode?> found, string type, DateTimeOffset now)
    {
        if (found.Count == 0 || found[0] is null)
        {
            return null;
        }

        return type switch
        {
            "date" => found[0].Time() is { } then ? TableCells.Since(then, now) : "<unknown>",
            "integer" or "number" or "boolean" => found[0]!.DeepClone(),
            _ => string.Join(
                ",",
                found.Select(n =>
                    n is JsonValue v && v.GetValueKind() == System.Text.Json.JsonValueKind.String
                        ? v.GetValue<string>()
                        : n?.ToJsonString()
                )
            ),
        };
    }
}
