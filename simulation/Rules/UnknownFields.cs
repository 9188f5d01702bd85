using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Rules;

/// <summary>fieldValidation: Ignore, Warn (a Warning header) or Strict (a refusal).</summary>
internal static class UnknownFields
{
    public static void Report(ApiResource type, JsonObject tree, List<string> unknown, WriteOptions options)
    {
        if (unknown.Count == 0 || options.FieldValidation == "Ignore")
        {
            return;
        }

        if (options.FieldValidation != "Strict")
        {
            options.Warnings.AddRange(unknown.Select(u => $"unknown field \"{u}\""));
            return;
        }

        var list = string.Join(", ", unknown.Select(u => $"unknown field \"{u}\""));
        if (options.IsPatch && !type.IsCustom)
        {
            var errors = new FieldErrors();
            errors.Say(
                "FieldValueInvalid",
                "patch",
                $"Invalid value: {FieldErrors.Quote(tree.ToJsonString(FieldErrors.Plain))}: strict decoding "
                    + $"error: {list}"
            );
            throw Failure.Invalid("", "", "", errors);
        }

        throw Failure.BadRequest(
            options.IsPatch
                ? $"strict decoding error: {list}"
                : $"{type.Kind} in version \"{tree.Text("apiVersion")?.Split('/')[^1]}\" cannot be handled as a {type.Kind}: strict decoding error: {list}"
        );
    }
}
