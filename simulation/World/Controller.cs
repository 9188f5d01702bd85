using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>One loop of the control plane: sees every write, notes what to look at, and looks at it.</summary>
internal abstract class Controller
{
    protected ControlPlane Plane { get; private set; } = null!;

    protected Registry Registry => Plane.Registry;

    protected ObjectStore Store => Plane.Store;

    protected DateTimeOffset Now => Plane.Clock.GetUtcNow();

    /// <summary>How it is called in managedFields and Events.</summary>
    protected virtual string Manager => "kube-controller-manager";

    public void Join(ControlPlane plane)
    {
        Plane = plane;
        Start();
    }

    /// <summary>Notes which keys a write concerns. Called for every write in the cluster: it must be quick.</summary>
    public abstract void Observe(Change change);

    /// <summary>Brings one object closer to what it should be.</summary>
    public abstract void Reconcile(string key);

    protected virtual void Start()
    {
    }

    protected void Enqueue(string key) => Plane.Enqueue(this, key);

    protected void At(string key, DateTimeOffset due) => Plane.At(this, key, due);

    protected StoredObject? Find(ResourceType type, string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return Store.Find(type, key[..slash], key[(slash + 1)..]);
    }

    protected StoredObject Change(ResourceType type, StoredObject old, Action<JsonObject> change) =>
        Registry.Change(type, old, new WriteOptions(Manager), change);

    protected StoredObject ChangeStatus(ResourceType type, StoredObject old, Action<JsonObject> change) =>
        Registry.Change(type, old, new WriteOptions(Manager) { Subresource = "status" }, change);

    protected StoredObject Create(ResourceType type, JsonObject tree) =>
        Registry.Create(type, type.Storage, tree.Namespace(), tree, new WriteOptions(Manager) { FieldValidation = "Ignore" });

    protected void Delete(ResourceType type, StoredObject stored, long? grace = null, string? propagation = null) =>
        Registry.Deletion.Delete(type, stored, new DeleteOptions { GraceSeconds = grace, Propagation = propagation });

    /// <summary>The controlling owner of an object, when it is of this kind.</summary>
    protected static string? OwnerKey(JsonObject tree, string kind) =>
        tree.Owner() is { } owner && owner.Text("kind") == kind ? tree.Namespace() + "/" + owner.Text("name") : null;

    protected IEnumerable<StoredObject> OwnedBy(StoredObject owner, ResourceType type) =>
        Store.Dependents(owner.Tree.Uid()).Where(d => d.Type == type && d.Object.Tree.Owner().Text("uid") == owner.Tree.Uid()).Select(d => d.Object);

    /// <summary>Records an Event, or counts it up when the same one is there.</summary>
    protected void Tell(JsonObject about, string type, string reason, string message, string component)
    {
        var ns = about.Namespace().Length > 0 ? about.Namespace() : "default";
        var name = about.Name() + "." + Names.Hash(about.Uid() + reason + message);
        if (Store.Find(Event.Type, ns, name) is { } old)
        {
            Registry.Change(Event.Type, old, new WriteOptions(component), e =>
            {
                e["count"] = (e.Whole("count") ?? 1) + 1;
                e["lastTimestamp"] = Now.Stamp();
            });
            return;
        }

        if (Store.Find(Namespace.Type, "", ns) is null)
        {
            return;
        }

        Create(Event.Type, new JsonObject
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
        });
    }
}
