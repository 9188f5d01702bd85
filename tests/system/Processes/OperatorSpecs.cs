using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Processes;

/// <summary>
/// The operator: the engine without a Functions host and without the simulation, as its image runs it.
/// </summary>
public sealed class OperatorSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_takes_a_cluster_through_a_drill_with_the_shipped_rights_and_every_route_answers()
    {
        await using var world = await LiveWorld.StartAsync(
            new Dictionary<string, string> { ["Simulation__Speed"] = "30" }
        );
        var port = FreePort.Take();
        await using var ebb = RealProcess.Launch("operator", "Ebb.Operator", world.Settings(port), port);
        ebb.Http.DefaultRequestHeaders.Add("x-functions-key", LiveWorld.ControlKey);
        await ebb.UntilAsync(
            async () => (int?)(await ebb.TryGetAsync("/api/status"))?["workloads"]?["awake"] >= 14,
            "everything is awake"
        );
        using var answer = await ebb.Http.PostAsJsonAsync("/api/power/drill", new { reason = "to see it" }, Stop);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        JsonNode? outage = null;
        await ebb.UntilAsync(
            async () =>
            {
                outage = (await ebb.GetAsync("/api/outages"))["items"]!.AsArray().FirstOrDefault();
                return outage?["ended"] is not null;
            },
            "the drill is over"
        );
        var report = await ebb.GetAsync($"/api/outages/{outage!["id"]}");
        Assert.Empty(report["notBack"]!.AsArray());
        foreach (
            var path in new[]
            {
                "/api/status",
                "/api/workloads",
                "/api/workloads/shop/deployment/storefront",
                "/api/plan",
                "/api/overrides",
                "/api/schedules",
                "/api/capacity",
                "/api/live",
                "/api/history",
            }
        )
            Assert.NotNull(await ebb.GetAsync(path));
        Assert.Contains("ebb_phase", await ebb.Http.GetStringAsync("/metrics", Stop), StringComparison.Ordinal);
        Assert.Contains("<html", await ebb.Http.GetStringAsync("/api/dashboard", Stop), StringComparison.Ordinal);
        using var markdown = new HttpRequestMessage(HttpMethod.Get, $"/api/outages/{outage["id"]}");
        markdown.Headers.Accept.ParseAdd("text/markdown");
        using var text = await ebb.Http.SendAsync(markdown, Stop);
        Assert.StartsWith("#", await text.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_has_no_simulation_and_says_what_it_needs()
    {
        await using var ebb = RealProcess.Launch(
            "operator",
            "Ebb.Operator",
            new Dictionary<string, string> { ["Simulation__Speed"] = "30" }
        );
        Assert.Equal(2, await ebb.ExitAsync());
        Assert.Contains("Cluster__Mode: expected incluster or kubeconfig", ebb.Output, StringComparison.Ordinal);
        Assert.Contains("Simulation__Speed: expected", ebb.Output, StringComparison.Ordinal);
    }
}
