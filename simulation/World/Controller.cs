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

    protected Hands Hands { get; private set; } = null!;

    public void Join(ControlPlane plane)
    {
        Plane = plane;
        Hands = new Hands(plane, Manager);
        Start();
    }

    /// <summary>Notes which keys a write concerns. Called for every write in the cluster: it must be quick.</summary>
    public abstract void Observe(Change change);

    /// <summary>Brings one object closer to what it should be.</summary>
    public abstract void Reconcile(string key);

    protected virtual void Start() { }

    protected void Enqueue(string key) => Plane.Enqueue(this, key);

    protected void At(string key, DateTimeOffset due) => Plane.At(this, key, due);

    protected StoredObject? Find(ResourceType type, string key) => Hands.Find(type, key);

    protected StoredObject Change(ResourceType type, StoredObject old, Action<JsonObject> change) =>
        Hands.Change(type, old, change);

    protected StoredObject ChangeStatus(ResourceType type, StoredObject old, Action<JsonObject> change) =>
        Hands.ChangeStatus(type, old, change);

    protected StoredObject Create(ResourceType type, JsonObject tree) => Hands.Create(type, tree);

    protected void Delete(ResourceType type, StoredObject stored, long? grace = null, string? propagation = null) =>
        Hands.Delete(type, stored, grace, propagation);

    /// <summary>The controlling owner of an object, when it is of this kind.</summary>
    protected static string? OwnerKey(JsonObject tree, string kind) =>
        tree.Owner() is { } owner && owner.Text("kind") == kind ? tree.Namespace() + "/" + owner.Text("name") : null;

    protected IEnumerable<StoredObject> OwnedBy(StoredObject owner, ResourceType type) =>
        Store
            .Dependents(owner.Tree.Uid())
            .Where(d => d.Type == type && d.Object.Tree.Owner().Text("uid") == owner.Tree.Uid())
            .Select(d => d.Object);

    protected void Tell(JsonObject about, string type, string reason, string message, string component) =>
        Hands.Tell(about, type, reason, message, component);
}
