using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Schemas;
using Ebb.Simulation.Selectors;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.Api;

/// <summary>
/// The verbs that read or write one object or several. Each runs while the store's lock is held and returns the answer.
/// </summary>
internal sealed class Verbs(Registry registry, Lists lists, Func<string, string, string> tokenFor)
{
    private readonly ScaleUpdates scales = new(registry);

    private Patches Patches => field ??= new Patches(registry, lists, scales);

    public Reply Get(Call call)
    {
        var stored = registry.Get(call.Type, call.Namespace ?? "", call.Name);
        return call.Subresource switch
        {
            "scale" when call.Type.IsCustom && stored.Tree.Whole(call.Type.Scale!.Spec) is null =>
                throw Failure.Internal(
                    $"the spec replicas field \".{string.Join('.', call.Type.Scale.Spec)}\" does not exist"
                ),
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
        if (call.Subresource == "token")
        {
            return TokenRequests.Answer(registry, call, tree, tokenFor);
        }

        BodyChecks.Kind(call, registry.Catalogue, tree);
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
            BodyChecks.Scale(tree);
            BodyChecks.Address(call, tree);
            return scales.Write(call, old ?? throw Failure.NotFound(call.Type, call.Name), tree);
        }

        BodyChecks.Kind(call, registry.Catalogue, tree);
        BodyChecks.Address(call, tree);
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
        var stored = registry.Update(call.Type, call.Version, old, VersionConversion.From(call.Version, tree), options);
        return Show(200, call, stored) with { Warnings = options.Warnings };
    }

    public Reply Patch(Call call) => Patches.Patch(call);

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
        return Reply.Json(
            200,
            new JsonObject
            {
                ["kind"] = "Status",
                ["apiVersion"] = "v1",
                ["metadata"] = new JsonObject(),
                ["status"] = "Success",
                ["details"] = details,
            }
        );
    }

    public Reply DeleteCollection(Call call)
    {
        var options = DeleteBody(call);
        var labels = LabelMatcher.Parse(call.Query("labelSelector"));
        var fields = FieldSelector.Parse(call.Query("fieldSelector"), call.Type, call.Version);
        var chosen = registry
            .Store.All(call.Type, call.Namespace)
            .Where(o => labels.Matches(o.Tree.Object("metadata", "labels")) && fields.Matches(o.Tree))
            .ToList();
        foreach (var stored in chosen)
        {
            registry.Deletion.Delete(call.Type, stored, options);
        }

        return lists.Of(call, chosen, registry.Store.Version, null, null);
    }

    private Reply Show(int status, Call call, StoredObject stored) => lists.One(status, call, stored);

    /// <summary>The options of a write in the query.</summary>
    public static WriteOptions Options(Call call) =>
        new(call.Manager)
        {
            Subresource = call.Subresource,
            DryRun = call.Query("dryRun") == "All",
            MayDelete = call.MayDelete,
            FieldValidation = call.Query("fieldValidation") is { Length: > 0 } v ? v : "Warn",
        };

    private static DeleteOptions DeleteBody(Call call)
    {
        JsonObject? body = null;
        if (call.Body.Length > 0)
        {
            // Options of a delete may be protobuf for custom resources, too: they are no objects of that type.
            body = call.MediaType == ProtobufBody.MediaType ? OptionsInProtobuf(call.Body) : OptionsInJson(call.Body);
        }

        var options = new DeleteOptions
        {
            GraceSeconds =
                body.Whole("gracePeriodSeconds")
                ?? (
                    long.TryParse(
                        call.Query("gracePeriodSeconds"),
                        NumberStyles.Integer,
                        CultureInfo.InvariantCulture,
                        out var seconds
                    )
                        ? seconds
                        : null
                ),
            Propagation = body.Text("propagationPolicy") ?? call.Query("propagationPolicy"),
            Uid = body.Text("preconditions", "uid"),
            ResourceVersion = body.Text("preconditions", "resourceVersion"),
            DryRun = call.Query("dryRun") == "All" || (body.Items("dryRun")?.Count ?? 0) > 0,
        };
        OptionRules.Check(call, options);
        return options;
    }

    private static JsonObject? OptionsInJson(byte[] body) =>
        GoJson.Explain(body) is { } why
            ? throw Failure.BadRequest("couldn't get version/kind; json parse error: " + why)
            : JsonNode.Parse(body) as JsonObject;

    private static JsonObject OptionsInProtobuf(byte[] body) =>
        ProtobufBody.Read(body) is { } read && read.Text("kind") == "DeleteOptions"
            ? read
            : throw Failure.BadRequest("provided data does not appear to be a protobuf message with DeleteOptions");
}
