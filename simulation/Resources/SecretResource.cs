using System.Text;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class SecretResource
{
    private const int Limit = 1024 * 1024;

    public static ApiResource Type { get; } =
        new()
        {
            Group = "",
            Plural = "secrets",
            Singular = "secret",
            Kind = "Secret",
            Served = [new ServedVersion("", "v1") { Schema = BuiltInSchemas.Of("Secret") }],
            Prepare = (o, _) => Encode(o),
            Validate = Check,
            Columns =
            [
                TableCells.Name,
                new("Type", "string", 0, (o, _) => o.Text("type"))
                {
                    Description = "Used to facilitate programmatic handling of secret data.",
                },
                new(
                    "Data",
                    "string",
                    0,
                    (o, _) => (o.Object("data")?.Count ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture)
                )
                {
                    Description = "Data contains the secret data.",
                },
                TableCells.Age,
            ],
        };

    /// <summary>stringData is for writing only: it goes over what data says, and is never shown.</summary>
    private static void Encode(JsonObject secret)
    {
        foreach (var (key, value) in secret.Object("stringData") ?? [])
        {
            secret.Ensure("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value?.ToString() ?? ""));
        }

        secret.Remove("stringData");
    }

    private static void Check(JsonObject secret, JsonObject? old, FieldErrors errors)
    {
        if (old is not null && secret.Text("type") != old.Text("type"))
        {
            errors.Invalid("type", secret.At("type"), "field is immutable");
        }

        if (old.Flag("immutable") == true)
        {
            if (secret.Flag("immutable") != true)
            {
                errors.Forbidden("immutable", "field is immutable when `immutable` is set");
            }

            if (!JsonNode.DeepEquals(secret["data"], old!["data"]))
            {
                errors.Forbidden("data", "field is immutable when `immutable` is set");
            }
        }

        var bytes = 0;
        foreach (var (key, value) in secret.Object("data") ?? [])
        {
            ConfigMapResource.CheckKey("data", key, errors);
            bytes += value?.ToString() is { } text ? text.TrimEnd('=').Length * 3 / 4 : 0;
        }

        if (bytes > Limit)
        {
            errors.Say("FieldValueTooLong", "data", $"Too long: may not be more than {Limit} bytes");
        }

        string[] needed = secret.Text("type") == "kubernetes.io/tls" ? ["tls.crt", "tls.key"] : [];
        foreach (var key in needed.Where(key => secret.Object("data")?.ContainsKey(key) != true))
        {
            errors.Required($"data[{key}]");
        }
    }
}
