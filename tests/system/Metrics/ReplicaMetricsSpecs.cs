using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;

namespace Ebb.Tests.Metrics;

/// <summary>
/// A real Prometheus scrapes two replicas of one cluster: sums add up, rules and board tell each thing once.
/// </summary>
public sealed partial class ReplicaMetricsSpecs
{
    private static readonly string Monitoring = Path.Combine(Repository.Root, "deploy/monitoring");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_two_replicas_nothing_is_counted_twice_and_nothing_is_told_twice()
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        await using var first = Operator(world);
        await using var second = Operator(world);
        foreach (var replica in new[] { first, second })
            await replica.UntilAsync(
                async () =>
                    (int?)(await replica.TryGetAsync($"/api/status?code={LiveWorld.ViewKey}"))?["workloads"]?["total"]
                    >= 14,
                "the cluster is read"
            );
        // On battery, so that the rules of power have something to say.
        world.Ups.StatusOverride = "OB DISCHRG";
        await using var prometheus = await PrometheusProcess.StartAsync(
            $$"""
            global: {scrape_interval: 1s}
            scrape_configs:
              - job_name: ebb
                authorization: {credentials: "{{LiveWorld.ViewKey}}"}
                static_configs: [{targets: ["127.0.0.1:{{first.Port}}", "127.0.0.1:{{second.Port}}"]}]
            """
        );
        await first.UntilAsync(
            async () => await prometheus.ValueAsync("count(ebb_ups_on_mains == 0)") == 2,
            "both are scraped, and both hear that the UPS is on battery"
        );
        Assert.Equal(1, await prometheus.ValueAsync("sum(ebb_leading)"));
        Assert.Equal(
            (int)(await first.GetAsync($"/api/status?code={LiveWorld.ViewKey}"))["workloads"]!["total"]!,
            await prometheus.ValueAsync("sum(ebb_workloads)")
        );
        Assert.Equal(1, await prometheus.ValueAsync("count(ebb_waves)"));
        Assert.Equal(1, await prometheus.ValueAsync("sum(ebb_phase)"));
        foreach (var expression in Expressions())
        {
            var told = (await prometheus.QueryAsync(expression)).Select(result => Named(result["metric"])).ToList();
            Assert.True(told.Count == told.Distinct().Count(), $"{expression}: {string.Join(" ", told)}");
        }
        Assert.Single(await prometheus.QueryAsync("min by (ups) (ebb_ups_on_mains) == 0"));
    }

    /// <summary>Of the board, with everything chosen, and of the rules.</summary>
    private static IEnumerable<string> Expressions()
    {
        var board = JsonNode.Parse(File.ReadAllText(Path.Combine(Monitoring, "grafana.json")))!;
        var rules = File.ReadAllText(Path.Combine(Monitoring, "rules.yaml"));
        return board["panels"]!
            .AsArray()
            .SelectMany(panel => panel!["targets"]!.AsArray())
            .Select(target => ((string)target!["expr"]!).Replace("$ups", ".*", StringComparison.Ordinal))
            .Select(expression => expression.Replace("$namespace", ".*", StringComparison.Ordinal))
            .Concat(Rule().Matches(rules).Select(m => m.Groups[1].Value));
    }

    /// <summary>What it is about, whichever replica says it.</summary>
    private static string Named(JsonNode? metric) =>
        string.Join(
            ",",
            metric!.AsObject().Where(l => l.Key is not ("instance" or "job")).Select(l => $"{l.Key}={l.Value}")
        );

    private static RealProcess Operator(LiveWorld world)
    {
        var port = FreePort.Take();
        return RealProcess.Launch("operator", "Ebb.Operator", world.Settings(port), port);
    }

    [GeneratedRegex("expr: '([^']+)'")]
    private static partial Regex Rule();
}
