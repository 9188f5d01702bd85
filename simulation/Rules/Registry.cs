using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Patching;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Schemas;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.Rules;

/// <summary>
/// The rules that every write goes through, whoever makes it: names, defaults, validation, generation, field ownership,
/// optimistic locking, finalizers. Called while the store's gate is held.
/// </summary>
internal sealed class Registry(ObjectStore store, Catalogue catalogue, TimeProvider clock, Names names)
{
    public ObjectStore Store => store;

    public Catalogue Catalogue => catalogue;

    public TimeProvider Clock => clock;

    public Names Names => names;

    /// <summary>Called before a custom resource definition takes effect or goes, and when a namespace is being emptied.</summary>
    public event Action<ResourceType, JsonObject>? Admitted;

    public StoredObject Get(ResourceType type, string ns, string name) =>
        store.Find(type, ns, name) ?? throw Failure.NotFound(type, name);

    /// <param name="tree">The object in the form of <paramref name="view"/>; becomes the store's own.</param>
    public StoredObject Create(ResourceType type, ServedVersion view, string ns, JsonObject tree, WriteOptions options)
    {
        var meta = tree.Meta();
        if (type.Namespaced)
        {
            if (meta.Text("namespace") is { Length: > 0 } said && said != ns)
            {
                throw Failure.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
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
            meta["name"] = prefix + names.Suffix();
            generated = true;
        }

        var name = tree.Name();
        if (type.Namespaced && store.Find(Namespace.Type, "", ns) is var home)
        {
            if (home is null)
            {
                throw new Failure(404, "NotFound", $"namespaces \"{ns}\" not found", Failure.Details(ns, "", "namespaces"));
            }

            if (home.Tree.IsTerminating() && !type.Uncached)
            {
                var details = Failure.Details(name, type.Group, type.Plural);
                details["causes"] = new JsonArray(new JsonObject { ["reason"] = "NamespaceTerminating", ["message"] = $"namespace {ns} is being terminated", ["field"] = "metadata.namespace" });
                throw new Failure(
                    403,
                    "Forbidden",
                    $"{type.Qualified} \"{name}\" is forbidden: unable to create new content in namespace {ns} because it is being terminated",
                    details);
            }
        }

        tree = FromView(view, tree);
        foreach (var own in (string[])["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields", "generation"])
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

        var errors = new FieldErrors();
        NameRules.Check(tree, generated, errors);
        Check(type, view, tree, null, errors);
        if (errors.Any)
        {
            throw Failure.Invalid(type.Group, type.Kind, name, errors);
        }

        if (store.Find(type, type.Namespaced ? ns : "", name) is not null)
        {
            throw Failure.AlreadyExists(type, name);
        }

        ManagedFields.Note(null, tree, view.Schema, Author(view, options));
        if (options.DryRun)
        {
            return new StoredObject(tree, store.Version);
        }

        Admitted?.Invoke(type, tree);
        return store.Put(type, tree);
    }

    /// <param name="tree">The whole new object in stored form; becomes the store's own.</param>
    /// <param name="old">The version that the change is based on.</param>
    public StoredObject Update(ResourceType type, ServedVersion view, StoredObject old, JsonObject tree, WriteOptions options)
    {
        var name = old.Tree.Name();
        var meta = tree.Meta();
        if (meta.Text("uid") is { Length: > 0 } uid && uid != old.Tree.Uid())
        {
            throw Failure.PreconditionFailed(
                type, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Tree.Uid()}");
        }

        var version = meta.Text("resourceVersion") ?? "";
        if (version.Length > 0 && version != old.Tree.Version())
        {
            throw Failure.Conflict(type, name);
        }

        KeepSystemFields(old.Tree, tree);
        Restrict(type, old.Tree, tree, options);
        Fill(type, view, tree, old.Tree, options);
        var errors = new FieldErrors();
        CheckFinalizers(old.Tree, tree, errors);
        Check(type, view, tree, old.Tree, errors);
        if (errors.Any)
        {
            throw Failure.Invalid(type.Group, type.Kind, name, errors);
        }

        return Commit(type, view, old, tree, options);
    }

    /// <summary>
    /// A change by one of the world's own controllers: the same generation and ownership rules, without the checks that are for strangers.
    /// Nothing is written when nothing changes.
    /// </summary>
    public StoredObject Change(ResourceType type, StoredObject old, WriteOptions options, Action<JsonObject> change)
    {
        var tree = old.Tree.Copy();
        change(tree);
        return Commit(type, type.Storage, old, tree, options);
    }

    /// <summary>Deletes or begins to delete. Returns the object as it stands, and whether it is gone.</summary>
    public (StoredObject Object, bool Gone) Delete(ResourceType type, StoredObject old, DeleteOptions options)
    {
        var name = old.Tree.Name();
        if (options.Uid is { } uid && uid != old.Tree.Uid())
        {
            throw Failure.PreconditionFailed(
                type,
                name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({old.Tree.Uid()}). The object might have been deleted and then recreated");
        }

        if (options.ResourceVersion is { } version && version != old.Tree.Version())
        {
            throw Failure.PreconditionFailed(
                type,
                name,
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({old.Tree.Version()}). The object might have been modified");
        }

        var grace = type.DiesGracefully ? Grace(old.Tree, options) : 0;
        var finalizers = Finalizers(old.Tree);
        if (options.Propagation == "Foreground" && store.Dependents(old.Tree.Uid()).Count > 0)
        {
            finalizers.Add("foregroundDeletion");
        }
        else if (options.Propagation == "Orphan")
        {
            if (!options.DryRun)
            {
                Orphan(old.Tree.Uid());
            }
        }

        // A namespace has its finalizers in its spec, and goes when its controller has emptied it.
        var held = type == Namespace.Type && old.Tree.Items("spec", "finalizers") is { Count: > 0 };
        if (finalizers.Count == 0 && grace == 0 && !held)
        {
            return options.DryRun ? (old, true) : (store.Remove(type, old), true);
        }

        if (old.Tree.IsTerminating() && (grace == 0 || grace >= (old.Tree.Whole("metadata", "deletionGracePeriodSeconds") ?? 0)))
        {
            return (old, false);
        }

        var tree = old.Tree.Copy();
        var now = clock.GetUtcNow();
        tree.Meta()["deletionTimestamp"] = (now + TimeSpan.FromSeconds(grace)).Stamp();
        tree.Meta()["deletionGracePeriodSeconds"] = grace;
        if (finalizers.Count > 0)
        {
            tree.Meta()["finalizers"] = new JsonArray([.. finalizers.Distinct().Select(f => (JsonNode)f)]);
        }

        if (type.HasGeneration)
        {
            tree.Meta()["generation"] = (tree.Whole("metadata", "generation") ?? 1) + 1;
        }

        return options.DryRun ? (new StoredObject(tree, old.Version), false) : (store.Put(type, tree), false);
    }

    public static JsonObject ToView(ServedVersion view, StoredObject stored)
    {
        if (view.ToView is { } convert)
        {
            return convert(stored.Tree);
        }

        if (stored.Tree.Text("apiVersion") == view.ApiVersion)
        {
            return stored.Tree;
        }

        var copy = stored.Tree.Copy();
        copy["apiVersion"] = view.ApiVersion;
        return copy;
    }

    public static JsonObject FromView(ServedVersion view, JsonObject tree)
    {
        if (view.FromView is { } convert)
        {
            tree = convert(tree);
        }

        return tree;
    }

    private StoredObject Commit(ResourceType type, ServedVersion view, StoredObject old, JsonObject tree, WriteOptions options)
    {
        var specChanged = type.HasGeneration && SpecChanged(type, old.Tree, tree);
        if (specChanged)
        {
            tree.Meta()["generation"] = (old.Tree.Whole("metadata", "generation") ?? 0) + 1;
        }

        if (Same(old.Tree, tree))
        {
            return old;
        }

        if (options.Operation == "Update")
        {
            ManagedFields.Note(old.Tree, tree, view.Schema, Author(view, options));
        }

        if (options.DryRun)
        {
            tree.Meta()["resourceVersion"] = old.Tree.Version();
            return new StoredObject(tree, old.Version);
        }

        if (tree.IsTerminating() && Finalizers(tree).Count == 0
            && (!type.DiesGracefully || tree.Whole("metadata", "deletionGracePeriodSeconds") is null or 0)
            && Finalizers(old.Tree).Count > 0)
        {
            // The last finalizer is gone: the watch sees the deletion and nothing else.
            return store.Remove(type, old) is var removed ? new StoredObject(Stamped(tree, removed.Version), removed.Version) : old;
        }

        Admitted?.Invoke(type, tree);
        return store.Put(type, tree);
    }

    private static JsonObject Stamped(JsonObject tree, long version)
    {
        tree.Meta()["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        return tree;
    }

    private static bool Same(JsonObject was, JsonObject now)
    {
        if (was.Count != now.Count)
        {
            return false;
        }

        foreach (var (name, value) in now)
        {
            if (!was.TryGetPropertyValue(name, out var before))
            {
                return false;
            }

            if (name == "metadata")
            {
                if (!SameMetadata((JsonObject)before!, (JsonObject)value!))
                {
                    return false;
                }
            }
            else if (!JsonNode.DeepEquals(before, value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameMetadata(JsonObject was, JsonObject now)
    {
        foreach (var (name, value) in now)
        {
            if (name is "resourceVersion" or "generation")
            {
                continue;
            }

            if (!JsonNode.DeepEquals(was[name], value))
            {
                // Times alone are no change of ownership.
                if (name == "managedFields" && SameOwners(was[name] as JsonArray, value as JsonArray))
                {
                    continue;
                }

                return false;
            }
        }

        return was.All(p => p.Value is null || now.ContainsKey(p.Key) || p.Key is "resourceVersion" or "generation");
    }

    private static bool SameOwners(JsonArray? was, JsonArray? now)
    {
        if (was?.Count != now?.Count || was is null || now is null)
        {
            return false;
        }

        return was.Zip(now).All(p => p.First is JsonObject a && p.Second is JsonObject b
            && JsonNode.DeepEquals(a["fieldsV1"], b["fieldsV1"]) && a.Text("manager") == b.Text("manager"));
    }

    private static bool SpecChanged(ResourceType type, JsonObject was, JsonObject now)
    {
        if (type.AnnotationsAreSpec && !JsonNode.DeepEquals(was.At("metadata", "annotations"), now.At("metadata", "annotations")))
        {
            return true;
        }

        if (!type.IsCustom)
        {
            return !JsonNode.DeepEquals(was["spec"], now["spec"]);
        }

        foreach (var name in was.Select(p => p.Key).Concat(now.Select(p => p.Key)).Distinct())
        {
            if (name is "metadata" or "apiVersion" or "kind" || (name == "status" && type.HasStatus))
            {
                continue;
            }

            if (!JsonNode.DeepEquals(was[name], now[name]))
            {
                return true;
            }
        }

        return false;
    }

    private static void KeepSystemFields(JsonObject old, JsonObject tree)
    {
        foreach (var own in (string[])["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "resourceVersion", "generateName", "namespace", "name"])
        {
            tree.Meta().Put(own, old.At("metadata", own)?.DeepClone());
        }

        if (tree.At("metadata", "managedFields") is not JsonArray)
        {
            tree.Meta().Put("managedFields", old.At("metadata", "managedFields")?.DeepClone());
        }

        tree["apiVersion"] = old.Text("apiVersion");
        tree["kind"] = old.Text("kind");
    }

    // What the door that was used does not let through stays as it was.
    private static void Restrict(ResourceType type, JsonObject old, JsonObject tree, WriteOptions options)
    {
        if (!type.HasStatus)
        {
            return;
        }

        if (options.Subresource == "status")
        {
            foreach (var name in old.Select(p => p.Key).Concat(tree.Select(p => p.Key)).Distinct().ToList())
            {
                if (name is not ("status" or "metadata" or "apiVersion" or "kind"))
                {
                    tree.Put(name, old[name]?.DeepClone());
                }
            }

            if (type.IsCustom)
            {
                foreach (var name in (string[])["labels", "annotations", "finalizers", "ownerReferences"])
                {
                    tree.Meta().Put(name, old.At("metadata", name)?.DeepClone());
                }
            }
        }
        else
        {
            tree.Put("status", old["status"]?.DeepClone());
        }
    }

    private static void Fill(ResourceType type, ServedVersion view, JsonObject tree, JsonObject? old, WriteOptions options)
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
        Empties.Drop(tree, type.IsCustom ? null : schema);
    }

    private static void Check(ResourceType type, ServedVersion view, JsonObject tree, JsonObject? old, FieldErrors errors)
    {
        if (type.IsCustom && (type.Storage.Schema ?? view.Schema) is { } schema)
        {
            Validation.Check(tree, schema, "", errors, old);
        }

        type.Validate?.Invoke(tree, old, errors);
    }

    private static void CheckFinalizers(JsonObject old, JsonObject tree, FieldErrors errors)
    {
        if (!old.IsTerminating())
        {
            return;
        }

        var added = Finalizers(tree).Except(Finalizers(old)).ToList();
        if (added.Count > 0)
        {
            errors.Forbidden(
                "metadata.finalizers",
                $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(f => $"\"{f}\""))}}}");
        }
    }

    private void Orphan(string uid)
    {
        foreach (var (type, dependent) in store.Dependents(uid))
        {
            Change(type, dependent, new WriteOptions("kube-controller-manager"), tree =>
            {
                var left = tree.Objects("metadata", "ownerReferences").Where(o => o.Text("uid") != uid).Select(o => (JsonNode)o.Copy()).ToArray();
                tree.Meta().Put("ownerReferences", left.Length == 0 ? null : new JsonArray(left));
            });
        }
    }

    private static List<string> Finalizers(JsonObject tree) =>
        [.. (tree.Items("metadata", "finalizers") ?? []).Select(f => f?.GetValue<string>() ?? "")];

    private static long Grace(JsonObject pod, DeleteOptions options)
    {
        var phase = pod.Text("status", "phase");
        if (pod.Text("spec", "nodeName") is null || phase is "Succeeded" or "Failed")
        {
            return 0;
        }

        return options.GraceSeconds ?? pod.Whole("spec", "terminationGracePeriodSeconds") ?? 30;
    }

    private ManagedFields.Author Author(ServedVersion view, WriteOptions options) =>
        new(options.Manager, options.Operation, view.ApiVersion, options.Subresource, clock.GetUtcNow());
}
