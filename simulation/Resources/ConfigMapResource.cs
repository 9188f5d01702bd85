using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static partial class ConfigMapResource
{
    private const int Limit = 1024 * 1024;

    private const string KeyText =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
        + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    public static ApiResource Type { get; } =
        new()
        {
            Group = "",
            Plural = "configmaps",
            Singular = "configmap",
            Kind = "ConfigMap",
            ShortNames = ["cm"],
            Served = [new ServedVersion("", "v1") { Schema = BuiltInSchemas.Of("ConfigMap") }],
            Validate = (o, old, errors) =>
            {
                var bytes = 0;
                foreach (var field in (string[])["data", "binaryData"])
                {
                    foreach (var (key, value) in o.Object(field) ?? [])
                    {
                        bytes +=
                            System.Text.Encoding.UTF8.GetByteCount(value?.ToString() ?? "")
                            / (field == "data" ? 1 : 4)
                            * (field == "data" ? 1 : 3);
                        CheckKey(field, key, errors);
                    }
                }

                if (bytes > Limit)
                {
                    errors.Say("FieldValueTooLong", "[]", $"Too long: may not be more than {Limit} bytes");
                }

                if (old.Flag("immutable") == true)
                {
                    if (o.Flag("immutable") != true)
                    {
                        errors.Forbidden("immutable", "field is immutable when `immutable` is set");
                    }

                    foreach (
                        var field in ((string[])["data", "binaryData"]).Where(f =>
                            !System.Text.Json.Nodes.JsonNode.DeepEquals(o[f], old![f])
                        )
                    )
                    {
                        errors.Forbidden(field, "field is immutable when `immutable` is set");
                    }
                }
            },
            Columns =
            [
                TableCells.Name,
                new(
                    "Data",
                    "string",
                    0,
                    (o, _) =>
                        ((o.Object("data")?.Count ?? 0) + (o.Object("binaryData")?.Count ?? 0)).ToString(
                            System.Globalization.CultureInfo.InvariantCulture
                        )
                )
                {
                    Description = "Data contains the configuration data.",
                },
                TableCells.Age,
            ],
        };

    /// <summary>The name of one entry, of a ConfigMap or of a Secret.</summary>
    public static void CheckKey(string field, string key, Schemas.FieldErrors errors)
    {
        if (key.Length > 253 || !KeyForm().IsMatch(key))
        {
            errors.Invalid($"{field}[{key}]", key, key.Length > 253 ? "must be no more than 253 bytes" : KeyText);
        }
    }

    [System.Text.RegularExpressions.GeneratedRegex("^[-._a-zA-Z0-9]+$")]
    private static partial System.Text.RegularExpressions.Regex KeyForm();
}
