using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>Writes to the cluster with a controller's field manager.</summary>
/// <param name="manager">The controller's name in managedFields.</param>
internal sealed class ControllerClient(ControlPlane plane, string manager)
{
    public Registry Registry => plane.Registry;

    public ObjectStore Store => plane.Store;

    public DateTimeOffset Now => plane.Clock.GetUtcNow();

    public StoredObject? Find(ApiResource type, string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return Store.Find(type, key[..slash], key[(slash + 1)..]);
    }

    public StoredObject Change(ApiResource type, StoredObject old, Action<JsonObject> change) =>
        Registry.Change(type, old, new WriteOptions(manager), change);

    public StoredObject ChangeStatus(ApiResource type, StoredObject old, Action<JsonObject> change) =>
        Registry.Change(type, old, new WriteOptions(manager) { Subresource = "status" }, change);

    public StoredObject Create(ApiResource type, JsonObject tree) =>
        Registry.Create(
            type,
            type.Storage,
            tree.Namespace(),
            tree,
            new WriteOptions(manager) { FieldValidation = "Ignore" }
        );

    public void Delete(ApiResource type, StoredObject stored, long? grace = null, string? propagation = null) =>
        Registry.Deletion.Delete(type, stored, new DeleteOptions { GraceSeconds = grace, Propagation = propagation });

    /// <summary>Through the scale subresource.</summary>
    public void Scale(ApiResource type, StoredObject stored, long replicas)
    {
        var paths = type.Scale!;
        Registry.Change(
            type,
            stored,
            new WriteOptions(manager) { Subresource = "scale" },
            tree => tree.Ensure(paths.Spec.AsSpan()[..^1])[paths.Spec[^1]] = replicas
        );
    }

    /// <summary>Records an Event, or counts it up when the same one is there.</summary>
    public void Tell(JsonObject about, string type, string reason, string message, string component)
    {
        var ns = about.Namespace().Length > 0 ? about.Namespace() : "default";
        var name = about.Name() + "." + NameGenerator.Hash(about.Uid() + reason + message);
        if (Store.Find(EventResource.Type, ns, name) is { } old)
        {
            Registry.Change(
                EventResource.Type,
                old,
                new WriteOptions(component),
                e =>
                {
                    e["count"] = (e.Whole("count") ?? 1) + 1;
                    e["lastTimestamp"] = Now.Stamp();
                }
            );
            return;
        }

        if (Store.Find(NamespaceResource.Type, "", ns) is null)
        {
            return;
        }

        Create(
            EventResource.Type,
            new JsonObject
            {
                ["kind"] = "Event",
                ["apiVersion"] = "v1",
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
                ["involvedObject"] = new JsonObject
                {
                    ["kind"] = about.Text("kind"),
                    ["namespace"] = about.Namespace(),
                    ["name"] = about.Name(),
                    ["uid"] = about.Uid(),
                    ["apiVersion"] = about.Text("apiVersion"),
                    ["resourceVersion"] = about.Version(),
                },
                ["reason"] = reason,
                ["message"] = message,
                ["source"] = new JsonObject { ["component"] = component },
                ["firstTimestamp"] = Now.Stamp(),
                ["lastTimestamp"] = Now.Stamp(),
                ["count"] = 1,
                ["type"] = type,
            }
        );
    }
}
