using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World.Keda;

/// <summary>What a ScaledObject scales.</summary>
internal sealed class ScaleTargets(ControllerClient hands)
{
    /// <summary>Null: there is none, or it cannot be scaled.</summary>
    public ScaledTarget? Of(JsonObject so)
    {
        var reference = so.Object("spec", "scaleTargetRef");
        var type = hands.Registry.Catalogue.ByGroupKind(
            reference.Text("apiVersion") ?? "apps/v1",
            reference.Text("kind") ?? "Deployment"
        );
        return
            type?.Scale is not null && hands.Store.Find(type, so.Namespace(), reference.Text("name") ?? "") is { } found
            ? new ScaledTarget(type, found)
            : null;
    }

    public void Scale(ScaledTarget target, long replicas) => hands.Scale(target.Type, target.Object, replicas);
}

internal sealed record ScaledTarget(ApiResource Type, StoredObject Object)
{
    public long Replicas => Object.Tree.Whole(Type.Scale!.Spec) ?? 0;

    /// <summary>The name in KEDA's Events.</summary>
    public string Kind => $"{Type.Group}/{Type.Served[0].Version}.{Type.Kind}";
}
