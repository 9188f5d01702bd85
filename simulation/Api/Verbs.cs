using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Patching;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Schemas;
using Ebb.Simulation.Selectors;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.Api;

/// <summary>The verbs that read or write one object or several. Each runs while the store's gate is held and returns what to send.</summary>
internal sealed class Verbs(Registry registry, Lists lists)
{
    public Reply Get(Call call)
    {
        var stored = registry.Get(call.Type, call.Namespace ?? "", call.Name);
        return call.Subresource switch
        {
            "scale" => Reply.Json(200, Scales.Show(call.Type, stored)),
            "log" => Reply.Text(200, $"{call.Name}: simulated, so there is nothing to read here\n"),
            _ => Show(200, call, stored),
        };
    }

    public Reply Create(Call call)
    {
        if (call.Subresource == "eviction")
        {
            return Evictions.Evict(registry, call);
        }

        OptionRules.Check(call);
        var tree = call.ReadObject();
        CheckKind(call, tree);
        var options = Options(call);
        var stored = registry.Create(call.Type, call.Version, call.Namespace ?? "", tree, options);
        return Show(201, call, stored) with { Warnings = options.Warnings };
    }

    public Reply Update(Call call)
    {
        OptionRules.Check(call);
        var tree = call.ReadObject();
        var old = registry.Store.Find(call.Type, call.Namespace ?? "", call.Name);
        if (call.Subresource == "scale")
        {
            CheckScale(tree);
            CheckAddress(call, tree);
            return WriteScale(call, old ?? throw Failure.NotFound(call.Type, call.Name), tree);
        }

        CheckKind(call, tree);
        CheckAddress(call, tree);
        if (old is null && call.Type.CreatesOnUpdate && call.Subresource.Length == 0)
        {
            tree.Meta()["name"] = call.Name;
            tree.Meta().Remove("resourceVersion");
            var unasked = Options(call);
            var made = registry.Create(call.Type, call.Version, call.Namespace ?? "", tree, unasked);
            return Show(201, call, made) with { Warnings = unasked.Warnings };
        }

        if (old is null)
        {
            throw Failure.NotFound(call.Type, call.Name);
        }

        if (!call.Type.UnconditionalUpdate && tree.Version().Length == 0)
        {
            var errors = new FieldErrors();
            errors.Invalid("metadata.resourceVersion", 0, "must be specified for an update");
            throw Failure.Invalid(call.Type.Group, call.Type.Plural, call.Name, errors);
        }

        var options = Options(call);
        var stored = registry.Update(call.Type, call.Version, old, Views.From(call.Version, tree), options);
        return Show(200, call, stored) with { Warnings = options.Warnings };
    }

    public Reply Patch(Call call)
    {
        var media = call.MediaType;
        var custom = call.Type.IsCustom;
        if (media is not ("application/json-patch+json" or "application/merge-patch+json" or "application/apply-patch+yaml")
            && (media != "application/strategic-merge-patch+json" || custom))
        {
            throw custom && media == "application/strategic-merge-patch+json"
                ? Failure.UnsupportedMedia("the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml")
                : new Failure(415, "UnsupportedMediaType", "415: Unsupported Media Type", []);
        }

        OptionRules.Check(call);
        var old = registry.Store.Find(call.Type, call.Namespace ?? "", call.Name);
        var options = Options(call) with { IsPatch = true };
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
            var scaled = Patched(call, scale.Copy(), Shapes.Of("Scale")) as JsonObject ?? throw Failure.Unprocessable();
            TypeCheck(scale, scaled, Shapes.Of("Scale"), "Scale");
            return WriteScale(call, old, scaled);
        }

        var view = Views.To(call.Version, old);
        var patched = Patched(call, ReferenceEquals(view, old.Tree) ? view.Copy() : view, call.Version.Schema) as JsonObject ?? throw Failure.Unprocessable();
        TypeCheck(view, patched, call.Type.IsCustom ? null : call.Version.Schema, call.Type.Kind);
        CheckAddress(call, patched);
        var stored = registry.Update(call.Type, call.Version, old, Views.From(call.Version, patched), options);
        return Show(200, call, stored) with { Warnings = options.Warnings };
    }

    public Reply Delete(Call call)
    {
        var options = DeleteBody(call);
        var old = registry.Get(call.Type, call.Namespace ?? "", call.Name);
        var (stored, gone) = registry.Deletion.Delete(call.Type, old, options);
        if (!gone || call.Type.DiesGracefully)
        {
            return Show(200, call, stored);
        }

        var details = Failure.Details(call.Name, call.Type.Group, call.Type.Plural);
        details["uid"] = old.Tree.Uid();
        return Reply.Json(200, new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        });
    }

    public Reply DeleteCollection(Call call)
    {
        var options = DeleteBody(call);
        var labels = LabelSelector.Parse(call.Query("labelSelector"));
        var fields = FieldSelector.Parse(call.Query("fieldSelector"), call.Type, call.Version);
        var chosen = registry.Store.All(call.Type, call.Namespace)
            .Where(o => labels.Matches(o.Tree.Object("metadata", "labels")) && fields.Matches(o.Tree)).ToList();
        foreach (var stored in chosen)
        {
            registry.Deletion.Delete(call.Type, stored, options);
        }

        return lists.Of(call, chosen, registry.Store.Version, null, null);
    }

    private Reply Apply(Call call, StoredObject? old, WriteOptions options)
    {
        var body = Encoding.UTF8.GetString(call.Body);
        JsonObject applied;
        try
        {
            applied = Yaml.Yaml.Documents(body) is [var one, ..] ? one : throw Failure.BadRequest("error decoding YAML: no object");
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
            return WriteScale(call, target, scale);
        }

        if (applied.Text("apiVersion") is var said && said != call.Version.ApiVersion)
        {
            throw Failure.BadRequest($"incorrect version specified in apply patch. Specified patch version: {said}, expected: {call.Version.ApiVersion}");
        }

        if (applied.At("metadata", "managedFields") is not null)
        {
            throw Failure.BadRequest("metadata.managedFields must be nil");
        }

        CheckKind(call, applied);
        CheckAddress(call, applied);
        var force = call.Asked("force");
        if (old is null)
        {
            if (call.Subresource.Length > 0)
            {
                throw Failure.NotFound(call.Type, call.Name);
            }

            applied.Meta()["name"] = call.Name;
            var made = registry.Create(call.Type, call.Version, call.Namespace ?? "", applied, options with { Operation = "Apply", Applied = applied.Copy() });
            return Show(201, call, made) with { Warnings = options.Warnings };
        }

        var author = new ManagedFields.Author(options.Manager, "Apply", call.Version.ApiVersion, call.Subresource, registry.Clock.GetUtcNow());
        var merged = ServerSideApply.Merge(old.Tree, Views.From(call.Version, applied), call.Type.Storage.Schema, author, force);
        var stored = registry.Update(call.Type, call.Version, old, merged, options with { Operation = "Apply" });
        return Show(200, call, stored) with { Warnings = options.Warnings };
    }

    private Reply WriteScale(Call call, StoredObject old, JsonObject scale)
    {
        var paths = call.Type.Scale!;
        if (scale.Version() is { Length: > 0 } version && version != old.Tree.Version())
        {
            throw Failure.Conflict(call.Type, call.Name);
        }

        var replicas = scale.Whole("spec", "replicas") ?? 0;
        if (replicas < 0)
        {
            var errors = new FieldErrors();
            errors.Invalid("spec.replicas", replicas, "must be greater than or equal to 0");
            throw Failure.Invalid("autoscaling", "Scale", call.Name, errors);
        }

        var tree = old.Tree.Copy();
        tree.Ensure(paths.Spec.AsSpan()[..^1])[paths.Spec[^1]] = replicas;
        var options = Options(call) with { Subresource = "scale" };
        var stored = registry.Update(call.Type, call.Type.Storage, old, tree, options);
        return Reply.Json(200, Scales.Show(call.Type, stored)) with { Warnings = options.Warnings };
    }

    private static JsonNode? Patched(Call call, JsonObject tree, Schema? schema)
    {
        // Strategic patches are read by another decoder, which says no more than what it found.
        var strategic = call.MediaType == "application/strategic-merge-patch+json";
        var list = call.MediaType == "application/json-patch+json";
        if (GoJson.Explain(call.Body) is { } why)
        {
            throw Failure.BadRequest(strategic ? why : "error decoding patch: " + why);
        }

        var patch = JsonNode.Parse(call.Body);
        if (!list && patch is not JsonObject)
        {
            var word = patch?.GetValueKind() switch { JsonValueKind.Array => "array", JsonValueKind.String => "string", JsonValueKind.Number => "number", null => "null", _ => "bool" };
            throw Failure.BadRequest($"{(strategic ? "" : "error decoding patch: ")}json: cannot unmarshal {word} into Go value of type map[string]interface {{}}");
        }

        if (patch is JsonArray { Count: > 10_000 } many)
        {
            throw new Failure(413, "RequestEntityTooLarge", $"The allowed maximum operations in a JSON patch is 10000, got {many.Count}");
        }

        switch (call.MediaType)
        {
            case "application/json-patch+json":
                return JsonPatch.Apply(tree, patch as JsonArray
                    ?? throw Failure.BadRequest("error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"));
            case "application/strategic-merge-patch+json":
                return StrategicMerge.Apply(tree, patch as JsonObject ?? throw Failure.BadRequest("invalid patch"), schema);
            default:
                return MergePatch.Apply(tree, patch);
        }
    }

    // The server decodes the patched object into a Go struct; what does not fit is refused with the whole object in the message.
    private static void TypeCheck(JsonObject before, JsonObject patched, Schema? schema, string kind)
    {
        if ((WrongTypes.InMetadata(patched) ?? (schema is null ? null : WrongTypes.First(patched, schema, kind))) is not { } why)
        {
            return;
        }

        var errors = new FieldErrors();
        errors.Say("FieldValueInvalid", "patch", $"Invalid value: {FieldErrors.Quote(before.ToJsonString(FieldErrors.Plain))}: {why}");
        throw Failure.Invalid("", "", "", errors);
    }

    // What the body says it is must be what the URL says.
    private static void CheckAddress(Call call, JsonObject tree)
    {
        if (tree.Name().Length > 0 && tree.Name() != call.Name)
        {
            throw Failure.BadRequest($"the name of the object ({tree.Name()}) does not match the name on the URL ({call.Name})");
        }

        if (call.Type.Namespaced && tree.Namespace().Length > 0 && tree.Namespace() != call.Namespace)
        {
            throw Failure.BadRequest($"the namespace of the object ({tree.Namespace()}) does not match the namespace on the request ({call.Namespace})");
        }
    }

    private static void CheckScale(JsonObject scale)
    {
        if (scale.Text("apiVersion") is { Length: > 0 } version && version != "autoscaling/v1")
        {
            throw Failure.BadRequest($"the API version in the data ({version}) does not match the expected API version (autoscaling/v1)");
        }

        if ((WrongTypes.InMetadata(scale) ?? WrongTypes.First(scale, Shapes.Of("Scale"), "Scale")) is { } why)
        {
            throw Failure.BadRequest($"Scale in version \"v1\" cannot be handled as a Scale: {why}");
        }
    }

    private void CheckKind(Call call, JsonObject tree)
    {
        var (kind, apiVersion) = (tree.Text("kind"), tree.Text("apiVersion"));
        var short_ = apiVersion?.Split('/')[^1] ?? "";
        if (call.Type.IsCustom && string.IsNullOrEmpty(kind))
        {
            throw call.Unrecognized($"Object 'Kind' is missing in '{tree.ToJsonString(FieldErrors.Plain)}'");
        }

        if (string.IsNullOrEmpty(kind) && string.IsNullOrEmpty(apiVersion))
        {
            (kind, apiVersion) = (call.Type.Kind, call.Version.ApiVersion);
            tree["kind"] = kind;
            tree["apiVersion"] = apiVersion;
        }

        if (!call.Type.IsCustom && registry.Catalogue.ByKind(apiVersion, kind) is null)
        {
            throw Failure.BadRequest($"no kind \"{kind}\" is registered for version \"{apiVersion}\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"");
        }

        if (kind != call.Type.Kind)
        {
            throw Failure.BadRequest(call.Type.IsCustom
                ? $"the kind in the data ({apiVersion}, Kind={kind}) does not match the expected kind ({call.Version.ApiVersion}, Kind={call.Type.Kind})"
                : $"{kind} in version \"{short_}\" cannot be handled as a {call.Type.Kind}: converting ({Go(apiVersion)}.{kind}) to ({Internal(call)}.{call.Type.Kind}): unknown conversion");
        }

        if (apiVersion != call.Version.ApiVersion)
        {
            throw Failure.BadRequest(
                $"the API version in the data ({apiVersion}) does not match the expected API version ({call.Version.ApiVersion})");
        }

        if ((WrongTypes.InMetadata(tree) ?? (!call.Type.IsCustom && call.Version.Schema is { } schema ? WrongTypes.First(tree, schema, call.Type.Kind) : null)) is { } why)
        {
            throw Failure.BadRequest($"{kind} in version \"{short_}\" cannot be handled as a {kind}: {why}");
        }
    }

    private static string Go(string? apiVersion) => apiVersion?.Split('/')[^1] ?? "";

    private static string Internal(Call call) => call.Type.Group.Length == 0 ? "core" : call.Type.Group.Split('.')[0];

    private Reply Show(int status, Call call, StoredObject stored) => lists.One(status, call, stored);

    private static WriteOptions Options(Call call) => new(call.Manager)
    {
        Subresource = call.Subresource,
        DryRun = call.Query("dryRun") == "All",
        FieldValidation = call.Query("fieldValidation") is { Length: > 0 } v ? v : "Warn",
    };

    private static DeleteOptions DeleteBody(Call call)
    {
        JsonObject? body = null;
        if (call.Body.Length > 0)
        {
            if (call.MediaType.Contains("protobuf", StringComparison.Ordinal))
            {
                throw Failure.UnsupportedMedia("the body of the request was in an unknown format - accepted media types include: application/json, application/yaml");
            }

            if (GoJson.Explain(call.Body) is { } why)
            {
                throw Failure.BadRequest("couldn't get version/kind; json parse error: " + why);
            }

            body = JsonNode.Parse(call.Body) as JsonObject;
        }

        var options = new DeleteOptions
        {
            GraceSeconds = body.Whole("gracePeriodSeconds")
                ?? (long.TryParse(call.Query("gracePeriodSeconds"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var seconds) ? seconds : null),
            Propagation = body.Text("propagationPolicy") ?? call.Query("propagationPolicy"),
            Uid = body.Text("preconditions", "uid"),
            ResourceVersion = body.Text("preconditions", "resourceVersion"),
            DryRun = call.Query("dryRun") == "All" || (body.Items("dryRun")?.Count ?? 0) > 0,
        };
        OptionRules.Check(call, options);
        return options;
    }
}
