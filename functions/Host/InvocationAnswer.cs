using System.Text.Json.Serialization;

namespace Ebb.Functions;

/// <summary>The answer of a custom handler, in the host's own spelling.</summary>
internal sealed record InvocationAnswer(
    [property: JsonPropertyName("Outputs")] IReadOnlyDictionary<string, string> Outputs,
    [property: JsonPropertyName("Logs")] IReadOnlyList<string> Logs,
    [property: JsonPropertyName("ReturnValue")] string? ReturnValue
);
