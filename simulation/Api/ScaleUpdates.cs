using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Schemas;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.Api;

/// <summary>Writes an object's replicas through its scale subresource.</summary>
internal sealed class ScaleUpdates(Registry registry)
{
    public Reply Write(Call call, StoredObject old, JsonObject scale)
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
        var options = Verbs.Options(call) with { Subresource = "scale" };
        var stored = registry.Update(call.Type, call.Type.Storage, old, tree, options);
        return Reply.Json(200, Scales.Show(call.Type, stored)) with { Warnings = options.Warnings };
    }
}
