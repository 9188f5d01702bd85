using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;
using Ebb.Simulation.World;

namespace Ebb.Simulation.Rules;

/// <summary>
/// What the API server's plugins make of a pod that is created: its priority, what LimitRanges fill in, what its
/// RuntimeClass adds, and whether ResourceQuotas of its namespace allow it.
/// </summary>
internal static class PodAdmission
{
    /// <exception cref="Failure">
    /// 403: there is no such PriorityClass or RuntimeClass, it contradicts the pod, or a quota is exceeded.
    /// </exception>
    public static void Admit(ObjectStore store, JsonObject pod, string ns, string name)
    {
        var spec = pod.Ensure("spec");
        Priority(store, spec, name);
        Runtime(store, spec, name);
        foreach (var range in store.All(LimitRangeResource.Type, ns))
        {
            foreach (var item in range.Tree.Objects("spec", "limits").Where(i => i.Text("type") == "Container"))
            {
                foreach (var container in spec.Objects("containers").Concat(spec.Objects("initContainers")))
                {
                    FillIn(container, "requests", item.Object("defaultRequest"));
                    FillIn(container, "limits", item.Object("default"));
                }
            }
        }

        foreach (var quota in store.All(ResourceQuotaResource.Type, ns))
        {
            Check(store, quota.Tree, pod, ns, name);
        }
    }

    private static void Priority(ObjectStore store, JsonObject spec, string name)
    {
        if (spec.Text("priorityClassName") is not { Length: > 0 } named)
        {
            return;
        }

        // The classes of the system are always there.
        if (named is "system-node-critical" or "system-cluster-critical")
        {
            spec["priority"] = named == "system-node-critical" ? 2000001000 : 2000000000;
            return;
        }

        var found =
            store.Find(PriorityClassResource.Type, "", named)
            ?? throw Forbidden(name, $"no PriorityClass with name {named} was found");
        spec["priority"] = found.Tree.Whole("value") ?? 0;
        spec["preemptionPolicy"] = found.Tree.Text("preemptionPolicy");
    }

    private static void Runtime(ObjectStore store, JsonObject spec, string name)
    {
        var given = spec.Object("overhead");
        if (spec.Text("runtimeClassName") is not { Length: > 0 } named)
        {
            if (given is { Count: > 0 })
            {
                throw Rejected(name, "Pod Overhead set without corresponding RuntimeClass defined Overhead");
            }

            return;
        }

        var found =
            store.Find(RuntimeClassResource.Type, "", named)?.Tree
            ?? throw Rejected(name, $"RuntimeClass \"{named}\" not found");
        var overhead = found.Object("overhead", "podFixed");
        if (given is { Count: > 0 } && !IsSame(given, overhead))
        {
            throw Rejected(
                name,
                overhead is null
                    ? "Pod Overhead set without corresponding RuntimeClass defined Overhead"
                    : "Pod's Overhead doesn't match RuntimeClass's defined Overhead"
            );
        }

        if (overhead is not null)
        {
            spec["overhead"] = overhead.Copy();
        }

        foreach (var (label, value) in found.Object("scheduling", "nodeSelector") ?? [])
        {
            var selector = spec.Ensure("nodeSelector");
            if (selector.Text(label) is { } other && other != (string?)value)
            {
                throw Rejected(
                    name,
                    $"conflict: runtimeClass.scheduling.nodeSelector[{label}] = {value}; "
                        + $"pod.spec.nodeSelector[{label}] = {other}"
                );
            }

            selector[label] = value?.DeepClone();
        }

        foreach (var toleration in found.Objects("scheduling", "tolerations"))
        {
            if (spec["tolerations"] is not JsonArray)
            {
                spec["tolerations"] = new JsonArray();
            }

            spec["tolerations"]!.AsArray().Add(toleration.Copy());
        }
    }

    private static bool IsSame(JsonObject given, JsonObject? overhead) =>
        overhead?.Count == given.Count
        && given.All(one => ResourceQuantity.Read(one.Value) == ResourceQuantity.Read(overhead[one.Key]));

    private static Failure Rejected(string name, string why) => Forbidden(name, $"pod rejected: {why}");

    private static void FillIn(JsonObject container, string what, JsonObject? defaults)
    {
        foreach (var (resource, value) in defaults ?? [])
        {
            container.Ensure("resources", what).TryAdd(resource, value?.DeepClone());
        }
    }

    private static void Check(ObjectStore store, JsonObject quota, JsonObject pod, string ns, string name)
    {
        // Quotas with scopes are not enforced here.
        if (quota.Items("spec", "scopes") is { Count: > 0 } || quota.Object("spec", "scopeSelector") is not null)
        {
            return;
        }

        foreach (var (what, hard) in quota.Object("spec", "hard") ?? [])
        {
            var resource =
                what is "pods" or "count/pods" ? "pods"
                : what is "cpu" or "memory" ? what
                : what.StartsWith("requests.", StringComparison.Ordinal) && what != "requests.storage"
                    ? what["requests.".Length..]
                : null;
            if (resource is null)
            {
                continue;
            }

            var asked = PodSums.Of(pod).GetValueOrDefault(resource);
            var used = store
                .All(PodResource.Type, ns)
                .Where(other => !PodResource.IsOver(other.Tree))
                .Sum(other => PodSums.Of(other.Tree).GetValueOrDefault(resource));
            if (asked > 0 && used + asked > (ResourceQuantity.Read(hard) ?? 0) + 1e-9)
            {
                throw Forbidden(
                    name,
                    $"exceeded quota: {quota.Name()}, requested: {what}={asked}, used: {what}={used}, limited: {what}={hard}"
                );
            }
        }
    }

    private static Failure Forbidden(string name, string why) =>
        new(403, "Forbidden", $"pods \"{name}\" is forbidden: {why}", Failure.Details(name, "", "pods"));
}
