using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Simulation.Yaml;
using Ebb.Tests.Harness;
using Ebb.Tests.Scaler;

namespace Ebb.Tests.Metrics;

/// <summary>
/// The original's way without KEDA: the rules file of the example, read as prometheus-adapter's documentation of its
/// configuration says (discovery, naming, querying), against a real Prometheus that scrapes the scaler.
/// </summary>
public sealed partial class PrometheusAdapterSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_rules_of_the_example_find_the_metrics_and_give_the_HPA_whole_replicas()
    {
        var documents = Documents("deploy/examples/opportunistic/prometheus-adapter.yaml");
        var rules = Yaml.Documents((string)Of("ConfigMap")["data"]!["config.yaml"]!).Single();
        var rule = rules["externalRules"]![0]!;
        // An external rule that is bound to no namespace answers an HPA in any.
        Assert.False((bool)rule["resources"]!["namespaced"]!);
        var metric = Of("HorizontalPodAutoscaler")["spec"]!["metrics"]![0]!["external"]!;

        await using var scaler = await ScalerWorld.StartAsync(
            Manifests.Node("node-1", "8")
                + Manifests.Deployment("miner", 0)
                + Manifests.Scaled("miner", "follow: capacity")
        );
        await using var prometheus = await PrometheusProcess.StartAsync(
            $$"""
            global: {scrape_interval: 1s}
            scrape_configs:
              - job_name: ebb-scaler
                static_configs: [{targets: ["{{scaler.Http.BaseAddress!.Authority}}"]}]
            """
        );
        await scaler.StepAsync(5);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (await prometheus.ValueAsync("cpu_capacity_remaining") != 6.8)
            await Task.Delay(100, deadline.Token);

        var series = await DiscoveredAsync(prometheus, (string)rule["seriesQuery"]!);
        Assert.Equal(
            [
                "cpu_capacity_remaining",
                "cpu_capacity_requested",
                "cpu_capacity_target",
                "cpu_capacity_total",
                "memory_capacity_remaining",
                "memory_capacity_requested",
                "memory_capacity_target",
                "memory_capacity_total",
            ],
            series.Select(name => Named(rule["name"]!, name)).Order(StringComparer.Ordinal)
        );
        var asked = series.Single(name => Named(rule["name"]!, name) == (string)metric["metric"]!["name"]!);
        var value = await prometheus.ValueAsync(Expanded((string)rule["metricsQuery"]!, asked));
        var each = double.Parse((string)metric["target"]!["averageValue"]!, CultureInfo.InvariantCulture);
        // As the HPA counts with an AverageValue; 6.8 cores are 6 replicas of one core.
        Assert.Equal(6, (int)Math.Ceiling(value!.Value / each));

        JsonObject Of(string kind) => documents.Single(document => (string?)document["kind"] == kind);
    }

    /// <summary>The names of the series that the rule means.</summary>
    private static async Task<IReadOnlyList<string>> DiscoveredAsync(PrometheusProcess prometheus, string seriesQuery)
    {
        var text = await prometheus.TextAsync($"/api/v1/series?match[]={Uri.EscapeDataString(seriesQuery)}");
        return [.. JsonNode.Parse(text)!["data"]!.AsArray().Select(series => (string)series!["__name__"]!).Distinct()];
    }

    /// <summary>Without <c>matches</c> every name matches, without <c>as</c> it is the whole of what matched.</summary>
    private static string Named(JsonNode name, string series)
    {
        var (matches, to) = ((string)name["matches"]!, (string)name["as"]!);
        var found = Regex.Match(series, matches.Length == 0 ? ".*" : matches);
        return found.Result(to.Length == 0 ? "$0" : to);
    }

    /// <summary>A Go template with its own delimiters, of which the fields are taken that this rule uses.</summary>
    private static string Expanded(string template, string series)
    {
        var query = template.Replace("<<.Series>>", series, StringComparison.Ordinal);
        Assert.DoesNotMatch(Placeholder(), query);
        return query;
    }

    private static IReadOnlyList<JsonObject> Documents(string path) =>
        Yaml.Documents(File.ReadAllText(Path.Combine(Repository.Root, path)));

    [GeneratedRegex("<<|>>")]
    private static partial Regex Placeholder();
}
