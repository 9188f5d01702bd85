using System.Text.Json;
using System.Text.Json.Nodes;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Conditions;

/// <summary><c>status.conditions</c> as it is written.</summary>
public static class ConditionList
{
    /// <summary>The list; a condition that holds as it did keeps the time at which it began to.</summary>
    /// <param name="before">The list that is there; null: none is.</param>
    /// <param name="now">What holds now.</param>
    /// <param name="at">When.</param>
    /// <param name="generation">The generation of the object that this speaks of.</param>
    public static JsonArray Write(JsonElement? before, IReadOnlyList<ObjectCondition> now, Instant at, long generation)
    {
        ArgumentNullException.ThrowIfNull(now);
        var time = InstantPattern.General.Format(at);
        // Not a collection expression: that would add the nodes through a method that is not trim safe.
        return new JsonArray([
            .. now.Select(condition =>
            {
                var status = Word(condition.Status);
                return (JsonNode)
                    new JsonObject
                    {
                        ["type"] = condition.Type,
                        ["status"] = status,
                        ["observedGeneration"] = generation,
                        ["lastTransitionTime"] = Since(before, condition.Type, status) ?? time,
                        ["reason"] = condition.Reason,
                        ["message"] = condition.Message,
                    };
            }),
        ]);
    }

    private static string Word(bool? status) =>
        status switch
        {
            true => "True",
            false => "False",
            null => "Unknown",
        };

    private static string? Since(JsonElement? before, string type, string status)
    {
        if (before is not { ValueKind: JsonValueKind.Array } list)
            return null;
        foreach (var one in list.EnumerateArray())
            if (Text(one, "type") == type && Text(one, "status") == status)
                return Text(one, "lastTransitionTime");
        return null;
    }

    private static string? Text(JsonElement of, string member) =>
        of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(member, out var found)
        && found.ValueKind == JsonValueKind.String
            ? found.GetString()
            : null;
}
