using Ebb.Core.Rights;
using Ebb.Simulation;
using Ebb.Simulation.Clock;
using Ebb.Simulation.Yaml;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Deploy;

/// <summary>The base and its components, built and applied as users do.</summary>
public sealed class KustomizeSpecs
{
    private const string Definitions = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: servicemonitors.monitoring.coreos.com}
        spec:
          group: monitoring.coreos.com
          scope: Namespaced
          names: {kind: ServiceMonitor, plural: servicemonitors, singular: servicemonitor}
          versions:
            - name: v1
              served: true
              storage: true
              schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: prometheusrules.monitoring.coreos.com}
        spec:
          group: monitoring.coreos.com
          scope: Namespaced
          names: {kind: PrometheusRule, plural: prometheusrules, singular: prometheusrule}
          versions:
            - name: v1
              served: true
              storage: true
              schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        """;

    [LongTheory]
    [InlineData("")]
    [InlineData("scaler")]
    [InlineData("scaler monitoring prepuller")]
    [InlineData("schedules-only")]
    [InlineData("hooks")]
    [InlineData("nodes")]
    [InlineData("webhooks")]
    [InlineData("functions-host")]
    public async Task Each_component_is_applied_twice_and_then_from_the_server_without_a_conflict(string components)
    {
        using var tools = new KubeTools();
        await using var cluster = await StartAsync();
        var overlay = tools.Overlay(
            "resources: [DEPLOY/base]\ncomponents: ["
                + string.Join(
                    ", ",
                    components.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => $"DEPLOY/components/{c}")
                )
                + "]\n"
        );
        Assert.All(
            Lines(await tools.KubectlAsync(cluster, "apply", "-k", overlay)),
            l => Assert.EndsWith(" created", l)
        );
        Assert.All(
            Lines(await tools.KubectlAsync(cluster, "apply", "-k", overlay)),
            l => Assert.EndsWith(" unchanged", l)
        );
        Assert.All(
            Lines(await tools.KubectlAsync(cluster, "apply", "--server-side", "-k", overlay)),
            l => Assert.EndsWith(" serverside-applied", l)
        );
    }

    [LongFact]
    public async Task With_the_component_for_nodes_a_cordoned_node_takes_the_operator()
    {
        using var tools = new KubeTools();
        await using var cluster = await StartAsync();
        await tools.KubectlAsync(
            cluster,
            "apply",
            "-k",
            tools.Overlay("resources: [DEPLOY/base]\ncomponents: [DEPLOY/components/nodes]\n")
        );
        Assert.Equal(
            """[{"effect":"NoSchedule","key":"node.kubernetes.io/unschedulable","operator":"Exists"}]""",
            cluster.Store.Get("deployments.apps", "ebb-system", "ebb-operator")!["spec"]!["template"]!["spec"]![
                "tolerations"
            ]!.ToJsonString()
        );
    }

    [Fact]
    public async Task The_scaler_agrees_with_the_operator_on_namespaces()
    {
        using var tools = new KubeTools();
        var built = Yaml.Documents(
            await tools.KubectlAsync(
                null,
                "kustomize",
                tools.Overlay(
                    "resources: [DEPLOY/default]\nconfigMapGenerator:\n  - name: ebb-settings\n    behavior: merge\n"
                        + "    literals: [Tenancy__AdminNamespaces=ops]\n"
                )
            )
        );
        var settings = built.Single(one =>
            ((string?)one["kind"], (string?)one["metadata"]!["name"]) == ("ConfigMap", "ebb-settings")
        );
        Assert.Equal("ops", (string?)settings["data"]!["Tenancy__AdminNamespaces"]);
        var variables = built.Single(one =>
            ((string?)one["kind"], (string?)one["metadata"]!["name"]) == ("Deployment", "ebb-scaler")
        )["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray();
        foreach (var name in new[] { "Tenancy__AdminNamespaces", "State__Namespace" })
            Assert.Equal(
                $$$"""{"configMapKeyRef":{"key":"{{{name}}}","name":"ebb-settings","optional":true}}""",
                variables.Single(one => (string?)one!["name"] == name)!["valueFrom"]!.ToJsonString()
            );
    }

    [Fact]
    public void Everything_is_given_back_also_where_all_nodes_are_cordoned()
    {
        var job = Yaml.Documents(File.ReadAllText(Path.Combine(Repository.Root, "deploy/release.yaml"))).Single();
        Assert.Equal(
            """[{"key":"node.kubernetes.io/unschedulable","operator":"Exists","effect":"NoSchedule"}]""",
            job["spec"]!["template"]!["spec"]!["tolerations"]!.ToJsonString()
        );
    }

    [LongFact]
    public async Task Settings_of_an_overlay_and_those_written_by_hand_survive_the_next_apply()
    {
        using var tools = new KubeTools();
        await using var cluster = await StartAsync();
        var overlay = tools.Overlay(
            """
            resources: [DEPLOY/default]
            configMapGenerator:
              - name: ebb-settings
                behavior: merge
                literals: [Power__Sources__0=nut://nas.home:3493/ups]

            """
        );
        await tools.KubectlAsync(cluster, "apply", "-k", overlay);
        await tools.KubectlAsync(
            cluster,
            "-n",
            "ebb-system",
            "patch",
            "configmap",
            "ebb-settings",
            "-p",
            "{\"data\":{\"Power__MainsFor\":\"2min\"}}"
        );
        await tools.KubectlAsync(cluster, "apply", "-k", overlay);
        var data = Assert.Single(
            cluster.Store.List("configmaps", "ebb-system"),
            map => (string?)map["metadata"]!["name"] == "ebb-settings"
        )["data"]!;
        Assert.Equal("nut://nas.home:3493/ups", (string?)data["Power__Sources__0"]);
        Assert.Equal("2min", (string?)data["Power__MainsFor"]);
    }

    [Fact]
    public async Task Schedules_alone_are_granted_exactly_what_they_need_and_told_that_there_is_no_UPS()
    {
        using var tools = new KubeTools();
        var built = await tools.KubectlAsync(
            null,
            "kustomize",
            tools.Overlay("resources: [DEPLOY/base]\ncomponents: [DEPLOY/components/schedules-only]\n")
        );
        Assert.Equal(
            RightsSpecs.Lines(OperatorRights.Of(power: false, schedules: true)).Order(),
            RoleRules.Of(built, "ebb-operator").Order()
        );
        Assert.Contains("- name: Power__Enabled\n          value: \"false\"", built, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_overlay_of_the_docs_can_be_built_and_says_what_it_promises()
    {
        using var tools = new KubeTools();
        var docs = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "docs/install.md"),
            TestContext.Current.CancellationToken
        );
        const string first = "namespace: ebb-system\nresources: [../deploy/base]\n";
        var from = docs.IndexOf(first, StringComparison.Ordinal) + "namespace: ebb-system\n".Length;
        var overlay = docs[from..docs.IndexOf("```", from, StringComparison.Ordinal)];
        var built = await tools.KubectlAsync(
            null,
            "kustomize",
            tools.Overlay(overlay.Replace("../deploy", "DEPLOY", StringComparison.Ordinal))
        );
        Assert.Contains("Power__MainsFor: 2min", built, StringComparison.Ordinal);
        Assert.Contains("image: registry.example/ebb/ebb-scaler:0.1.0", built, StringComparison.Ordinal);
        Assert.Contains("name: ebb-prepuller", built, StringComparison.Ordinal);
        Assert.Contains("secretKeyRef:\n              key: source\n              name: ebb-ups", built);
    }

    [Fact]
    public void What_the_API_server_would_fill_in_is_written()
    {
        // A fieldRef without its apiVersion is another one after the API server has read it: a conflict for whoever
        // applies from the server next.
        foreach (
            var file in Directory.EnumerateFiles(
                Path.Combine(Repository.Root, "deploy"),
                "*.yaml",
                SearchOption.AllDirectories
            )
        )
            Assert.DoesNotContain("fieldRef: {fieldPath", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void The_rules_of_the_monitoring_component_are_those_of_Prometheus_file()
    {
        static string Groups(string file) =>
            string.Join(
                '\n',
                File.ReadLines(Path.Combine(Repository.Root, "deploy", file))
                    .Select(line => line.Trim())
                    .SkipWhile(line => line != "groups:")
            );
        Assert.Equal(Groups("monitoring/rules.yaml"), Groups("components/monitoring/prometheus-rule.yaml"));
    }

    private static async Task<SimulatedCluster> StartAsync()
    {
        var cluster = await SimulatedCluster.StartAsync(
            new SimulationOptions { Clock = new SimulationClock(DateTimeOffset.UtcNow, 1), World = "" },
            TestContext.Current.CancellationToken
        );
        await cluster.ApplyManifestAsync(Definitions);
        return cluster;
    }

    private static string[] Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
