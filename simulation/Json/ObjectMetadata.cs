using System.Text.Json.Nodes;

namespace Ebb.Simulation.Json;

/// <summary>The metadata and conditions of any Kubernetes object.</summary>
internal static class ObjectMetadata
{
    public static JsonObject Meta(this JsonObject o) => o.Ensure("metadata");

    public static string Name(this JsonObject o) => o.Text("metadata", "name") ?? "";

    public static string Namespace(this JsonObject o) => o.Text("metadata", "namespace") ?? "";

    public static string Uid(this JsonObject o) => o.Text("metadata", "uid") ?? "";

    public static string Key(this JsonObject o) => o.Namespace() + "/" + o.Name();

    public static string Version(this JsonObject o) => o.Text("metadata", "resourceVersion") ?? "";

    public static bool IsTerminating(this JsonObject o) => o.At("metadata", "deletionTimestamp") is not null;

    public static string? Annotation(this JsonObject o, string name) => o.Text("metadata", "annotations", name);

    public static string? Label(this JsonObject o, string name) => o.Text("metadata", "labels", name);

    public static JsonObject? Owner(this JsonObject o) =>
        o.Objects("metadata", "ownerReferences").FirstOrDefault(r => r.Flag("controller") == true);

    public static JsonObject OwnerReference(this JsonObject owner) =>
        new()
        {
            ["apiVersion"] = owner.Text("apiVersion"),
            ["kind"] = owner.Text("kind"),
            ["name"] = owner.Name(),
            ["uid"] = owner.Uid(),
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        };

    public static JsonObject? Condition(this JsonObject o, string type) =>
        o.Objects("status", "conditions").FirstOrDefault(c => c.Text("type") == type);

    public static void RemoveCondition(this JsonObject o, string type)
    {
        if (o.Items("status", "conditions") is not { } conditions || o.Condition(type) is not { } old)
        {
            return;
        }

        conditions.Remove(old);
        if (conditions.Count == 0)
        {
            o.Object("status")!.Remove("conditions");
        }
    }

    /// <summary>
    /// Sets a condition of an object's status; the transition time changes only when the status does.
    /// </summary>
    public static void SetCondition(
        this JsonObject o,
        string type,
        string status,
        string reason,
        string message,
        DateTimeOffset now,
        bool withUpdateTime = false
    )
    {
        var conditions = o.Ensure("status")["conditions"] as JsonArray;
        if (conditions is null)
        {
            conditions = [];
            o.Ensure("status")["conditions"] = conditions;
        }

        var old = o.Condition(type);
        var changed = old?.Text("status") != status;
        if (old is not null && !changed && old.Text("reason") == reason && old.Text("message") == message)
        {
            return;
        }

        var made = new JsonObject { ["type"] = type, ["status"] = status };
        if (withUpdateTime)
        {
            made["lastUpdateTime"] = now.Stamp();
        }

        made["lastTransitionTime"] = changed ? now.Stamp() : old?.Text("lastTransitionTime") ?? now.Stamp();
        made["reason"] = reason;
        made["message"] = message;
        if (old is null)
        {
            conditions.Add(made);
        }
        else
        {
            conditions[conditions.IndexOf(old)] = made;
        }
    }
}
