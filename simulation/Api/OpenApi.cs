using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Api;

/// <summary>
/// OpenAPI v3, as far as kubectl explain and apply need it: an index, and a document for each group and version.
/// </summary>
internal sealed class OpenApi(ResourceCatalogue catalogue, TimeProvider clock)
{
    private string known = "";

    /// <summary>When what is served last changed, to the second.</summary>
    public DateTimeOffset Since { get; private set; } = clock.GetUtcNow();

    public JsonObject Index()
    {
        var paths = new JsonObject();
        foreach (var path in Paths().Order(StringComparer.Ordinal))
        {
            paths[path] = new JsonObject { ["serverRelativeURL"] = Address(path) };
        }

        var index = new JsonObject { ["paths"] = paths };
        if (index.ToJsonString() is var now && now != known)
        {
            (known, Since) = (now, clock.GetUtcNow());
        }

        return index;
    }

    /// <summary>The address of a document, with its hash. Null: there is none.</summary>
    public string? Address(string path) =>
        Document(path) is { } document ? $"/openapi/v3/{path}?hash={Hash(document)}" : null;

    public static string Hash(JsonObject document) =>
        Convert.ToHexString(SHA512.HashData(JsonSerializer.SerializeToUtf8Bytes(document)));

    /// <summary>Null: no such group and version.</summary>
    public JsonObject? Document(string path)
    {
        var parts = path.Split('/');
        var (group, version) = parts switch
        {
            ["api", var v] => ("", v),
            ["apis", var g, var v] => (g, v),
            _ => ("", ""),
        };
        var resources = catalogue.In(group, version).ToList();
        if (resources.Count == 0)
        {
            return null;
        }

        var paths = new JsonObject();
        var schemas = new JsonObject();
        foreach (var (type, served) in resources)
        {
            var name = Component(served, type.Kind);
            var root = "/" + path + (type.Namespaced ? "/namespaces/{namespace}" : "") + "/" + type.Plural;
            var kind = new JsonObject
            {
                ["group"] = served.Group,
                ["version"] = served.Version,
                ["kind"] = type.Kind,
            };
            paths[root] = new JsonObject { ["post"] = Operation("post", kind), ["get"] = Operation("list", kind) };
            paths[root + "/{name}"] = new JsonObject
            {
                ["get"] = Operation("get", kind),
                ["put"] = Operation("put", kind),
                ["patch"] = Operation("patch", kind),
                ["delete"] = Operation("delete", kind),
            };
            var shown = Show(served.Schema ?? Schema.Anything, 0);
            shown["description"] ??= type.Kind;
            var properties = shown["properties"] as JsonObject ?? [];
            properties["apiVersion"] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = "APIVersion defines the versioned schema of this representation of an object.",
            };
            properties["kind"] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = "Kind is a string value representing the REST resource this object represents.",
            };
            properties["metadata"] = new JsonObject
            {
                ["type"] = "object",
                ["description"] = "Standard object's metadata.",
            };
            shown["type"] = "object";
            shown["properties"] = properties;
            shown["x-kubernetes-group-version-kind"] = new JsonArray(kind.DeepClone());
            schemas[name] = shown;
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.36.3" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private IEnumerable<string> Paths() =>
        catalogue
            .All.SelectMany(t => t.Served)
            .Select(s => s.Group.Length == 0 ? "api/" + s.Version : $"apis/{s.Group}/{s.Version}")
            .Distinct();

    private static string Component(ServedVersion served, string kind)
    {
        var domain =
            served.Group.Length == 0 ? "io.k8s.api.core"
            : served.Group.Contains('.', StringComparison.Ordinal) ? string.Join('.', served.Group.Split('.').Reverse())
            : "io.k8s.api." + served.Group;
        return $"{domain}.{served.Version}.{kind}";
    }

    private static JsonObject Operation(string action, JsonObject kind)
    {
        var parameters = new JsonArray();
        foreach (var name in (string[])["dryRun", "fieldManager", "fieldValidation"])
        {
            parameters.Add(
                new JsonObject
                {
                    ["name"] = name,
                    ["in"] = "query",
                    ["schema"] = new JsonObject { ["type"] = "string", ["uniqueItems"] = true },
                }
            );
        }

        return new JsonObject
        {
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = kind.DeepClone(),
            ["parameters"] = parameters,
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
        };
    }

    private static JsonObject Show(Schema schema, int depth)
    {
        var shown = new JsonObject();
        if (schema.Description is { } description)
        {
            shown["description"] = description;
        }

        switch (schema.Shape)
        {
            case Shape.Object:
                shown["type"] = "object";
                break;
            case Shape.List:
                shown["type"] = "array";
                shown["items"] = Show(schema.Items ?? Schema.Anything, depth + 1);
                break;
            case Shape.Text:
                shown["type"] = "string";
                break;
            case Shape.Integer:
                shown["type"] = "integer";
                break;
            case Shape.Number:
                shown["type"] = "number";
                break;
            case Shape.Flag:
                shown["type"] = "boolean";
                break;
            case Shape.IntOrText:
                shown["x-kubernetes-int-or-string"] = true;
                break;
            default:
                shown["type"] = "object";
                shown["x-kubernetes-preserve-unknown-fields"] = true;
                break;
        }

        if (schema.Properties.Count > 0 && depth < 12)
        {
            var properties = new JsonObject();
            foreach (var (name, child) in schema.Properties)
            {
                properties[name] = Show(child, depth + 1);
            }

            shown["properties"] = properties;
        }

        if (schema.Additional is { } additional && depth < 12)
        {
            shown["additionalProperties"] = Show(additional, depth + 1);
        }

        if (schema.Required.Count > 0)
        {
            shown["required"] = new JsonArray([.. schema.Required.Select(r => (JsonNode)r)]);
        }

        return shown;
    }
}
