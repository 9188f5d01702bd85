using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;

namespace Ebb.Simulation.Api;

/// <summary>Maps a path and a method to a resource, a name and a verb.</summary>
internal sealed class Routes(Registry registry)
{
    /// <summary>Sets resource, name and verb of the call. False: no such path.</summary>
    /// <exception cref="Failure">
    /// 404: a known group without such a resource; 405: a method that the resource does not have.
    /// </exception>
    public bool Find(Call call)
    {
        var parts = call.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string group,
            version;
        ReadOnlySpan<string> rest;
        switch (parts)
        {
            case ["api", var v, _, ..]:
                (group, version) = ("", v);
                rest = parts.AsSpan(2);
                break;
            case ["apis", var g, var v, _, ..]:
                (group, version) = (g, v);
                rest = parts.AsSpan(3);
                break;
            default:
                return false;
        }

        string? ns = null;
        if (rest.Length >= 3 && rest[0] == "namespaces" && !(rest.Length == 3 && rest[2] is "status" or "finalize"))
        {
            ns = Uri.UnescapeDataString(rest[1]);
            rest = rest[2..];
        }

        (ApiResource Type, ServedVersion Version)? found;
        lock (registry.Store.SyncLock)
        {
            found = registry.Catalogue.ByPath(group, version, rest[0]);
        }

        if (found is null && (group.Length > 0 || version == "v1") && registry.Catalogue.Versions(group).Count > 0)
        {
            throw new Failure(404, "NotFound", "the server could not find the requested resource", []);
        }

        if (found is not { } resource || rest.Length > 3)
        {
            return false;
        }

        call.Type = resource.Type;
        call.Version = resource.Version;
        call.Name = rest.Length > 1 ? Uri.UnescapeDataString(rest[1]) : "";
        call.Subresource = rest.Length > 2 ? rest[2] : "";
        call.Namespace = call.Type.Namespaced ? ns : "";
        if (call.Type.Namespaced ? ns is null && call.Name.Length > 0 : ns is not null)
        {
            return false;
        }

        Subresource(call);
        call.Verb = Verb(call);
        return true;
    }

    private static void Subresource(Call call)
    {
        var there = call.Subresource switch
        {
            "" => true,
            "status" => call.Type.HasStatus,
            "scale" => call.Type.Scale is not null,
            var other => call.Type.OtherSubresources.Contains(other),
        };
        if (!there)
        {
            throw new Failure(404, "NotFound", "the server could not find the requested resource", []);
        }
    }

    private static string Verb(Call call)
    {
        var named = call.Name.Length > 0;
        return (call.Method, named) switch
        {
            ("GET" or "HEAD", false) => call.Asked("watch") ? "watch" : "list",
            ("GET" or "HEAD", true) => call.Asked("watch") ? "watch" : "get",
            ("POST", false) => call.Namespace is null ? throw Failure.MethodNotAllowed() : "create",
            ("POST", true) when call.Subresource is "eviction" or "token" => "create",
            ("PUT", true) => "update",
            ("PATCH", true) => "patch",
            ("DELETE", true) when call.Subresource.Length == 0 => "delete",
            ("DELETE", false) => "deletecollection",
            _ => throw Failure.MethodNotAllowed(),
        };
    }
}
