using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

/// <summary>A definition, and the resource that it defines.</summary>
internal static class CustomResourceDefinitionResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "apiextensions.k8s.io",
            Plural = "customresourcedefinitions",
            Singular = "customresourcedefinition",
            Kind = "CustomResourceDefinition",
            Namespaced = false,
            ShortNames = ["crd", "crds"],
            Categories = ["api-extensions"],
            HasStatus = true,
            HasGeneration = true,
            Served =
            [
                new ServedVersion("apiextensions.k8s.io", "v1")
                {
                    Schema = BuiltInSchemas.Of("CustomResourceDefinition"),
                },
            ],
            Columns =
            [
                TableCells.Name,
                new("Created At", "date", 0, (o, _) => o.Text("metadata", "creationTimestamp"))
                {
                    Description =
                        "CreationTimestamp is a timestamp representing the server time when this object was created.",
                },
            ],
            Prepare = (o, old) =>
            {
                var spec = o.Ensure("spec");
                var names = spec.Ensure("names");
                names["singular"] ??= (names.Text("kind") ?? "").ToLowerInvariant();
                names["listKind"] ??= names.Text("kind") + "List";
                spec["conversion"] ??= new JsonObject { ["strategy"] = "None" };
                if (old is null)
                {
                    o["status"] = new JsonObject
                    {
                        ["conditions"] = null,
                        ["acceptedNames"] = new JsonObject { ["plural"] = "", ["kind"] = "" },
                        ["storedVersions"] = new JsonArray([
                            .. o.Objects("spec", "versions")
                                .Where(v => v.Flag("storage") == true)
                                .Select(v => (JsonNode?)v.Text("name")),
                        ]),
                    };
                }
            },
            Validate = (o, _, errors) =>
            {
                var expected = $"{o.Text("spec", "names", "plural")}.{o.Text("spec", "group")}";
                if (o.Name() != expected)
                {
                    errors.Invalid("metadata.name", o.Name(), "must be spec.names.plural+\".\"+spec.group");
                }

                if (o.Text("spec", "scope") is null)
                {
                    errors.Required("spec.scope");
                }

                if (o.Objects("spec", "versions").Count(v => v.Flag("storage") == true) != 1)
                {
                    errors.Say(
                        "FieldValueInvalid",
                        "spec.versions",
                        "Invalid value: must have exactly one version marked as storage version"
                    );
                }

                var i = 0;
                foreach (var version in o.Objects("spec", "versions"))
                {
                    if (version.At("schema", "openAPIV3Schema") is null)
                    {
                        errors.Required($"spec.versions[{i}].schema.openAPIV3Schema", "schemas are required");
                    }

                    i++;
                }
            },
        };

    /// <summary>The resource that a definition defines.</summary>
    public static ApiResource Defined(JsonObject crd)
    {
        var group = crd.Text("spec", "group")!;
        var versions = crd.Objects("spec", "versions").ToList();
        var storage = versions.First(v => v.Flag("storage") == true);
        var served = versions
            .Where(v => v.Flag("served") != false)
            .OrderByDescending(v => ReferenceEquals(v, storage))
            .Select(v => Version(group, v))
            .ToList();
        var scale = storage.Object("subresources", "scale");
        return new ApiResource
        {
            Group = group,
            Plural = crd.Text("spec", "names", "plural")!,
            Singular = crd.Text("spec", "names", "singular") ?? "",
            Kind = crd.Text("spec", "names", "kind")!,
            Namespaced = crd.Text("spec", "scope") != "Cluster",
            ShortNames = [.. (crd.Items("spec", "names", "shortNames") ?? []).Select(n => n!.GetValue<string>())],
            Categories = [.. (crd.Items("spec", "names", "categories") ?? []).Select(n => n!.GetValue<string>())],
            Verbs = ApiResource.CustomVerbs,
            Served = served,
            HasStatus = storage.Object("subresources", "status") is not null,
            Scale = scale is null
                ? null
                : new ScalePaths(
                    Path(scale.Text("specReplicasPath")!),
                    Path(scale.Text("statusReplicasPath")!),
                    scale.Text("labelSelectorPath") is { Length: > 0 } s ? Path(s) : null
                ),
            HasGeneration = true,
            UnconditionalUpdate = false,
            IsCustom = true,
        };
    }

    private static ServedVersion Version(string group, JsonObject version) =>
        new(group, version.Text("name")!)
        {
            Schema = version.Object("schema", "openAPIV3Schema") is { } schema ? OpenApiReader.Read(schema) : null,
            Columns = PrinterColumns.Read(version),
            Selectable = version
                .Objects("selectableFields")
                .ToDictionary(f => f.Text("jsonPath")!.TrimStart('.'), f => Path(f.Text("jsonPath")!)),
        };

    private static string[] Path(string jsonPath) => jsonPath.TrimStart('.').Split('.');
}
