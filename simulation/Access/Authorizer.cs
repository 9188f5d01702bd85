using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.Access;

/// <summary>Authenticates requests and authorizes them by the roles in the store.</summary>
internal sealed class Authorizer(ObjectStore store, bool enforce, bool checksOwners = false)
{
    public const string Admin = "simulation-admin";
    private const string Anonymous = "system:anonymous";
    private const string AccountPrefix = "system:serviceaccount:";

    private readonly string salt = Guid.NewGuid().ToString("N")[..12];

    public string AdminToken => "admin-" + salt;

    /// <summary>
    /// A token that names a service account. It is not a secret, since the server listens on loopback only.
    /// </summary>
    public string TokenFor(string ns, string name) => $"sa.{ns}.{name}.{salt}";

    /// <exception cref="Failure">401: an unknown token.</exception>
    public string Authenticate(string authorization)
    {
        if (!enforce)
        {
            return Admin;
        }

        if (!authorization.StartsWith("Bearer ", StringComparison.Ordinal) || authorization.Length == "Bearer ".Length)
        {
            return Anonymous;
        }

        var token = authorization["Bearer ".Length..].Trim();
        if (token == AdminToken)
        {
            return Admin;
        }

        var parts = token.Split('.');
        if (parts is ["sa", var ns, .., var end] && end == salt)
        {
            return $"{AccountPrefix}{ns}:{string.Join('.', parts[2..^1])}";
        }

        throw new Failure(401, "Unauthorized", "Unauthorized");
    }

    /// <exception cref="Failure">403, with the real server's message.</exception>
    public void Check(Call call)
    {
        var resource = call.Subresource.Length == 0 ? call.Type.Plural : call.Type.Plural + "/" + call.Subresource;
        if (Allows(call.User, call.Verb, call.Version.Group, resource, call.Namespace, call.Name))
        {
            return;
        }

        var where = !string.IsNullOrEmpty(call.Namespace)
            ? $"in the namespace \"{call.Namespace}\""
            : "at the cluster scope";
        var what = call.Version.Group.Length == 0 ? call.Type.Plural : call.Type.Plural + "." + call.Version.Group;
        var named = call.Name.Length > 0 ? $"{what} \"{call.Name}\"" : what;
        throw new Failure(
            403,
            "Forbidden",
            $"{named} is forbidden: User \"{call.User}\" cannot {call.Verb} resource \"{resource}\" in API "
                + $"group \"{call.Version.Group}\" {where}",
            Failure.Details(call.Name, call.Version.Group, call.Type.Plural)
        )
        {
            AtTheDoor = true,
        };
    }

    /// <summary>What the check of owners asks; null: they are not checked.</summary>
    public Func<string, bool>? MayDelete(Call call) =>
        checksOwners
            ? name => Allows(call.User, "delete", call.Version.Group, call.Type.Plural, call.Namespace, name)
            : null;

    public bool Allows(string user, string verb, string group, string resource, string? ns, string name) =>
        Why(user, verb, group, resource, ns, name) is not null;

    /// <summary>The RBAC reason why it is allowed; empty for an administrator. Null: it is not allowed.</summary>
    public string? Why(string user, string verb, string group, string resource, string? ns, string name)
    {
        if (!enforce || user == Admin)
        {
            return "";
        }

        foreach (var binding in Bindings(user, ns))
        {
            if (Permits(Role(binding, binding.Namespace()), verb, group, resource, name))
            {
                var (kind, where) = binding.Namespace() is { Length: > 0 } home
                    ? ("RoleBinding", "/" + home)
                    : ("ClusterRoleBinding", "");
                return $"RBAC: allowed by {kind} \"{binding.Name()}{where}\" of {binding.Text("roleRef", "kind")} \"{binding.Text("roleRef", "name")}\" to {Subject(binding, user)}";
            }
        }

        return null;
    }

    /// <summary>Every rule that holds for a user in a namespace; everything for an administrator.</summary>
    public IEnumerable<JsonObject> Rules(string user, string ns) =>
        !enforce || user == Admin
            ?
            [
                new JsonObject
                {
                    ["verbs"] = new JsonArray("*"),
                    ["apiGroups"] = new JsonArray("*"),
                    ["resources"] = new JsonArray("*"),
                },
                new JsonObject { ["verbs"] = new JsonArray("*"), ["nonResourceURLs"] = new JsonArray("*") },
            ]
            : Bindings(user, ns).SelectMany(b => Role(b, b.Namespace()).Objects("rules"));

    private IEnumerable<JsonObject> Bindings(string user, string? ns) =>
        store
            .All(Rbac.ClusterRoleBinding)
            .Concat(string.IsNullOrEmpty(ns) ? [] : store.All(Rbac.RoleBinding, ns))
            .Select(b => b.Tree)
            .Where(b => Binds(b, user));

    private static string Subject(JsonObject binding, string user)
    {
        var subject = binding.Objects("subjects").First(s => Means(s, binding, user));
        var name = subject.Text("name");
        return subject.Text("kind") == "ServiceAccount"
            ? $"ServiceAccount \"{name}/{subject.Text("namespace") ?? binding.Namespace()}\""
            : $"{subject.Text("kind")} \"{name}\"";
    }

    private JsonObject? Role(JsonObject binding, string ns)
    {
        var name = binding.Text("roleRef", "name") ?? "";
        return binding.Text("roleRef", "kind") == "Role"
            ? store.Find(Rbac.Role, ns, name)?.Tree
            : store.Find(Rbac.ClusterRole, "", name)?.Tree;
    }

    private static bool Binds(JsonObject binding, string user) =>
        binding.Objects("subjects").Any(s => Means(s, binding, user));

    private static bool Means(JsonObject s, JsonObject binding, string user) =>
        s.Text("kind") switch
        {
            "ServiceAccount" => user == $"{AccountPrefix}{s.Text("namespace") ?? binding.Namespace()}:{s.Text("name")}",
            "User" => user == s.Text("name"),
            "Group" => s.Text("name") switch
            {
                "system:serviceaccounts" => user.StartsWith(AccountPrefix, StringComparison.Ordinal),
                "system:authenticated" => user != Anonymous,
                var group => group is not null
                    && group.StartsWith("system:serviceaccounts:", StringComparison.Ordinal)
                    && user.StartsWith(
                        $"{AccountPrefix}{group["system:serviceaccounts:".Length..]}:",
                        StringComparison.Ordinal
                    ),
            },
            _ => false,
        };

    private static bool Permits(JsonObject? role, string verb, string group, string resource, string name) =>
        role.Objects("rules")
            .Any(rule =>
                Has(rule, "verbs", verb)
                && Has(rule, "apiGroups", group)
                && (
                    Has(rule, "resources", resource)
                    || (
                        resource.Contains('/', StringComparison.Ordinal)
                        && Has(rule, "resources", "*/" + resource.Split('/')[1])
                    )
                )
                && (rule.Items("resourceNames") is not { Count: > 0 } names || names.Any(n => n?.ToString() == name))
            );

    private static bool Has(JsonObject rule, string field, string wanted) =>
        rule.Items(field)?.Any(v => v?.ToString() is { } value && (value == "*" || value == wanted)) ?? false;
}
