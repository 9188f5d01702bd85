using System.Text.Json.Nodes;

namespace Ebb.Simulation.Resources;

/// <summary>
/// The fields without omitempty, which Go writes of a built-in object in which nothing is set. A bookmark is such an
/// object.
/// </summary>
internal static class GoZeroValues
{
    private const string Template = """{"metadata":{},"spec":{"containers":null}}""";

    private static readonly JsonObject Nothing = [];

    private static readonly Dictionary<string, JsonObject> All = new(StringComparer.Ordinal)
    {
        ["v1 Event"] = Read(
            """
            {"involvedObject":{},"source":{},"firstTimestamp":null,"lastTimestamp":null,"eventTime":null,
             "reportingComponent":"","reportingInstance":""}
            """
        ),
        ["events.k8s.io/v1 Event"] = Read(
            """
            {"eventTime":null,"regarding":{},"deprecatedSource":{},"deprecatedFirstTimestamp":null,
             "deprecatedLastTimestamp":null}
            """
        ),
        ["v1 Pod"] = Read("""{"spec":{"containers":null},"status":{}}"""),
        ["v1 Namespace"] = Read("""{"spec":{},"status":{}}"""),
        ["v1 PersistentVolumeClaim"] = Read("""{"spec":{"resources":{}},"status":{}}"""),
        ["v1 Service"] = Read("""{"spec":{},"status":{"loadBalancer":{}}}"""),
        ["v1 Node"] = Read(
            """
            {"spec":{},"status":{"daemonEndpoints":{"kubeletEndpoint":{"Port":0}},"nodeInfo":{"machineID":"",
             "systemUUID":"","bootID":"","kernelVersion":"",
            "osImage":"","containerRuntimeVersion":"","kubeletVersion":"","kubeProxyVersion":"","operatingSystem":"",
             "architecture":""}}}
            """
        ),
        ["apps/v1 Deployment"] = Read(
            $$$$$"""{"spec":{"replicas":0,"selector":null,"template":{{{{{Template}}}}},"strategy":{}},"status":{}}"""
        ),
        ["apps/v1 ReplicaSet"] = Read(
            $$$$$"""{"spec":{"replicas":0,"selector":null,"template":{{{{{Template}}}}}},"status":{"replicas":0}}"""
        ),
        ["apps/v1 StatefulSet"] = Read(
            $$$$$"""
            {"spec":{"replicas":0,"selector":null,"template":{{{{{Template}}}}},"serviceName":"","updateStrategy":{}},
             "status":{"replicas":0,"availableReplicas":0}}
            """
        ),
        ["batch/v1 Job"] = Read($$$$$"""{"spec":{"template":{{{{{Template}}}}}},"status":{}}"""),
        ["batch/v1 CronJob"] = Read(
            $$$$$"""
            {"spec":{"schedule":"","jobTemplate":{"metadata":{},"spec":{"template":{{{{{Template}}}}}}}},"status":{}}
            """
        ),
        ["autoscaling/v2 HorizontalPodAutoscaler"] = Read(
            """
            {"spec":{"scaleTargetRef":{"kind":"","name":""},"maxReplicas":0},"status":{"desiredReplicas":0,
             "currentMetrics":null}}
            """
        ),
        ["autoscaling/v1 HorizontalPodAutoscaler"] = Read(
            """
            {"spec":{"scaleTargetRef":{"kind":"","name":""},"maxReplicas":0},"status":{"currentReplicas":0,
             "desiredReplicas":0}}
            """
        ),
        ["networking.k8s.io/v1 NetworkPolicy"] = Read("""{"spec":{"podSelector":{}}}"""),
        ["coordination.k8s.io/v1 Lease"] = Read("""{"spec":{}}"""),
        ["policy/v1 PodDisruptionBudget"] = Read(
            """{"spec":{},"status":{"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0}}"""
        ),
        ["apiextensions.k8s.io/v1 CustomResourceDefinition"] = Read(
            """
            {"spec":{"group":"","names":{"plural":"","kind":""},"scope":"","versions":null},
             "status":{"conditions":null,"acceptedNames":{"plural":"","kind":""},"storedVersions":null}}
            """
        ),
    };

    /// <summary>Empty for custom resources, and for what has no such fields.</summary>
    public static JsonObject Of(string apiVersion, string kind) =>
        All.GetValueOrDefault(apiVersion + " " + kind, Nothing);

    private static JsonObject Read(string json) => JsonNode.Parse(json)!.AsObject();
}
