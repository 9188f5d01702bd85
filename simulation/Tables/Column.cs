using System.Text.Json.Nodes;

namespace Ebb.Simulation.Tables;

/// <summary>One column of a Table answer. Priority 0 is always shown, others only by <c>-o wide</c>.</summary>
internal sealed record Column(string Name, string Type, int Priority, Func<JsonObject, DateTimeOffset, JsonNode?> Value)
{
    public string Format { get; init; } = "";

    public string Description { get; init; } = "";
}
