using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Schemas;

/// <summary>Reads the openAPIV3Schema of a CustomResourceDefinition.</summary>
internal static class OpenApiReader
{
    public static Schema Read(JsonObject source)
    {
        var schema = new Schema
        {
            Shape =
                source.Flag("x-kubernetes-int-or-string") == true
                    ? Shape.IntOrText
                    : source.Text("type") switch
                    {
                        "object" => Shape.Object,
                        "array" => Shape.List,
                        "string" => Shape.Text,
                        "integer" => Shape.Integer,
                        "number" => Shape.Number,
                        "boolean" => Shape.Flag,
                        _ => Shape.Any,
                    },
            Description = source.Text("description"),
            PreserveUnknown = source.Flag("x-kubernetes-preserve-unknown-fields") == true,
            Nullable = source.Flag("nullable") == true,
            Embedded = source.Flag("x-kubernetes-embedded-resource") == true,
            Default = source.At("default")?.DeepClone(),
            Minimum = source.Number("minimum"),
            Maximum = source.Number("maximum"),
            ExclusiveMinimum = source.Flag("exclusiveMinimum") == true,
            ExclusiveMaximum = source.Flag("exclusiveMaximum") == true,
            MinLength = (int?)source.Whole("minLength"),
            MaxLength = (int?)source.Whole("maxLength"),
            MinItems = (int?)source.Whole("minItems"),
            MaxItems = (int?)source.Whole("maxItems"),
            Format = source.Text("format"),
            AtomicMap = source.Text("x-kubernetes-map-type") == "atomic",
            Merge = source.Text("x-kubernetes-list-type") switch
            {
                "map" => ListMerge.ByKey,
                "set" => ListMerge.Set,
                _ => ListMerge.Atomic,
            },
            Keys = source.Items("x-kubernetes-list-map-keys")?.Select(k => k!.GetValue<string>()).ToArray() ?? [],
        };
        if (source.Text("pattern") is { } pattern)
        {
            schema.Pattern = new Regex(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));
        }

        foreach (var value in source.Items("enum") ?? [])
        {
            schema.Enum.Add(value!.DeepClone());
        }

        foreach (var name in source.Items("required") ?? [])
        {
            schema.Required.Add(name!.GetValue<string>());
        }

        foreach (var (name, child) in source.Object("properties") ?? [])
        {
            schema.Properties[name] = Read((JsonObject)child!);
        }

        if (source.Object("items") is { } items)
        {
            schema.Items = Read(items);
        }

        if (source.Object("additionalProperties") is { } additional)
        {
            schema.Additional = Read(additional);
        }
        else if (source.Flag("additionalProperties") == true)
        {
            schema.Additional = Schema.Anything;
        }

        foreach (var rule in source.Objects("x-kubernetes-validations"))
        {
            schema.Rules.Add((rule.Text("rule") ?? "", rule.Text("message") ?? "failed rule: " + rule.Text("rule")));
        }

        return schema;
    }
}
