using System.Text;
using Ebb.Engine.Capacity;
using Ebb.Engine.Clocks;
using Ebb.Engine.Settings;
using Ebb.Kubernetes.Resources;
using Ebb.Tests.Harness;
using Ebb.Tests.Scaler;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Capacity;

/// <summary>What <c>GET /api/capacity</c> says, and what it says when there is nothing to say.</summary>
public sealed class CapacityApiSpecs
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 1, 15, 12, 0);
    private static readonly Duration Step = Duration.FromSeconds(10);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [LongFact]
    public async Task It_is_what_the_scaler_explains_for_each_follower_with_its_nodes()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "16")
                + Node("node-2", "16")
                + Deployment("web", 2, "4")
                + Deployment("miner", 0)
                + Deployment("queue", 0)
                + Scaled("miner", "follow: capacity, reserve: \"4\", growStep: \"100\", growPeriod: 1s")
                + Scaled(
                    "queue",
                    "follow: schedule, timezone: UTC, start: \"11:00\", end: \"13:00\", desiredReplicas: \"1\""
                ),
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5) }
        );
        await all.StepAsync(30);
        using var client = Client(ScalerPlace.At(all.Http.BaseAddress));
        var history = new CapacityHistory();
        await LookAsync(client, history, Noon);
        all.World.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            "web",
            new() { ["spec"] = new System.Text.Json.Nodes.JsonObject { ["replicas"] = 4 } }
        );
        await all.StepAsync(30);
        await LookAsync(client, history, Noon + Step);

        var answer = history.Answer();
        Assert.True(answer.Known, answer.Reason);
        Assert.Equal((null, Noon + Step), (answer.Reason, answer.At));
        // One that follows the clock is none of this.
        var miner = Assert.Single(answer.Followers);
        // The one replica of the queue is one of the others.
        Assert.Equal(
            ("shop", "miner", "cpu", "cores", 32m, 17m, 4m, 11m, 1m),
            (
                miner.Namespace,
                miner.Name,
                miner.Resource,
                miner.Unit,
                miner.Allocatable,
                miner.Others,
                miner.Reserve,
                miner.Remaining,
                miner.PerReplica
            )
        );
        Assert.Equal((11, 11, 11m, 2), (miner.Fits, miner.Replicas, miner.Harvested, miner.EligibleNodes));
        Assert.Equal(["node-1", "node-2"], miner.Nodes.Select(node => node.Name).Order());
        Assert.Equal(
            (32m, 17m, 15),
            (
                miner.Nodes.Sum(node => node.Allocatable),
                miner.Nodes.Sum(node => node.Others),
                miner.Nodes.Sum(node => node.Fits)
            )
        );
        Assert.Equal(
            [new CapacitySample(Noon, 32, 9, 4, 19), new CapacitySample(Noon + Step, 32, 17, 4, 11)],
            miner.Samples
        );

        // What is held because the API server is away is not of now.
        all.World.Cluster.Faults.CutOff = true;
        await ScalerWorld.UntilAsync(() => all.Cluster.Contact.Reachable == false, "the scaler has noticed");
        await LookAsync(client, history, Noon + (Step * 2));
        answer = history.Answer();
        Assert.False(answer.Known);
        Assert.Contains("API server", answer.Reason, StringComparison.Ordinal);
        miner = Assert.Single(answer.Followers);
        Assert.Equal((null, null, null), (miner.Allocatable, miner.Fits, miner.Harvested));
        Assert.Empty(miner.Nodes);
        Assert.Equal(new CapacitySample(Noon + (Step * 2), null, null, null, null), miner.Samples[^1]);

        await all.StopScalerAsync();
        await LookAsync(client, history, Noon + (Step * 3));
        Assert.Contains("does not answer", history.Answer().Reason, StringComparison.Ordinal);
        Assert.Equal(4, Assert.Single(history.Answer().Followers).Samples.Count);
    }

    [Fact]
    public async Task Without_a_scaler_it_is_unknown_and_why()
    {
        using var client = Client(ScalerPlace.At(null));
        var history = new CapacityHistory();
        Assert.Equal((false, "the scaler was not asked yet"), (history.Answer().Known, history.Answer().Reason));
        await LookAsync(client, history, Noon);
        var answer = history.Answer();
        Assert.Equal((false, null), (answer.Known, answer.At));
        Assert.Contains("Capacity__Scaler", answer.Reason, StringComparison.Ordinal);
        Assert.Empty(answer.Followers);
    }

    public static TheoryData<string, string> Strangers =>
        new()
        {
            { "nothing", "is no scaler" },
            { "{}", "is no scaler" },
            { "[1,2]", "is no scaler" },
            { """{"ready":true,"items":[{"namespace":5}]}""", "is no scaler" },
            { """{"ready":false,"reasons":["pods are not read yet"],"items":[]}""", "pods are not read yet" },
            { "503", "answers 503" },
            { "302", "answers 302" },
            { "hang", "did not answer within" },
            { "huge", "more than" },
            { "cut", "does not answer" },
        };

    [LongTheory]
    [MemberData(nameof(Strangers))]
    public async Task What_answers_badly_is_unknown_within_bounds(string says, string reason)
    {
        await using var stranger = await StrangerAsync(says);
        using var client = Client(
            ScalerPlace.At(
                new Uri(
                    stranger
                        .Services.GetRequiredService<IServer>()
                        .Features.Get<IServerAddressesFeature>()!
                        .Addresses.Single()
                )
            )
        );
        var history = new CapacityHistory();
        await LookAsync(client, history, Noon).WaitAsync(TimeSpan.FromSeconds(20), Stop);
        Assert.False(history.Answer().Known);
        Assert.Contains(reason, history.Answer().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_history_is_bounded_and_forgets_whom_nobody_follows_any_more()
    {
        var history = new CapacityHistory();
        var many = new ScalerExplanation(true, [], [.. Enumerable.Range(0, 80).Select(i => Item($"so-{i:00}"))]);
        for (var i = 0; i < 400; i++)
            history.Add(many, "", Noon + (Step * i));
        var answer = history.Answer();
        Assert.Equal(CapacityHistory.MostFollowers, answer.Followers.Count);
        Assert.All(answer.Followers, follower => Assert.Equal(CapacityHistory.MostSamples, follower.Samples.Count));
        Assert.Equal(Noon + (Step * 399), answer.Followers[0].Samples[^1].At);
        for (var i = 400; i < 400 + CapacityHistory.MostSamples; i++)
            history.Add(many with { Items = [Item("so-00")] }, "", Noon + (Step * i));
        Assert.Equal("so-00", Assert.Single(history.Answer().Followers).Name);
    }

    [Theory]
    [InlineData("http://ebb-scaler.ebb-system:8080", true)]
    [InlineData("https://scaler.example/", true)]
    [InlineData("ebb-scaler:8080", false)]
    [InlineData("ftp://ebb-scaler:8080", false)]
    [InlineData("http://ebb-scaler:8080/explain", false)]
    [InlineData("http://user:secret@ebb-scaler:8080", false)]
    [InlineData("http://ebb-scaler:8080/?x=1", false)]
    public void The_setting_is_an_address_and_nothing_else(string written, bool right)
    {
        var (settings, faults) = EbbSettingsReader.Read(
            new ConfigurationBuilder().AddInMemoryCollection([new("Capacity:Scaler", written)]).Build()
        );
        Assert.Equal(right, settings?.CapacityScaler is not null);
        if (!right)
            Assert.StartsWith("Capacity__Scaler: expected", Assert.Single(faults).ToString(), StringComparison.Ordinal);
    }

    private static ExplainedItem Item(string name) =>
        new(
            "shop",
            name,
            null,
            null,
            null,
            new ExplainedCapacity("cpu", "cores", "32", "9", "4", "19", "1", "19", 19, "full", true, 2, null),
            19
        );

    private static ScalerClient Client(ScalerPlace place) =>
        new(place, new EngineClocks(TimeProvider.System, TimeProvider.System));

    private static async Task LookAsync(ScalerClient client, CapacityHistory history, Instant now)
    {
        var (said, why) = await client.AskAsync(Stop);
        history.Add(said, why, now);
    }

    private static async Task<WebApplication> StrangerAsync(string says)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        ((IApplicationBuilder)app).Run(async http =>
        {
            switch (says)
            {
                case "503":
                    http.Response.StatusCode = 503;
                    break;
                case "302":
                    http.Response.Redirect("/elsewhere");
                    break;
                case "hang":
                    await Task.Delay(Timeout.Infinite, http.RequestAborted)
                        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    break;
                case "cut":
                    http.Abort();
                    break;
                case "huge":
                    var part = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
                    for (var i = 0; i < 64 && !http.RequestAborted.IsCancellationRequested; i++)
                        await http.Response.Body.WriteAsync(part, CancellationToken.None);
                    break;
                default:
                    await http.Response.WriteAsync(says);
                    break;
            }
        });
        await app.StartAsync(Stop);
        return app;
    }
}
