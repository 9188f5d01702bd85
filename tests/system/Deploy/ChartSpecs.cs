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
    public async Task Rights_for_webhooks_are_granted_by_choice_only(bool webhooks)
    {
        using var tools = new KubeTools();
        var manifests = await tools.RenderAsync("--set", $"capabilities.webhooks={Text(webhooks)}");
        Assert.Equal(
            webhooks ? RightsSpecs.Lines(OperatorRights.Webhooks).Order() : [],
            RoleRules.Of(manifests, "ebb-webhooks").Order()
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
    [InlineData(
        "settings.Archive__Endpoint=https://a.table.core.windows.net/?sv=1&sig=x",
        "name that in settingsFromSecrets"
    )]
    [InlineData(
        "settings.archive__endpoint=https://a.table.core.windows.net/?SIG=x",
        "settings.archive__endpoint: exp"
    )]
    [InlineData("settings.keys__control=0123456789abcdef", "settings.keys__control: expected no secret here")]
    [InlineData("settings.OTEL_EXPORTER_OTLP_HEADERS=api-key=x", "settings.OTEL_EXPORTER_OTLP_HEADERS: expected no")]
    [InlineData("settings.OTEL_EXPORTER_OTLP_ENDPOINT=https://a:b@otel", "settings.OTEL_EXPORTER_OTLP_ENDPOINT: exp")]
    [InlineData("scaler.settings.Keys__View=0123456789abcdef", "name that in scaler.settingsFromSecrets")]
    [InlineData("scaler.settings.Archive__Connection=AccountKey", "scaler.settings.Archive__Connection: expected no")]
    [InlineData("scaler.settings.Alerts__Webhooks__0=https://a/b", "scaler.settings.Alerts__Webhooks__0: expected no")]
    [InlineData(
        "scaler.settings.Power__Sources__0=nut://a:b@nas/ups",
        "scaler.settings.Power__Sources__0: expected no"
    )]
    [InlineData("scaler.settings.OTEL_EXPORTER_OTLP_TRACES_HEADERS=a=b", "scaler.settings.OTEL_EXPORTER_OTLP_TRACES")]
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
                .Single(d => (Text(d, "kind"), Text(d, "metadata", "name")) == ("Deployment", name))["spec"][
                "template"
            ]["spec"];
            Assert.Equal([others, "zone-data"], Names(pod["volumes"]));
            Assert.Equal([others, "zone-data"], Names(pod["containers"][0]["volumeMounts"]));
        }
        Assert.Contains("Time__ZoneData: \"/zone-data/tzdb.nzd\"", manifests, StringComparison.Ordinal);
        Assert.Contains("{name: Time__ZoneData, value: \"/zone-data/tzdb.nzd\"}", manifests, StringComparison.Ordinal);

        static IEnumerable<string> Names(YamlNode of) => ((YamlSequenceNode)of).Select(one => one["name"].ToString());
    }

    [Fact]
    public async Task What_is_no_secret_is_taken()
    {
        using var tools = new KubeTools();
        await tools.RenderAsync(
            "--set",
            "settings.Archive__Endpoint=https://a.table.core.windows.net/,settings.Power__Sources__0=nut://nas/ups",
            "--set",
            "scaler.settings.OTEL_EXPORTER_OTLP_ENDPOINT=http://otel:4317"
        );
    }

    [Theory]
    [InlineData("settings.Tenancy__AdminNamespaces=ops", "ops")]
    [InlineData("settings.Tenancy__AdminNamespaces=ops,scaler.settings.Tenancy__AdminNamespaces=other", "other")]
    [InlineData("scaler.settings.Capacity__Reserve=1", null)]
    public async Task The_scaler_has_the_admin_namespaces_of_the_operator(string set, string? names)
    {
        using var tools = new KubeTools();
        var manifests = await tools.RenderAsync("--set", set);
        var scaler = Documents(manifests)
            .Single(d => (Text(d, "kind"), Text(d, "metadata", "name")) == ("Deployment", "ebb-scaler"));
        var variables = (YamlSequenceNode)scaler["spec"]["template"]["spec"]["containers"][0]["env"];
        Assert.Equal(
            names,
            variables
                .Where(variable => Text(variable, "name") == "Tenancy__AdminNamespaces")
                .Select(variable => Text(variable, "value"))
                .SingleOrDefault()
        );
    }

    [Fact]
    public async Task A_setting_of_the_scaler_may_come_from_a_Secret() =>
        Assert.Contains(
            "{name: OTEL_EXPORTER_OTLP_HEADERS, valueFrom: {secretKeyRef: {name: otel, key: headers}}}",
            await RenderAsync(
                "scaler.settingsFromSecrets.OTEL_EXPORTER_OTLP_HEADERS.name=otel,"
                    + "scaler.settingsFromSecrets.OTEL_EXPORTER_OTLP_HEADERS.key=headers"
            ),
            StringComparison.Ordinal
        );

    /// <summary>In the chart and in the component.</summary>
    [Fact]
    public async Task The_images_are_on_every_node_whatever_its_taints()
    {
        foreach (
            var manifests in new[]
            {
                await RenderAsync("prepuller.enabled=true"),
                await File.ReadAllTextAsync(
                    Path.Combine(Repository.Root, "deploy/components/prepuller/prepuller.yaml"),
                    TestContext.Current.CancellationToken
                ),
            }
        )
        {
            var set = Documents(manifests).Single(d => Text(d, "kind") == "DaemonSet");
            var tolerated = Assert.Single((YamlSequenceNode)set["spec"]["template"]["spec"]["tolerations"]);
            var one = Assert.Single(((YamlMappingNode)tolerated).Children);
            Assert.Equal(("operator", "Exists"), (one.Key.ToString(), one.Value.ToString()));
        }
    }

    private static async Task<string> RenderAsync(string set)
    {
        using var tools = new KubeTools();
        return await tools.RenderAsync("--set", set);
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
