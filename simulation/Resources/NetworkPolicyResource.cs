using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

/// <summary>Served and stored; nothing here keeps one pod from another.</summary>
internal static class NetworkPolicyResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "networking.k8s.io",
            Plural = "networkpolicies",
            Singular = "networkpolicy",
            Kind = "NetworkPolicy",
            ShortNames = ["netpol"],
            HasGeneration = true,
            Served = [new ServedVersion("networking.k8s.io", "v1") { Schema = BuiltInSchemas.Of("NetworkPolicy") }],
            Prepare = (o, _) =>
            {
                var spec = o.Ensure("spec");
                spec["podSelector"] ??= new JsonObject();
                if (spec.Items("policyTypes") is null or { Count: 0 })
                {
                    spec["policyTypes"] = spec.Items("egress") is { Count: > 0 }
                        ? new JsonArray("Ingress", "Egress")
                        : new JsonArray("Ingress");
                }
            },
            Validate = (o, _, errors) =>
            {
                foreach (var type in o.Items("spec", "policyTypes") ?? [])
                {
                    if (type?.ToString() is not ("Ingress" or "Egress"))
                    {
                        errors.Unsupported("spec.policyTypes", type, ["Egress", "Ingress"]);
                    }
                }
            },
            Columns =
            [
                TableCells.Name,
                new("Pod-Selector", "string", 0, (o, _) => Selected(o.Object("spec", "podSelector", "matchLabels"))),
                TableCells.Age,
            ],
        };

    private static string Selected(JsonObject? labels) =>
        labels is null or { Count: 0 } ? "<none>" : string.Join(",", labels.Select(l => $"{l.Key}={l.Value}"));
}
