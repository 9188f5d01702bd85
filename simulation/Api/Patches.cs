using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Patching;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Schemas;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.Api;

/// <summary>PATCH in its four forms: JSON patch, merge patch, strategic merge patch, server-side apply.</summary>
internal sealed class Patches(Registry registry, Lists lists, ScaleUpdates scales)
{
    public Reply Patch(Call call)
    {
        var media = call.MediaType;
        var custom = call.Type.IsCustom;
        if (
            media
                is not (
                    "application/json-patch+json"
                    or "application/merge-patch+json"
                    or "application/apply-patch+yaml"
                )
            && (media != "application/strategic-merge-patch+json" || custom)
        )
        {
            throw custom && media == "application/strategic-merge-patch+json"
                ? Failure.UnsupportedMedia(
                    "the body of the request was in an unknown format - accepted media types include: "
                        + "application/json-patch+json, application/merge-patch+json, "
                        + "application/apply-patch+yaml"
                )
                : new Failure(415, "UnsupportedMediaType", "415: Unsupported Media Type", []);
        }

        OptionRules.Check(call);
        var old = registry.Store.Find(call.Type, call.Namespace ?? "", call.Name);
        var options = Verbs.Options(call) with { IsPatch = true };
        if (media == "application/apply-patch+yaml")
        {
            return Apply(call, old, options);
        }

        if (old is null)
        {
            throw Failure.NotFound(call.Type, call.Name);
        }

        if (call.Subresource == "scale")
        {
            var scale = Scales.Show(call.Type, old);
            var scaled =
                Patched(call, scale.Copy(), BuiltInSchemas.Of("Scale")) as JsonObject ?? throw Failure.Unprocessable();
            BodyChecks.Types(scale, scaled, BuiltInSchemas.Of("Scale"), "Scale");
            return scales.Write(call, old, scaled);
        }

        var view = VersionConversion.To(call.Version, old);
        var patched =
            Patched(call, ReferenceEquals(view, old.Tree) ? view.Copy() : view, call.Version.Schema) as JsonObject
            ?? throw Failure.Unprocessable();
        BodyChecks.Types(view, patched, call.Type.IsCustom ? null : call.Version.Schema, call.Type.Kind);
        BodyChecks.Address(call, patched);
        var stored = registry.Update(
            call.Type,
            call.Version,
            old,
            VersionConversion.From(call.Version, patched),
            options
        );
        return lists.One(200, call, stored) with { Warnings = options.Warnings };
    }

    private Reply Apply(Call call, StoredObject? old, WriteOptions options)
    {
        var body = Encoding.UTF8.GetString(call.Body);
        JsonObject applied;
        try
        {
            applied = Yaml.Yaml.Documents(body) is [var one, ..]
                ? one
                : throw Failure.BadRequest("error decoding YAML: no object");
        }
        catch (YamlDotNet.Core.YamlException e)
        {
            throw Failure.BadRequest("error decoding YAML: " + e.Message);
        }

        if (call.Subresource == "scale")
        {
            var target = old ?? throw Failure.NotFound(call.Type, call.Name);
            var scale = Scales.Show(call.Type, target);
            scale["spec"] = applied["spec"]?.DeepClone() ?? new JsonObject();
            return scales.Write(call, target, scale);
        }

        if (applied.Text("apiVersion") is var said && said != call.Version.ApiVersion)
        {
            throw Failure.BadRequest(
                $"incorrect version specified in apply patch. Specified patch version: {said}, expected: "
                    + $"{call.Version.ApiVersion}"
            );
        }

        if (applied.At("metadata", "managedFields") is not null)
        {
            throw Failure.BadRequest("metadata.managedFields must be nil");
        }

        BodyChecks.Kind(call, registry.Catalogue, applied);
        BodyChecks.Address(call, applied);
        var force = call.Asked("force");
        if (old is null)
        {
            if (call.Subresource.Length > 0)
            {
                throw Failure.NotFound(call.Type, call.Name);
            }

            applied.Meta()["name"] = call.Name;
            var made = registry.Create(
                call.Type,
                call.Version,
                call.Namespace ?? "",
                applied,
                options with
                {
                    Operation = "Apply",
                    Applied = applied.Copy(),
                }
            );
            return lists.One(201, call, made) with { Warnings = options.Warnings };
        }

        var author = new ManagedFields.Author(
            options.Manager,
            "Apply",
            call.Version.ApiVersion,
            call.Subresource,
            registry.Clock.GetUtcNow()
        );
        var merged = ServerSideApply.Merge(
            old.Tree,
            VersionConversion.From(call.Version, applied),
            call.Type.Storage.Schema,
            author,
            force
        );
        var stored = registry.Update(call.Type, call.Version, old, merged, options with { Operation = "Apply" });
        return lists.One(200, call, stored) with { Warnings = options.Warnings };
    }

    private static JsonNode? Patched(Call call, JsonObject tree, Schema? schema)
    {
        // Strategic patches go through another decoder, whose message is shorter.
        var strategic = call.MediaType == "application/strategic-merge-patch+json";
        var list = call.MediaType == "application/json-patch+json";
        if (GoJson.Explain(call.Body) is { } why)
        {
            throw Failure.BadRequest(strategic ? why : "error decoding patch: " + why);
        }

        var patch = JsonNode.Parse(call.Body);
        if (!list && patch is not JsonObject)
        {
            var word = patch?.GetValueKind() switch
            {
                JsonValueKind.Array => "array",
                JsonValueKind.String => "string",
                JsonValueKind.Number => "number",
                null => "null",
                _ => "bool",
            };
            throw Failure.BadRequest(
                $"{(strategic ? "" : "error decoding patch: ")}json: cannot unmarshal {word} into Go value of type map[string]interface {{}}"
            );
        }

        if (patch is JsonArray { Count: > 10_000 } many)
        {
            throw new Failure(
                413,
                "RequestEntityTooLarge",
                $"The allowed maximum operations in a JSON patch is 10000, got {many.Count}"
            );
        }

        switch (call.MediaType)
        {
            case "application/json-patch+json":
                return JsonPatch.Apply(
                    tree,
                    patch as JsonArray
                        ?? throw Failure.BadRequest(
                            "error decoding patch: json: cannot unmarshal object into Go value of type "
                                + "[]handlers.jsonPatchOp"
                        )
                );
            case "application/strategic-merge-patch+json":
                return StrategicMerge.Apply(
                    tree,
                    patch as JsonObject ?? throw Failure.BadRequest("invalid patch"),
                    schema
                );
            default:
                return MergePatch.Apply(tree, patch);
        }
    }
}
