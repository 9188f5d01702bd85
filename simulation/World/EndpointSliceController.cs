using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>Keeps one EndpointSlice for each Service that selects pods, with each of those that has an address.</summary>
internal sealed class EndpointSliceController : Controller
{
    private const string ServiceName = "kubernetes.io/service-name";

    public override void Observe(Change change)
    {
        if (change.Type == ServiceResource.Type)
        {
            Enqueue(change.New.Tree.Key());
        }
        else if (change.Type == PodResource.Type)
        {
            foreach (
                var service in Store
                    .All(ServiceResource.Type, change.New.Tree.Namespace())
                    .Where(service => Selects(service.Tree, change.New.Tree))
            )
            {
                Enqueue(service.Tree.Key());
            }
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(ServiceResource.Type, key) is not { } service || service.Tree.Object("spec", "selector") is null)
        {
            return;
        }

        var endpoints = new JsonArray([
            .. Store
                .All(PodResource.Type, service.Tree.Namespace())
                .Where(pod => Selects(service.Tree, pod.Tree) && pod.Tree.Text("status", "podIP") is not null)
                .Where(pod => !PodResource.IsOver(pod.Tree))
                .Select(pod => new JsonObject
                {
                    ["addresses"] = new JsonArray(pod.Tree.Text("status", "podIP")),
                    ["conditions"] = new JsonObject
                    {
                        ["ready"] = PodResource.IsReady(pod.Tree) && !pod.Tree.IsTerminating(),
                    },
                }),
        ]);
        if (Find(EndpointSliceResource.Type, key) is not { } slice)
        {
            Create(EndpointSliceResource.Type, Made(service.Tree, endpoints));
        }
        else if (!JsonNode.DeepEquals(slice.Tree.Items("endpoints"), endpoints))
        {
            Change(EndpointSliceResource.Type, slice, tree => tree["endpoints"] = endpoints);
        }
    }

    private static bool Selects(JsonObject service, JsonObject pod) =>
        service.Object("spec", "selector") is { Count: > 0 } selector
        && selector.All(one => pod.Label(one.Key) == one.Value?.ToString());

    private static JsonObject Made(JsonObject service, JsonArray endpoints) =>
        new()
        {
            ["kind"] = "EndpointSlice",
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = service.Name(),
                ["namespace"] = service.Namespace(),
                ["labels"] = new JsonObject { [ServiceName] = service.Name() },
                ["ownerReferences"] = new JsonArray(service.OwnerReference()),
            },
            ["addressType"] = "IPv4",
            ["endpoints"] = endpoints,
        };
}
