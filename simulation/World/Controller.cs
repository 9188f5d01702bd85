using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// One controller of the control plane: it sees every write, queues the keys that it concerns, and reconciles them.
/// </summary>
internal abstract class Controller
{
    protected ControlPlane Plane { get; private set; } = null!;

    protected Registry Registry => Plane.Registry;

    protected ObjectStore Store => Plane.Store;

    protected DateTimeOffset Now => Plane.Clock.GetUtcNow();

    /// <summary>The name in managedFields and Events.</summary>
    protected virtual string Manager => "kube-controller-manager";

    protected ControllerClient ControllerClient { get; private set; } = null!;

    public void Join(ControlPlane plane)
    {
        Plane = plane;
        ControllerClient = new ControllerClient(plane, Manager);
        Start();
    }

    /// <summary>
    /// Queues the keys that a write concerns. Called for every write in the cluster, so it must be quick.
    /// </summary>
    public abstract void Observe(Change change);

    /// <summary>Reconciles one object.</summary>
    public abstract void Reconcile(string key);

    protected virtual void Start() { }

    protected void Enqueue(string key) => Plane.Enqueue(this, key);

    protected void At(string key, DateTimeOffset due) => Plane.At(this, key, due);

    protected StoredObject? Find(ApiResource type, string key) => ControllerClient.Find(type, key);

    protected StoredObject Change(ApiResource type, StoredObject old, Action<JsonObject> change) =>
        ControllerClient.Change(type, old, change);

    protected StoredObject ChangeStatus(ApiResource type, StoredObject old, Action<JsonObject> change) =>
        ControllerClient.ChangeStatus(type, old, change);

    protected StoredObject Create(ApiResource type, JsonObject tree) => ControllerClient.Create(type, tree);

    protected void Delete(ApiResource type, StoredObject stored, long? grace = null, string? propagation = null) =>
        ControllerClient.Delete(type, stored, grace, propagation);

    /// <summary>The controlling owner of an object, when it is of this kind.</summary>
    protected static string? OwnerKey(JsonObject tree, string kind) =>
        tree.Owner() is { } owner && owner.Text("kind") == kind ? tree.Namespace() + "/" + owner.Text("name") : null;

    protected IEnumerable<StoredObject> OwnedBy(StoredObject owner, ApiResource type) =>
        Store
            .Dependents(owner.Tree.Uid())
            .Where(d => d.Type == type && d.Object.Tree.Owner().Text("uid") == owner.Tree.Uid())
            .Select(d => d.Object);

    protected void Tell(JsonObject about, string type, string reason, string message, string component) =>
        ControllerClient.Tell(about, type, reason, message, component);
}
