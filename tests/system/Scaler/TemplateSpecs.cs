using Ebb.Tests.Harness;
using static Ebb.Tests.Scaler.Manifests;
using static Ebb.Tests.Scaler.ReplicaSpecs;

namespace Ebb.Tests.Scaler;

/// <summary>Targets whose pod template is somewhere else, or nowhere.</summary>
public sealed class TemplateSpecs
{
    private static readonly string Labelled =
        Node("n1", "16")
        + Node("n2", "4", labels: "w: r")
        + Node("n3", "16")
        + Kind("rollouts", "argoproj.io", "Rollout");

    private static string Kind(string plural, string group, string kind, string status = "") =>
        $$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: {{plural}}.{{group}} }
            spec:
              group: {{group}}
              scope: Namespaced
              names: {plural: {{plural}}, singular: {{kind.ToLowerInvariant()}}, kind: {{kind}}, listKind: {{kind}}List}
              versions:
              - name: v1alpha1
                served: true
                storage: true
                subresources: { {{status}}scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas} }
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} }
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: {{plural}} }
            rules:
              - {apiGroups: [{{group}}], resources: [{{plural}}], verbs: [list, watch]}
              - {apiGroups: [apps], resources: [replicasets], verbs: [list, watch]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: {{plural}} }
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{plural}} }
            subjects: [{kind: ServiceAccount, name: ebb-scaler, namespace: ebb-system}]
            ---

            """;

    private static string Rollout(string spec) =>
        $$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: miner, namespace: shop}
            spec: {replicas: 0, {{spec}} }
            ---

            """;

    private static string Scales(string kind, string metadata = "follow: capacity, perReplica: \"2\"") =>
        Paused(metadata)
            .Replace(
                "{name: miner }",
                $"{{name: miner, kind: {kind}, apiVersion: argoproj.io/v1alpha1 }}",
                StringComparison.Ordinal
            );

    [Theory]
    [InlineData("follow: capacity, perReplica: \"2\"", 2)]
    [InlineData("follow: capacity", 4)]
    public async Task A_Rollout_takes_the_template_of_the_Deployment_that_it_refers_to(string metadata, int fits)
    {
        await using var all = await ScalerWorld.StartAsync(
            Labelled
                + Deployment("web", 0, spec: "nodeSelector: {w: r},")
                + Rollout("workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}")
                + Scales("Rollout", metadata)
        );
        await FitsAsync(all, fits);
        // Its template is followed.
        all.World.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            "web",
            new()
            {
                ["spec"] = System.Text.Json.Nodes.JsonNode.Parse(
                    """{"template": {"spec": {"nodeSelector": {"w": null, "kubernetes.io/hostname": "n1"}}}}"""
                ),
            }
        );
        await FitsAsync(all, 4 * fits);
    }

    [LongTheory]
    [InlineData(
        "workloadRef: {apiVersion: apps/v1, kind: Deployment, name: no}",
        "workloadRef Deployment shop/no, which does not exist,"
    )]
    [InlineData("workloadRef: {apiVersion: apps/v1, kind: StatefulSet, name: web}", "workloadRef of kind StatefulSet")]
    [InlineData("workloadRef: web", "has no pod template, and the trigger no perReplica")]
    public async Task A_Rollout_without_a_template_is_refused_by_name(string spec, string words)
    {
        await using var all = await ScalerWorld.StartAsync(
            Labelled + Rollout(spec) + Scales("Rollout", "follow: capacity")
        );
        await SaysAsync(all, "invalid", "cannot count: ", words);
    }

    [Fact]
    public async Task A_kind_without_a_template_is_counted_by_its_scale_s_selector_and_perReplica()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("n1", "16")
                + Kind("suites", "argoproj.io", "Suite")
                + """
                apiVersion: argoproj.io/v1alpha1
                kind: Suite
                metadata: {name: miner, namespace: shop}
                spec: {replicas: 0}
                status: {selector: "app=suite"}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: s1, namespace: shop, labels: {app: suite}}
                spec: {nodeName: n1, containers: [{name: c, image: x, resources: {requests: {cpu: "2"}}}]}
                ---

                """
                + Scales("Suite")
        );
        await FitsAsync(all, 8);
    }

    // As most controllers do, and a change of status is no new generation.
    [Fact]
    public async Task A_selector_that_its_controller_writes_after_the_first_look_is_followed()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("n1", "16")
                + Kind("suites", "argoproj.io", "Suite", "status: {}, ")
                + """
                apiVersion: argoproj.io/v1alpha1
                kind: Suite
                metadata: {name: miner, namespace: shop}
                spec: {replicas: 0}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: s1, namespace: shop, labels: {app: suite}}
                spec: {nodeName: n1, containers: [{name: c, image: x, resources: {requests: {cpu: "2"}}}]}
                ---

                """
                + Scales("Suite")
        );
        await FitsAsync(all, 7);
        all.World.Cluster.Store.Patch(
            "suites.argoproj.io",
            "shop",
            "miner",
            new() { ["status"] = new System.Text.Json.Nodes.JsonObject { ["selector"] = "app=suite" } },
            "status"
        );
        await FitsAsync(all, 8);
    }
}
