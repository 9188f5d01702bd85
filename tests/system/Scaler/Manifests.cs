namespace Ebb.Tests.Scaler;

/// <summary>Small manifests, a line each.</summary>
internal static class Manifests
{
    public static string Node(string name, string cpu, string extra = "", string labels = "") =>
        $$"""
            apiVersion: v1
            kind: Node
            metadata: {name: {{name}}, labels: {kubernetes.io/hostname: {{name}}{{(
                labels.Length > 0 ? ", " + labels : ""
            )}}} }
            status: {capacity: {cpu: "{{cpu}}", memory: 256Gi, pods: "250"{{extra}} }, allocatable: {cpu: "{{cpu}}", memory: 256Gi, pods: "250"{{extra}} } }
            ---

            """;

    /// <summary>A pod without a node unless its spec names one; of app <c>suite</c> it is one of the miner's.</summary>
    public static string Pod(string name, string cpu, string app, string spec = "") =>
        $$"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: {{name}}
              namespace: shop
              labels: {app: {{app}}, pod-template-hash: h1}
              {{(
                app == "suite"
                    ? "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: miner-h1, uid: u, controller: true}]"
                    : ""
            )}}
            spec: { {{spec}} containers: [{name: c, image: x, resources: {requests: {cpu: "{{cpu}}"} } }]}
            ---

            """;

    public static string Deployment(string name, int replicas, string cpu = "1", string spec = "") =>
        $$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: {{name}}, namespace: shop }
            spec:
              replicas: {{replicas}}
              selector: {matchLabels: {app: {{name}} } }
              template:
                metadata: {labels: {app: {{name}} }, annotations: {simulation.ebb.dev/start-seconds: "1", simulation.ebb.dev/stop-seconds: "2"} }
                spec: { {{spec}} containers: [{name: c, image: example/c:1, resources: {requests: {cpu: "{{cpu}}" } } }]}
            ---

            """;

    public static string Schedule(
        string name,
        string start,
        string end,
        int min,
        string target = "kind: Deployment, name: queue"
    ) =>
        $$"""
            apiVersion: autoscaling.d-kuro.github.io/v1
            kind: Schedule
            metadata: {name: {{name}}, namespace: shop}
            spec:
              scaleTargetRef: { {{target}} }
              type: Daily
              timeZone: UTC
              startTime: "{{start}}"
              endTime: "{{end}}"
              minReplicas: {{min}}
            ---

            """;

    public static string Scaled(
        string name,
        string metadata,
        string type = "external",
        int polling = 1,
        int cooldown = 0,
        int max = 200,
        bool exact = true
    ) =>
        $$"""
            apiVersion: keda.sh/v1alpha1
            kind: ScaledObject
            metadata: {name: {{name}}, namespace: shop }
            spec:
              scaleTargetRef: {name: {{name}} }
              pollingInterval: {{polling}}
              cooldownPeriod: {{cooldown}}
              minReplicaCount: 0
              maxReplicaCount: {{max}}
              advanced:
                horizontalPodAutoscalerConfig:
                  behavior:
                    scaleUp: {stabilizationWindowSeconds: 0{{(
                exact ? ", tolerance: \"0\"" : ""
            )}}, policies: [{type: Pods, value: 1000, periodSeconds: 1}]}
                    scaleDown: {stabilizationWindowSeconds: 0{{(
                exact ? ", tolerance: \"0\"" : ""
            )}}, policies: [{type: Percent, value: 100, periodSeconds: 1}]}
              triggers:
              - type: {{type}}
                metadata: {scalerAddress: "SCALER", {{metadata}} }
            ---

            """;
}
