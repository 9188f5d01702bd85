using System.Text.RegularExpressions;
using Ebb.Core.Rights;
using Ebb.Simulation;
using Ebb.Simulation.Clock;
using Ebb.Simulation.Yaml;
using Ebb.Tests.Harness;
using YamlDotNet.RepresentationModel;

namespace Ebb.Tests.Deploy;

/// <summary>The chart as Helm renders it.</summary>
public sealed partial class ChartSpecs
{
    private static readonly string[] Everything =
    [
        "--set",
        "prepuller.enabled=true,networkPolicy.enabled=true,serviceMonitor.enabled=true,prometheusRule.enabled=true",
    ];

    [Fact]
    public async Task Helm_finds_nothing_wrong_with_it()
    {
        using var tools = new KubeTools();
        var said = await tools.HelmAsync(["lint", "--strict", KubeTools.Chart, .. Everything]);
        Assert.Contains("0 chart(s) failed", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task What_is_not_chosen_is_not_granted(bool power, bool schedules)
    {
        using var tools = new KubeTools();
        var manifests = await tools.RenderAsync(
            "--set",
            $"capabilities.power={Text(power)},capabilities.schedules={Text(schedules)}"
        );
        Assert.Equal(
            RightsSpecs.Lines(OperatorRights.Of(power, schedules)).Order(),
            RoleRules.Of(manifests, "ebb-operator").Order()
        );
        Assert.Equal(
            RoleRules
                .Of(
                    await File.ReadAllTextAsync(
                        Path.Combine(Repository.Root, "deploy/components/scaler/scaler-roles.yaml")
                    ),
                    "ebb-scaler"
                )
                .Order(),
            RoleRules.Of(manifests, "ebb-scaler").Order()
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rights_for_hooks_are_granted_by_choice_only(bool hooks)
    {
        using var tools = new KubeTools();
        var manifests = await tools.RenderAsync("--set", $"capabilities.hooks={Text(hooks)}");
        Assert.Equal(
            hooks ? RightsSpecs.Lines(OperatorRights.Hooks).Order() : [],
            RoleRules.Of(manifests, "ebb-hooks").Order()
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rights_for_nodes_and_the_place_on_a_cordoned_one_are_granted_by_choice_only(bool nodes)
    {
        using var tools = new KubeTools();
        var manifests = await tools.RenderAsync(
            "--set",
            $"capabilities.nodes={Text(nodes)}",
            "--set",
            "operator.tolerations[0].key=own,scaler.tolerations[0].key=own"
        );
        Assert.Equal(
            nodes ? RightsSpecs.Lines(OperatorRights.Nodes).Order() : [],
            RoleRules.Of(manifests, "ebb-nodes").Order()
        );
        string[] own = ["own"];
        string[] cordoned = nodes ? [.. own, "node.kubernetes.io/unschedulable"] : own;
        Assert.Equal(cordoned, Tolerated("Deployment", "ebb-operator"));
        Assert.Equal(cordoned, Tolerated("Job", "ebb-release"));
        Assert.Equal(own, Tolerated("Deployment", "ebb-scaler"));

        IEnumerable<string?> Tolerated(string kind, string name) =>
            Yaml.Documents(manifests)
                .Single(one => ((string?)one["kind"], (string?)one["metadata"]!["name"]) == (kind, name))["spec"]![
                "template"
            ]!["spec"]!["tolerations"]!
                .AsArray()
                .Select(one => (string?)one!["key"]);
    }

    [Fact]
    public async Task A_sleep_method_that_is_not_chosen_is_not_granted_and_without_capacity_there_is_no_scaler()
    {
        using var tools = new KubeTools();
        var manifests = await tools.RenderAsync(
            "--set",
            "capabilities.capacity=false",
            "--set",
            "sleepMethods.cronjob=false,sleepMethods.cluster=false,sleepMethods.kustomization=false,"
                + "sleepMethods.helmrelease=false,sleepMethods.application=false"
        );
        Assert.Equal(
            RightsSpecs.Lines(OperatorRights.Of(true, true).Where(right => right.Only is null)).Order(),
            RoleRules.Of(manifests, "ebb-operator").Order()
        );
        Assert.DoesNotContain("ebb-scaler", manifests, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("settings.Power__Sources__0=nut://admin:secret@nas/ups", "settingsFromSecrets")]
    [InlineData("settings.Keys__View=0123456789abcdef", "settings.Keys__View: expected no secret here")]
    [InlineData("settings.Archive__Connection=AccountKey", "settings.Archive__Connection: expected no secret")]
    [InlineData("operator.replicas=0", "replicas")]
    [InlineData("capabilites.power=true", "capabilites")]
    public async Task A_secret_among_the_settings_and_a_value_that_does_not_exist_are_refused(string set, string told)
    {
        using var tools = new KubeTools();
        var (code, output) = await tools.TryHelmAsync("template", "ebb", KubeTools.Chart, "--set", set);
        Assert.NotEqual(0, code);
        Assert.Contains(told, output, StringComparison.Ordinal);
    }

    /// <summary>As docs/operations.md shows it.</summary>
    [Fact]
    public async Task A_ConfigMap_with_zone_data_is_mounted_into_operator_and_scaler()
    {
        var shown = File.ReadAllText(Path.Combine(Repository.Root, "docs/operations.md"));
        var from = shown.IndexOf("settings: {Time__ZoneData", StringComparison.Ordinal);
        using var tools = new KubeTools();
        var values = tools.Save(shown[from..shown.IndexOf("```", from, StringComparison.Ordinal)]);
        var manifests = await tools.RenderAsync("-f", values, "--set", "scaler.tlsSecret=tls");
        foreach (var (name, others) in new[] { ("ebb-operator", "tmp"), ("ebb-scaler", "tls") })
        {
            var pod = Documents(manifests)
                .Single(d => (Text(d, "kind"), Text(d, "metadata", "name")) == ("Deployment", name))["spec"]["template"][
                "spec"
            ];
            Assert.Equal([others, "zone-data"], Names(pod["volumes"]));
            Assert.Equal([others, "zone-data"], Names(pod["containers"][0]["volumeMounts"]));
        }
        Assert.Contains("Time__ZoneData: \"/zone-data/tzdb.nzd\"", manifests, StringComparison.Ordinal);
        Assert.Contains("{name: Time__ZoneData, value: \"/zone-data/tzdb.nzd\"}", manifests, StringComparison.Ordinal);

        static IEnumerable<string> Names(YamlNode of) => ((YamlSequenceNode)of).Select(one => one["name"].ToString());
    }

    [Fact]
    public async Task Definitions_come_with_it_and_stay_when_it_goes()
    {
        using var tools = new KubeTools();
        var definitions = Documents(await tools.RenderAsync())
            .Where(d => Text(d, "kind") == "CustomResourceDefinition");
        Assert.Equal(
            Repository.Files("deploy/crds", "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(),
            definitions.Select(d => Text(d, "metadata", "name")).Order()
        );
        Assert.All(
            definitions,
            d => Assert.Equal("keep", Text(d, "metadata", "annotations", "helm.sh/resource-policy"))
        );
    }

    [Fact]
    public async Task Before_it_is_deleted_everything_is_given_back()
    {
        using var tools = new KubeTools();
        var job = Assert.Single(Documents(await tools.RenderAsync()), d => Text(d, "kind") == "Job");
        Assert.Equal("pre-delete", Text(job, "metadata", "annotations", "helm.sh/hook"));
        var container = job["spec"]["template"]["spec"]["containers"][0];
        Assert.Equal(["release", "--all"], ((YamlSequenceNode)container["args"]).Select(a => a.ToString()));
        var environment = ((YamlSequenceNode)container["env"]).Select(e => e["name"].ToString());
        Assert.Contains("Ebb__SelfName", environment);
    }

    [Fact]
    public async Task The_release_waits_for_no_Secret_and_runs_wherever_the_operator_may()
    {
        using var tools = new KubeTools();
        var job = Assert.Single(
            Documents(
                await tools.RenderAsync(
                    "--set",
                    "settingsFromSecrets.Power__Sources__0.name=ups,settingsFromSecrets.Power__Sources__0.key=source",
                    "--set",
                    "operator.nodeSelector.power=ups,operator.tolerations[0].operator=Exists"
                )
            ),
            d => Text(d, "kind") == "Job"
        );
        var pod = job["spec"]["template"]["spec"];
        Assert.Equal("ups", Text(pod, "nodeSelector", "power"));
        Assert.Equal("Exists", pod["tolerations"][0]["operator"].ToString());
        Assert.Equal("system-cluster-critical", Text(pod, "priorityClassName"));
        var secrets = ((YamlSequenceNode)pod["containers"][0]["env"])
            .Where(variable => ((YamlMappingNode)variable).Children.ContainsKey("valueFrom"))
            .ToList();
        Assert.Equal(["Power__Sources__0"], secrets.Select(variable => Text(variable, "name")));
        Assert.Equal("true", Text(secrets[0], "valueFrom", "secretKeyRef", "optional"));
    }

    [Fact]
    public async Task A_setting_from_a_Secret_stands_in_no_ConfigMap()
    {
        using var tools = new KubeTools();
        var manifests = await tools.RenderAsync(
            "--set",
            "settingsFromSecrets.Power__Sources__0.name=ups,settingsFromSecrets.Power__Sources__0.key=source"
        );
        Assert.Contains(
            "{name: Power__Sources__0, valueFrom: {secretKeyRef: {name: ups, key: source}}}",
            manifests,
            StringComparison.Ordinal
        );
        var map = Assert.Single(Documents(manifests), d => Text(d, "kind") == "ConfigMap");
        Assert.DoesNotContain("Power__Sources__0", map.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_by_choice_is_there_when_it_is_chosen()
    {
        using var tools = new KubeTools();
        string[] chosen = ["DaemonSet", "NetworkPolicy", "PodDisruptionBudget", "PrometheusRule", "ServiceMonitor"];
        var kinds = Documents(await tools.RenderAsync(Everything)).Select(d => Text(d, "kind")).ToHashSet();
        Assert.Empty(chosen.Except(kinds));
        kinds = Documents(await tools.RenderAsync("--set", "podDisruptionBudget.enabled=false"))
            .Select(d => Text(d, "kind"))
            .ToHashSet();
        Assert.Empty(chosen.Intersect(kinds));
    }

    [Fact]
    public async Task The_API_server_takes_all_of_it_and_knows_every_field()
    {
        using var tools = new KubeTools();
        await using var cluster = await SimulatedCluster.StartAsync(
            new SimulationOptions { Clock = new SimulationClock(DateTimeOffset.UtcNow, 1), World = "" },
            TestContext.Current.CancellationToken
        );
        await cluster.ApplyManifestAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: ebb-system}\n");
        var said = await tools.ApplyAsync(
            cluster,
            await tools.RenderAsync("--set", "prepuller.enabled=true,scaler.tlsSecret=tls")
        );
        Assert.DoesNotContain("unknown field", said, StringComparison.Ordinal);
        Assert.Contains("deployment.apps/ebb-operator created", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_value_is_in_the_table_of_the_docs_and_each_row_of_the_table_is_a_value()
    {
        var values = Leaves("", Documents(File.ReadAllText(Path.Combine(KubeTools.Chart, "values.yaml"))).Single());
        var rows = TableRow()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/chart.md")))
            .SelectMany(row => row.Groups[1].Value.Split(", "))
            .Select(name => name.Trim('`'));
        Assert.Equal(values.Order(), rows.Order());
    }

    private static IEnumerable<string> Leaves(string path, YamlNode node) =>
        node is YamlMappingNode { Children.Count: > 0 } map && !path.EndsWith(".resources", StringComparison.Ordinal)
            ? map.Children.SelectMany(c => Leaves(path.Length == 0 ? $"{c.Key}" : $"{path}.{c.Key}", c.Value))
            : [path];

    private static List<YamlNode> Documents(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(d => d.RootNode).OfType<YamlMappingNode>()];
    }

    private static string? Text(YamlNode node, params string[] steps) =>
        steps.Aggregate(
            (YamlNode?)node,
            (at, step) => at is YamlMappingNode map && map.Children.TryGetValue(step, out var child) ? child : null
        )
            is YamlScalarNode { Value: { } value }
            ? value
            : null;

    private static string Text(bool flag) => flag ? "true" : "false";

    [GeneratedRegex(@"^\| (`[\w.]+`(?:, `[\w.]+`)*) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
