using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ebb.Simulation.Schemas;

/// <summary>One error of one field, with the API server's message.</summary>
internal sealed record FieldError(string Reason, string Field, string Message)
{
    public override string ToString() => $"{Field}: {Message}";
}

/// <summary>All errors of one object; they are reported together.</summary>
internal sealed class FieldErrors
{
    private readonly List<FieldError> all = [];

    public IReadOnlyList<FieldError> All => all;

    public bool Any => all.Count > 0;

    public void Invalid(string field, JsonNode? value, string why) =>
        all.Add(new FieldError("FieldValueInvalid", field, $"Invalid value: {Quote(value)}: {why}"));

    public void Required(string field, string why = "") =>
        all.Add(
            new FieldError("FieldValueRequired", field, why.Length == 0 ? "Required value" : "Required value: " + why)
        );

    public void Forbidden(string field, string why) =>
        all.Add(new FieldError("FieldValueForbidden", field, "Forbidden: " + why));

    public void WrongType(string field, JsonNode? value, string why) =>
        all.Add(new FieldError("FieldValueTypeInvalid", field, $"Invalid value: {Quote(value)}: {why}"));

    public void Unsupported(string field, JsonNode? value, IEnumerable<string> supported) =>
        all.Add(
            new FieldError(
                "FieldValueNotSupported",
                field,
                $"Unsupported value: {Quote(value)}: supported values: {string.Join(", ", supported.Select(s => $"\"{s}\""))}"
            )
        );

    /// <summary>An error with a message of its own.</summary>
    public void Say(string reason, string field, string message) => all.Add(new FieldError(reason, field, message));

    public static string Quote(JsonNode? value) => value?.ToJsonString(Plain) ?? "null";

    public static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
