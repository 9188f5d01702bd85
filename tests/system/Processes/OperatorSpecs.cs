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

    [LongFact]
    public async Task Release_all_gives_everything_back_in_mid_outage_and_ends()
    {
        await using var world = await LiveWorld.StartAsync(
            new Dictionary<string, string> { ["Simulation__Speed"] = "30" }
        );
        var port = FreePort.Take();
        IReadOnlyList<string> began;
        await using (var ebb = RealProcess.Launch("operator", "Ebb.Operator", world.Settings(port), port))
        {
            ebb.Http.DefaultRequestHeaders.Add("x-functions-key", LiveWorld.ControlKey);
            await ebb.UntilAsync(async () => await ebb.TryGetAsync("/api/workloads") is not null, "it answers");
            began = await ebb.SettledAsync();
            using var put = await ebb.Http.PutAsJsonAsync(
                "/api/workloads/shop/deployment/mailer/override",
                new
                {
                    replicas = 5,
                    @for = "PT8H",
                    reason = "campaign",
                },
                Stop
            );
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
            await ebb.UntilAsync(
                async () => (int?)(await ebb.GetAsync("/api/workloads/shop/deployment/mailer"))["size"] == 5,
                "it is overridden"
            );
            world.Ups.PullThePlug();
            await ebb.UntilAsync(
                async () => (int?)(await ebb.GetAsync("/api/status"))["workloads"]!["asleep"] >= 10,
                "most are asleep"
            );
            ebb.Process.Kill();
            await ebb.ExitAsync();
        }
        Assert.NotEmpty(world.Cluster.Store.List("baselines.ebb.dev"));
        var start = ShippedProgram.Command("operator", "Ebb.Operator");
        start.ArgumentList.Add("release");
        start.ArgumentList.Add("--all");
        await using var release = RealProcess.Start(start, world.Settings(port), Path.GetTempPath());
        Assert.Equal(0, await release.ExitAsync());
        Assert.Contains("everything is what it was", release.Output, StringComparison.Ordinal);
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
        Assert.Equal(2, (int?)world.Cluster.Store.Get("deployments.apps", "shop", "mailer")!["spec"]!["replicas"]);
        // The UPS is still on battery: who looks again finds what was there.
        world.Ups.PlugIn();
        await using var again = RealProcess.Launch("operator", "Ebb.Operator", world.Settings(port), port);
        again.Http.DefaultRequestHeaders.Add("x-functions-key", LiveWorld.ControlKey);
        Assert.Equal(HttpStatusCode.Accepted, await EndAsync(again));
        await again.UntilAsync(
            async () => (int?)(await again.GetAsync("/api/workloads/shop/deployment/mailer"))["size"] == 2,
            "what was overridden is what it was"
        );
        Assert.Equal(began, await again.SettledAsync());
    }

    private static async Task<HttpStatusCode> EndAsync(RealProcess ebb)
    {
        await ebb.UntilAsync(
            async () => (await ebb.TryGetAsync("/api/overrides"))?["items"]!.AsArray().Count == 1,
            "the override is seen"
        );
        using var answer = await ebb.Http.DeleteAsync("/api/workloads/shop/deployment/mailer/override", Stop);
        return answer.StatusCode;
    }

    [Fact]
    public async Task Another_command_is_told_what_was_expected()
    {
        var start = ShippedProgram.Command("operator", "Ebb.Operator");
        start.ArgumentList.Add("relese");
        await using var ebb = RealProcess.Start(start, new Dictionary<string, string>(), Path.GetTempPath());
        Assert.Equal(2, await ebb.ExitAsync());
        Assert.Contains("expected check, plan, release --all", ebb.Output, StringComparison.Ordinal);
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
