using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Patching;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Schemas;
using Ebb.Simulation.Store;
using Ebb.Simulation.World;

namespace Ebb.Simulation.Rules;

/// <summary>
/// The rules that apply to every write: names, defaults, validation, generation, field ownership,
/// optimistic locking, finalizers. Called while the store's lock is held.
/// </summary>
internal sealed class Registry(ObjectStore store, ResourceCatalogue catalogue, TimeProvider clock, NameGenerator names)
{
    public ObjectStore Store => store;

    public ResourceCatalogue Catalogue => catalogue;

    public TimeProvider Clock => clock;

    public NameGenerator Names => names;

    /// <summary>
    /// Called before a CustomResourceDefinition takes effect or is removed, and when a namespace is being emptied.
    /// </summary>
    public event Action<ApiResource, JsonObject>? Admitted;

    /// <summary>Deletes objects.</summary>
    public Deletion Deletion => field ??= new Deletion(this);

    public StoredObject Get(ApiResource type, string ns, string name) =>
        store.Find(type, ns, name) ?? throw Failure.NotFound(type, name);

    /// <param name="tree">The object in the form of <paramref name="view"/>; owned by the store from then on.</param>
    public StoredObject Create(ApiResource type, ServedVersion view, string ns, JsonObject tree, WriteOptions options)
    {
        var meta = tree.Meta();
        if (type.Namespaced)
        {
            if (meta.Text("namespace") is { Length: > 0 } said && said != ns)
            {
                throw Failure.BadRequest(
                    "the namespace of the provided object does not match the namespace sent on the request"
                );
            }

            meta["namespace"] = ns;
        }
        else
        {
            meta.Remove("namespace");
        }

        var generated = false;
        if ((meta.Text("name") ?? "").Length == 0 && meta.Text("generateName") is { Length: > 0 } prefix)
        {
            meta["name"] = Unused(type, ns, prefix);
            generated = true;
        }

        OwnerPermission.Check(type, null, tree, options);
        var name = tree.Name();
        if (type.Namespaced && store.Find(NamespaceResource.Type, "", ns) is var home)
        {
            if (home is null)
            {
                throw new Failure(
                    404,
                    "NotFound",
                    $"namespaces \"{ns}\" not found",
                    Failure.Details(ns, "", "namespaces")
                );
            }

            if (home.Tree.IsTerminating() && !type.Uncached)
            {
                var details = Failure.Details(name, type.Group, type.Plural);
                details["causes"] = new JsonArray(
                    new JsonObject
                    {
                        ["reason"] = "NamespaceTerminating",
                        ["message"] = $"namespace {ns} is being terminated",
                        ["field"] = "metadata.namespace",
                    }
                );
                throw new Failure(
                    403,
                    "Forbidden",
                    $"{type.Qualified} \"{name}\" is forbidden: unable to create new content in namespace {ns} "
                        + "because it is being terminated",
                    details
                );
            }
        }

        if (tree.Version().Length > 0)
        {
            throw new Failure(500, null, "resourceVersion should not be set on objects to be created");
        }

        tree = VersionConversion.From(view, tree);
        foreach (
            var own in (string[])
                ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields", "generation"]
        )
        {
            tree.Meta().Remove(own);
        }

        if (type.HasStatus && type.IsCustom)
        {
            tree.Remove("status");
        }

        Fill(type, view, tree, null, options);
        tree.Meta()["uid"] = names.Uid();
        tree.Meta()["creationTimestamp"] = clock.GetUtcNow().Stamp();
        if (type.HasGeneration)
        {
            tree.Meta()["generation"] = 1;
        }

        if (type == PodResource.Type)
        {
            PodAdmission.Admit(store, tree, ns, name);
        }
        else if (type == PersistentVolumeClaimResource.Type && tree.At("spec", "storageClassName") is null)
        {
            if (VolumeBinding.Default(store) is { } usual)
            {
                tree.Ensure("spec")["storageClassName"] = usual;
            }
        }

        var errors = new FieldErrors();
        NameRules.Check(tree, generated, errors);
        MetadataRules.Check(tree, errors);
        Check(type, view, tree, null, errors);
        if (errors.Any)
        {
            throw Failure.Invalid(type.Group, type.Kind, name, errors);
        }

        if (store.Find(type, type.Namespaced ? ns : "", name) is not null)
        {
            throw Failure.AlreadyExists(type, name);
        }

        if (options.Applied is { } applied)
        {
            ManagedFields.Save(tree, []);
            ManagedFields.Claim(tree, applied, view.Schema, Author(view, options));
        }
        else
        {
            ManagedFields.Note(Nothing(type, tree), tree, view.Schema, Author(view, options), view.ToView ?? Itself);
        }

        if (options.DryRun)
        {
            return new StoredObject(tree, store.Version);
        }

        Admitted?.Invoke(type, tree);
        return store.Put(type, tree);
    }

    /// <param name="tree">The whole new object in stored form; owned by the store from then on.</param>
    /// <param name="old">The version that the change is based on.</param>
    public StoredObject Update(
        ApiResource type,
        ServedVersion view,
        StoredObject old,
        JsonObject tree,
        WriteOptions options
    )
    {
        var name = old.Tree.Name();
        var meta = tree.Meta();
        if (meta.Text("uid") is { Length: > 0 } uid && uid != old.Tree.Uid())
        {
            var key =
                $"/registry/{(type.IsCustom ? type.Group + "/" : "")}{type.Plural}/{(type.Namespaced ? old.Tree.Namespace() + "/" : "")}{name}";
            throw new Failure(
                409,
                "Conflict",
                $"Operation cannot be fulfilled on {type.Qualified} \"{name}\": StorageError: invalid object, "
                    + $"Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in "
                    + $"precondition: {uid}, UID in object meta: {old.Tree.Uid()}",
                Failure.Details(name, type.Group, type.Plural)
            );
        }

        var version = meta.Text("resourceVersion") ?? "";
        if (version.Length > 0 && version != old.Tree.Version())
        {
            throw Failure.Conflict(type, name);
        }

        ProtectedFields.KeepSystemFields(old.Tree, tree);
        ProtectedFields.Restrict(type, old.Tree, tree, options);
        OwnerPermission.Check(type, old.Tree, tree, options);
        Fill(type, view, tree, old.Tree, options);
        var errors = new FieldErrors();
        if (options.Subresource != "scale")
        {
            MetadataRules.Check(tree, errors);
        }

        Finalizers.Check(old.Tree, tree, errors);
        if (type.IsCustom)
        {
            // The server for custom resources validates the metadata twice, and reports twice.
            Finalizers.Check(old.Tree, tree, errors);
        }

        Check(type, view, tree, old.Tree, errors);
        if (errors.Any)
        {
            throw Failure.Invalid(type.Group, type.Kind, name, errors);
        }

        return Commit(type, view, old, tree, options);
    }

    /// <summary>
    /// A change by one of the simulation's own controllers: the same generation and ownership rules, without
    /// validation. Nothing is written when nothing changes.
    /// </summary>
    public StoredObject Change(ApiResource type, StoredObject old, WriteOptions options, Action<JsonObject> change)
    {
        var tree = old.Tree.Copy();
        change(tree);
        return Commit(type, type.Storage, old, tree, options);
    }

    private static JsonObject Itself(JsonObject tree) => tree;

    // What counts as present before an object is created: an empty one, and a status that a creator cannot set.
    private static JsonObject Nothing(ApiResource type, JsonObject tree)
    {
        var nothing = GoZeroValues.Of(type.Storage.ApiVersion, type.Kind).Copy();
        if (type.HasStatus)
        {
            nothing.Put("status", tree["status"]?.DeepClone());
        }

        if (type == NamespaceResource.Type)
        {
            // The server sets its finalizer.
            nothing.Put("spec", tree["spec"]?.DeepClone());
        }

        return nothing;
    }

    private StoredObject Commit(
        ApiResource type,
        ServedVersion view,
        StoredObject old,
        JsonObject tree,
        WriteOptions options
    )
    {
        var specChanged = type.HasGeneration && ChangeDetection.SpecChanged(type, old.Tree, tree);
        if (specChanged)
        {
            tree.Meta()["generation"] = (old.Tree.Whole("metadata", "generation") ?? 0) + 1;
        }

        if (ChangeDetection.Same(old.Tree, tree))
        {
            return old;
        }

        if (options.Operation == "Update")
        {
            ManagedFields.Note(old.Tree, tree, view.Schema, Author(view, options), view.ToView ?? Itself);
        }

        if (options.DryRun)
        {
            tree.Meta()["resourceVersion"] = old.Tree.Version();
            return new StoredObject(tree, old.Version);
        }

        if (
            tree.IsTerminating()
            && Finalizers.Of(tree).Count == 0
            && (!type.DiesGracefully || tree.Whole("metadata", "deletionGracePeriodSeconds") is null or 0)
            && Finalizers.Of(old.Tree).Count > 0
        )
        {
            // With the last finalizer the object is gone: watches get a DELETED and no MODIFIED.
            return store.Remove(type, old) is var removed
                ? new StoredObject(Stamped(tree, removed.Version), removed.Version)
                : old;
        }

        Admitted?.Invoke(type, tree);
        return store.Put(type, tree);
    }

    private static JsonObject Stamped(JsonObject tree, long version)
    {
        tree.Meta()["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        return tree;
    }

    private static void Fill(
        ApiResource type,
        ServedVersion view,
        JsonObject tree,
        JsonObject? old,
        WriteOptions options
    )
    {
        var schema = type.Storage.Schema ?? view.Schema;
        if (schema is not null)
        {
            var unknown = new List<string>();
            Pruning.Apply(tree, schema, unknown);
            UnknownFields.Report(type, tree, unknown, options);
            Defaulting.Apply(tree, schema);
        }

        type.Prepare?.Invoke(tree, old);
        OmitEmpty.Drop(tree, type.IsCustom ? null : schema);
    }

    private static void Check(
        ApiResource type,
        ServedVersion view,
        JsonObject tree,
        JsonObject? old,
        FieldErrors errors
    )
    {
        if (type.IsCustom && (type.Storage.Schema ?? view.Schema) is { } schema)
        {
            Validation.Check(tree, schema, "", errors, old);
        }

        type.Validate?.Invoke(tree, old, errors);
    }

    private ManagedFields.Author Author(ServedVersion view, WriteOptions options) =>
        new(options.Manager, options.Operation, view.ApiVersion, options.Subresource, clock.GetUtcNow());

    /// <summary>A generated name that nothing has; the server, too, tries again when one is taken.</summary>
    private string Unused(ApiResource type, string ns, string prefix)
    {
        const int most = 8;
        for (var tries = 1; ; tries++)
        {
            var name = prefix + names.Suffix();
            if (tries == most || store.Find(type, ns, name) is null)
            {
                return name;
            }
        }
    }
}
