using System.Text.Json.Nodes;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Marks;

namespace Ebb.Scaler.Http;

/// <summary>How much room there is for a trigger that follows spare capacity, and why, as JSON.</summary>
internal sealed class CapacityExplanation(ScalerCluster cluster, MarkStates marks)
{
    public JsonObject Of(Trigger trigger, CapacityNumbers numbers, IEnumerable<NodeCapacity>? nodes)
    {
        var resource = trigger.Metadata.Capacity!.Resource;
        var room = numbers.Figures;
        var (unmet, moreUnmet) = cluster.Unmet();
        var shown = new JsonObject
        {
            ["resource"] = resource,
            ["unit"] = resource switch
            {
                "cpu" => "cores",
                "memory" or "ephemeral-storage" => "bytes",
                _ => "pieces",
            },
            ["allocatable"] = Quantity.Words(resource, room.Allocatable),
            ["requestedByOthers"] = Quantity.Words(resource, room.Requested),
            ["pending"] = Quantity.Words(resource, room.Pending),
            ["reserve"] = Quantity.Words(resource, room.Reserve),
            ["remaining"] = Quantity.Words(resource, room.Remaining),
            ["perReplica"] = Quantity.Words(resource, room.PerReplica),
            ["harvested"] = Quantity.Words(resource, room.Held),
            ["givenBack"] = room.GivenBack,
            ["notDemand"] = new JsonArray([
                .. unmet.Select(one => (JsonNode)new JsonObject { ["pod"] = one.Pod, ["why"] = one.Why }),
            ]),
            ["moreNotDemand"] = moreUnmet,
            ["fits"] = room.Fits,
            ["quota"] = room.Quota,
            ["count"] = numbers.Growth.Count,
            ["pace"] = numbers.Growth.Reason,
            ["trusted"] = numbers.Trusted,
            ["eligibleNodes"] = room.Nodes,
        };
        if (trigger.Metadata.Capacity.MarksPods)
            shown["deletionCost"] = marks.Of(trigger.Namespace, trigger.Name);
        var (waiting, more) = cluster.Waiting();
        shown["waiting"] = new JsonArray([
            .. waiting.Select(one =>
                (JsonNode)
                    new JsonObject
                    {
                        ["pod"] = one.Pod,
                        ["nodes"] = new JsonArray([.. one.Nodes.Select(node => (JsonNode)node)]),
                        ["moreNodes"] = one.MoreNodes,
                    }
            ),
        ]);
        shown["moreWaiting"] = more;
        if (nodes?.ToList() is { } listed)
            shown["nodes"] = new JsonArray([
                .. listed.Zip(
                    trigger.ResourcesOn(listed.Select(node => node.Node)),
                    (node, resources) =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["name"] = node.Node,
                                ["refusal"] = node.Refusal,
                                ["whyNot"] = node.WhyNot,
                                ["resources"] = Resources(resources),
                                ["allocatable"] = Quantity.Words(resource, node.Allocatable),
                                ["requestedByOthers"] = Quantity.Words(resource, node.Requested),
                                ["pending"] = Quantity.Words(resource, node.Pending),
                                ["givenBack"] = node.GivenBack,
                                ["fits"] = node.Fits,
                            }
                ),
            ]);
        return shown;
    }

    private static JsonObject Resources(IEnumerable<ResourceOnNode> resources) =>
        new(
            resources.Select(one =>
                KeyValuePair.Create<string, JsonNode?>(
                    one.Resource,
                    new JsonObject
                    {
                        ["allocatable"] = Quantity.Words(one.Resource, one.Allocatable),
                        ["requestedByOthers"] = Quantity.Words(one.Resource, one.Requested),
                    }
                )
            )
        );
}
