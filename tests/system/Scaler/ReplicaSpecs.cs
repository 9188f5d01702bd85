using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Kubernetes.Capacity;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>What a template and running pods say of a replica, as the scaler reads it from the API server.</summary>
public sealed class ReplicaSpecs
{
    private const string Follows = "follow: capacity, resource: cpu, growStep: \"100%\", growPeriod: 1s";

    // Three nodes of 16 cores, the third with a taint.
    internal static readonly string Nodes =
        Node("n1", "16", labels: "zone: a")
        + Node("n2", "16", labels: "zone: b")
        + """
            apiVersion: v1
            kind: Node
            metadata: {name: n3, labels: {zone: c, kubernetes.io/hostname: n3}}
            spec: {taints: [{key: sla, value: "950", effect: NoSchedule}]}
            status: {allocatable: {cpu: "16", memory: 64Gi, pods: "110"}}
            ---

            """;

    internal static string Miner(string spec = "", string container = "") =>
        $$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: miner, namespace: shop}
            spec:
              replicas: 0
              selector: {matchLabels: {app: suite} }
              template:
                metadata: {labels: {app: suite, role: batch} }
                spec: { {{spec}} containers: [{name: c, image: x, resources: {requests: {cpu: "1"} } {{container}} }]}
            ---

            """;

    private const string Kata = """
        apiVersion: node.k8s.io/v1
        kind: RuntimeClass
        metadata: {name: kata}
        handler: kata
        overhead: {podFixed: {cpu: "1"}}
        ---

        """;

    private static string Pod(string name, string spec) =>
        $$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: {{name}}, namespace: shop, labels: {app: suite, pod-template-hash: h1} }
            spec: { {{spec}} }
            ---

            """;

    internal static string Paused(string metadata = Follows) =>
        Scaled("miner", metadata)
            .Replace(
                "namespace: shop }",
                "namespace: shop, annotations: {autoscaling.keda.sh/paused: \"true\"} }",
                StringComparison.Ordinal
            );

    internal static async Task ShowsAsync(ScalerWorld all, string what, Func<JsonNode, bool> shows)
    {
        var last = "nothing";
        await ScalerWorld.UntilAsync(
            () =>
            {
                using var answer = all.Http.Send(new HttpRequestMessage(HttpMethod.Get, "/explain/shop/miner"));
                using var text = new StreamReader(answer.Content.ReadAsStream());
                last = text.ReadToEnd();
                return answer.IsSuccessStatusCode && shows(JsonNode.Parse(last)!["triggers"]![0]!);
            },
            what,
            () => last
        );
    }

    internal static Task FitsAsync(ScalerWorld all, int fits) =>
        ShowsAsync(all, $"{fits} fit", shown => (int?)shown["capacity"]?["fits"] == fits);

    internal static Task SaysAsync(ScalerWorld all, string key, params string[] words) =>
        ShowsAsync(
            all,
            string.Join(" and ", words),
            shown => words.All(word => ((string?)shown[key])?.Contains(word, StringComparison.Ordinal) == true)
        );

    [LongTheory]
    [InlineData("", "", 32)]
    [InlineData("", ", ports: [{containerPort: 9100, hostPort: 9100}]", 2)]
    [InlineData("hostNetwork: true,", ", ports: [{containerPort: 9100}]", 2)]
    [InlineData("nodeName: n1,", "", 16)]
    [InlineData("nodeName: n3,", "", 16)]
    [InlineData("tolerations: [{key: sla, operator: Gt, value: \"900\", effect: NoSchedule}],", "", 48)]
    [InlineData("tolerations: [{key: sla, operator: Gt, value: \"950\", effect: NoSchedule}],", "", 32)]
    [InlineData(
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
            + "[{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: suite}}}]}},",
        "",
        2
    )]
    [InlineData(
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, "
            + "nodeTaintsPolicy: Honor, labelSelector: {matchLabels: {app: suite}}}],",
        "",
        32
    )]
    [InlineData(
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, nodeTaintsPolicy: Ignore}],",
        "",
        32
    )]
    [InlineData(
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, "
            + "labelSelector: {matchLabels: {app: other}}}],",
        "",
        32
    )]
    [InlineData(
        "initContainers: [{name: side, image: x, restartPolicy: Always, resources: {requests: {cpu: \"1\"}}}],",
        "",
        16
    )]
    [InlineData("resources: {requests: {cpu: \"4\"}},", "", 8)]
    public async Task A_template_is_counted(string spec, string container, int fits)
    {
        await using var all = await ScalerWorld.StartAsync(Nodes + Miner(spec, container) + Paused());
        await FitsAsync(all, fits);
    }

    [Theory]
    [InlineData("resourceClaims: [{name: gpu, resourceClaimTemplateName: one-gpu}],", "resourceClaims (gpu)")]
    [InlineData(
        "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {}}]}},",
        "podAffinity"
    )]
    [InlineData(
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {}}]}},",
        "podAntiAffinity by zone"
    )]
    public async Task What_cannot_be_counted_is_refused_by_name(string spec, string named)
    {
        await using var all = await ScalerWorld.StartAsync(Nodes + Miner(spec) + Paused());
        await SaysAsync(all, "invalid", "cannot count: ", named);
    }

    [Fact]
    public async Task Node_selectors_that_contradict_each_other_are_refused_by_name()
    {
        await using var all = await ScalerWorld.StartAsync(
            Nodes + Miner("nodeSelector: {zone: c},") + Paused(Follows + ", nodeSelector: zone=a")
        );
        await SaysAsync(all, "invalid", "nodeSelector: expected zone=c");
    }

    [Fact]
    public async Task A_paying_Deployment_whose_pods_match_the_selector_is_not_its_own()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("n1", "16")
                + Miner()
                + """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: paying, namespace: shop}
                spec:
                  replicas: 5
                  selector: {matchLabels: {app: suite, role: web}}
                  template:
                    metadata: {labels: {app: suite, role: web}}
                    spec: {containers: [{name: c, image: x, resources: {requests: {cpu: "2"}}}]}
                ---

                """
                + Paused()
        );
        await all.StepAsync(5);
        await FitsAsync(all, 6);
    }

    [Fact]
    public async Task A_pod_without_a_controller_that_matches_the_selector_is_not_its_own()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("n1", "16")
                + Miner()
                + Pod("bare", "nodeName: n1, containers: [{name: c, image: x, resources: {requests: {cpu: \"10\"}}}]")
                    .Replace(", pod-template-hash: h1", "", StringComparison.Ordinal)
                + Paused()
        );
        await ShowsAsync(
            all,
            "10 of others, and 6 fit",
            shown =>
                (int?)shown["capacity"]?["fits"] == 6
                && (string?)shown["capacity"]!["requestedByOthers"] == "10"
                && (string?)shown["capacity"]!["perReplica"] == "1"
        );
    }

    [LongTheory]
    [InlineData("kubernetes.io/hostname", "suite", 16 + 15)]
    [InlineData("zone", "suite", 15)]
    [InlineData("zone", "other", 16 + 16 + 15)]
    public async Task A_running_pod_that_repels_it_closes_its_node_or_its_zone(string key, string app, int fits)
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("n1", "16", labels: "zone: a")
                + Node("n2", "16", labels: "zone: a")
                + Node("n3", "16", labels: "zone: b")
                + Miner()
                + Pod(
                        "shy",
                        "nodeName: n1, affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
                            + $"[{{topologyKey: {key}, labelSelector: {{matchLabels: {{app: {app}}}}}}}]}}}}, "
                            + "containers: [{name: c, image: x}]"
                    )
                    .Replace("app: suite, pod-template-hash: h1", "app: shy", StringComparison.Ordinal)
                + Pod("web", "nodeName: n3, containers: [{name: c, image: x, resources: {requests: {cpu: \"1\"}}}]")
                    .Replace("app: suite, pod-template-hash: h1", "app: web", StringComparison.Ordinal)
                + Paused()
        );
        await FitsAsync(all, fits);
    }

    [Fact]
    public async Task Its_own_pods_are_and_only_those_on_nodes_are_harvested()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("n1", "8") + Miner().Replace("replicas: 0", "replicas: 16", StringComparison.Ordinal) + Paused()
        );
        await all.StepAsync(5);
        await ShowsAsync(
            all,
            "8 of 8 cores",
            shown =>
                (int?)shown["capacity"]?["fits"] == 8
                && (string?)shown["capacity"]!["harvested"] == "8"
                && (string?)shown["capacity"]!["requestedByOthers"] == "0"
        );
    }

    [LongFact]
    public async Task The_overhead_of_a_RuntimeClass_counts_before_any_pod_runs_and_the_pods_then_fit()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("n1", "16") + Kata + Miner("runtimeClassName: kata,") + Paused()
        );
        await FitsAsync(all, 8);
        all.World.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            "miner",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 9 } }
        );
        await all.StepAsync(60);
        var pods = all.World.Cluster.Store.List("pods", "shop");
        Assert.Equal((9, 8), (pods.Count, pods.Count(pod => pod["spec"]!["nodeName"] is not null)));
    }

    [LongTheory]
    // A size that is set says nothing of the other resources, and pods that run are not looked at then.
    [InlineData("perReplica: \"1\"", false)]
    [InlineData("growStep: \"100%\"", true)]
    public async Task The_overhead_of_a_RuntimeClass_that_cannot_be_read_is_seen_on_running_pods_and_else_named(
        string size,
        bool isSeen
    )
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("n1", "16")
                + Kata
                + Miner("runtimeClassName: kata,")
                + Pod(
                    "m1",
                    "runtimeClassName: kata, nodeName: n1, containers: [{name: c, image: x, resources: {requests: {cpu: \"1\"}}}]"
                )
        );
        all.World.Cluster.Faults.Add(
            request => request.Path.EndsWith("/runtimeclasses", StringComparison.Ordinal),
            new Fault.ErrorStatus(403, Message: "no"),
            int.MaxValue
        );
        await all.World.Cluster.ApplyManifestAsync(Paused($"follow: capacity, resource: cpu, {size}"));
        if (isSeen)
        {
            await FitsAsync(all, 8);
            all.World.Cluster.Store.Delete("pods", "shop", "m1");
            await all.StepAsync(60);
        }

        await SaysAsync(all, "unknown", "RuntimeClass kata");
    }

    [Theory]
    [InlineData("Infeasible", 10, 2, 2, 2000)]
    [InlineData("Deferred", 10, 2, 2, 10_000)]
    [InlineData("Deferred", 1, 4, 3, 4000)]
    [InlineData("Deferred", 1, 1, 3, 3000)]
    [InlineData("Infeasible", 1, 4, 4, 4000)]
    public void A_pod_that_is_resized_takes_the_greatest_and_what_it_has_where_the_resize_can_never_be(
        string reason,
        int desired,
        int allocated,
        int actual,
        long millicores
    )
    {
        var pod = JsonSerializer.Deserialize(
            $$$$"""
            {"metadata": {"name": "db", "namespace": "shop", "uid": "u", "resourceVersion": "1"},
             "spec": {"nodeName": "n1", "containers": [{"name": "c", "resources": {"requests": {"cpu": "{{{{desired}}}}"} } }]},
             "status": {"phase": "Running",
               "conditions": [{"type": "Ready", "status": "True"}, {"type": "PodResizePending", "status": "True", "reason": "{{{{reason}}}}"}],
               "containerStatuses": [{"name": "c", "allocatedResources": {"cpu": "{{{{allocated}}}}"},
                 "resources": {"requests": {"cpu": "{{{{actual}}}}"} } }]}}
            """,
            CapacityKindsJson.Default.CapacityPod
        );
        Assert.Equal(millicores, pod!.Facts!.Requests.Of(ScalerCluster.ResourceId("cpu")));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("scalingModifiers: {formula: \"clock > 0 ? clock : 0\", target: \"1\"},", 0)]
    public async Task Only_a_formula_is_told_zero_as_a_metric(string advanced, int metric)
    {
        await using var all = await ScalerWorld.StartAsync(
            Nodes
                + Miner()
                + Scaled(
                        "miner",
                        "follow: schedule, timezone: UTC, start: \"01:00\", end: \"02:00\", desiredReplicas: \"3\""
                    )
                    .Replace(
                        "advanced:\n",
                        advanced.Length == 0 ? "advanced:\n" : $"advanced:\n    {advanced.TrimEnd(',')}\n",
                        StringComparison.Ordinal
                    )
        );
        var question = all.Question("shop", "miner");
        await ShowsAsync(all, "an answer", shown => (int?)shown["replicas"] == 0);
        Assert.Equal(
            metric,
            await all.Keda.GetMetrics(question, "ebb-replicas", TestContext.Current.CancellationToken)
        );
        Assert.False(await all.Keda.IsActive(question, TestContext.Current.CancellationToken));
    }
}
