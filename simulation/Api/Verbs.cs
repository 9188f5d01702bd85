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

        var tree = call.ReadObject();
        CheckKind(call, tree);
        var options = Options(call);
        var stored = registry.Create(call.Type, call.Version, call.Namespace ?? "", tree, options);
        return Show(201, call, stored) with { Warnings = options.Warnings };
    }

    public Reply Update(Call call)
    {
        var tree = call.ReadObject();
        var old = registry.Store.Find(call.Type, call.Namespace ?? "", call.Name);
        if (call.Subresource == "scale")
        {
            return WriteScale(call, old ?? throw Failure.NotFound(call.Type, call.Name), tree);
        }

        CheckKind(call, tree);
        if (tree.Name().Length > 0 && tree.Name() != call.Name)
        {
            throw Failure.BadRequest($"the name of the object ({tree.Name()}) does not match the name on the URL ({call.Name})");
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
        var custom = call.Type.IsCustom && call.Subresource != "scale";
        if (media is not ("application/json-patch+json" or "application/merge-patch+json" or "application/apply-patch+yaml")
            && (media != "application/strategic-merge-patch+json" || custom))
        {
            throw custom && media == "application/strategic-merge-patch+json"
                ? Failure.UnsupportedMedia("the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml")
                : new Failure(415, "UnsupportedMediaType", "415: Unsupported Media Type", []);
        }

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
            return WriteScale(call, old, (JsonObject)Patched(call, scale, Shapes.Of("Scale"))!);
        }

        var view = Views.To(call.Version, old);
        var patched = Patched(call, ReferenceEquals(view, old.Tree) ? view.Copy() : view, call.Version.Schema) as JsonObject ?? throw Failure.Unprocessable();
        TypeCheck(call, view, patched);
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

        if (string.IsNullOrEmpty(call.Query("fieldManager")))
        {
            var errors = new FieldErrors();
            errors.Required("fieldManager", "is required for apply patch");
            throw Failure.Invalid("meta.k8s.io", "PatchOptions", "", errors);
        }

        if (call.Subresource == "scale")
        {
            var target = old ?? throw Failure.NotFound(call.Type, call.Name);
            var scale = Scales.Show(call.Type, target);
            scale["spec"] = applied["spec"]?.DeepClone() ?? new JsonObject();
            return WriteScale(call, target, scale);
        }

        CheckKind(call, applied);
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
        JsonNode? patch;
        try
        {
            patch = JsonNode.Parse(call.Body);
        }
        catch (JsonException)
        {
            throw Failure.BadRequest("error decoding patch: invalid character in JSON");
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
    private static void TypeCheck(Call call, JsonObject before, JsonObject patched)
    {
        if (call.Type.IsCustom || call.Version.Schema is not { } schema || WrongTypes.First(patched, schema, call.Type.Kind) is not { } why)
        {
            return;
        }

        var errors = new FieldErrors();
        errors.Say("FieldValueInvalid", "patch", $"Invalid value: {FieldErrors.Quote(before.ToJsonString(FieldErrors.Plain))}: {why}");
        throw Failure.Invalid("", "", "", errors);
    }

    private static void CheckKind(Call call, JsonObject tree)
    {
        var (kind, apiVersion) = (tree.Text("kind"), tree.Text("apiVersion"));
        var short_ = apiVersion?.Split('/')[^1] ?? "";
        if (string.IsNullOrEmpty(kind) && string.IsNullOrEmpty(apiVersion))
        {
            (kind, apiVersion) = (call.Type.Kind, call.Version.ApiVersion);
            tree["kind"] = kind;
            tree["apiVersion"] = apiVersion;
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

        if (!call.Type.IsCustom && call.Version.Schema is { } schema && WrongTypes.First(tree, schema, call.Type.Kind) is { } why)
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

            try
            {
                body = JsonNode.Parse(call.Body) as JsonObject;
            }
            catch (JsonException)
            {
                throw Failure.BadRequest("couldn't get version/kind; json parse error");
            }
        }

        return new DeleteOptions
        {
            GraceSeconds = body.Whole("gracePeriodSeconds")
                ?? (long.TryParse(call.Query("gracePeriodSeconds"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var seconds) ? seconds : null),
            Propagation = body.Text("propagationPolicy") ?? call.Query("propagationPolicy"),
            Uid = body.Text("preconditions", "uid"),
            ResourceVersion = body.Text("preconditions", "resourceVersion"),
            DryRun = call.Query("dryRun") == "All" || (body.Items("dryRun")?.Count ?? 0) > 0,
        };
    }
}
