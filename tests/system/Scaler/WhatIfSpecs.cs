using System.Net;
using System.Text.Json.Nodes;
using Ebb.Engine.Capacity;
using Ebb.Engine.Clocks;
using Ebb.Engine.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>What would be given back for one more pod, asked at the scaler and at the engine.</summary>
public sealed class WhatIfSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<ScalerWorld> StartAsync()
    {
        var all = await ScalerWorld.StartAsync(
            Node("node-1", "16")
                + Node("node-2", "4")
                + Deployment("miner", 0)
                + Scaled("miner", "follow: capacity, growStep: \"100\", growPeriod: 1s"),
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5) }
        );
        await all.StepAsync(30);
        Assert.Equal(20, all.Replicas("shop", "miner"));
        return all;
    }

    [Fact]
    public async Task It_says_who_would_give_back_how_much_on_which_node_at_both_places()
    {
        await using var all = await StartAsync();
        await ScalerWorld.UntilAsync(
            () =>
                all
                    .World.Cluster.Store.List("pods", "shop", "app=miner")
                    .All(pod => pod["spec"]!["nodeName"] is not null),
            "all have a node"
        );
        var (status, said) = await GetAsync(all.Http, "/what-if?cpu=8&memory=32Gi");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("node-1", (string?)said["node"]);
        var given = Assert.Single(said["givenBack"]!.AsArray())!;
        Assert.Equal(
            ("Deployment shop/miner", "node-1", 8),
            ((string?)given["workload"], (string?)given["node"], (int?)given["replicas"])
        );
        // Nothing has changed by it.
        Assert.Equal(20, (int?)(await GetAsync(all.Http, "/explain/shop/miner")).Answer["triggers"]![0]!["replicas"]);

        await using var engine = await EngineAsync(all.Http.BaseAddress);
        using var client = new HttpClient { BaseAddress = new Uri(engine.Urls.First()) };
        (status, var same) = await GetAsync(client, "/api/capacity/what-if?cpu=8&memory=32Gi");
        Assert.Equal((HttpStatusCode.OK, said.ToJsonString()), (status, same.ToJsonString()));
        (status, var none) = await GetAsync(client, "/api/capacity/what-if?cpu=17");
        Assert.Equal((HttpStatusCode.OK, null), (status, (string?)none["node"]));
        Assert.Contains("not even on an empty one", (string?)none["because"], StringComparison.Ordinal);
        (status, var fault) = await GetAsync(client, "/api/capacity/what-if?cpu=many");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("cpu: expected one quantity above 0", (string?)fault["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "found nothing")]
    [InlineData("?cpu=0", "cpu: expected one quantity above 0 such as 8 or 32Gi, found \"0\"")]
    [InlineData("?cpu=1&cpu=2", "cpu: expected one quantity")]
    [InlineData("?cores=1", "cores: expected a resource")]
    public async Task What_is_no_request_is_refused_by_name(string query, string words)
    {
        await using var all = await ScalerWorld.StartAsync(Node("node-1", "16"));
        var (status, said) = await GetAsync(all.Http, $"/what-if{query}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(words, (string?)said["invalid"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_scaler_it_is_not_known()
    {
        await using var engine = await EngineAsync(null);
        using var client = new HttpClient { BaseAddress = new Uri(engine.Urls.First()) };
        var (status, said) = await GetAsync(client, "/api/capacity/what-if?cpu=8");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("no scaler is configured", (string?)said["detail"], StringComparison.Ordinal);
    }

    private static async Task<WebApplication> EngineAsync(Uri? scaler)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder
            .Services.AddSingleton(ScalerPlace.At(scaler))
            .AddSingleton(new EngineClocks(TimeProvider.System, TimeProvider.System))
            .AddSingleton<ScalerClient>()
            .AddSingleton<CapacityHistory>();
        var app = builder.Build();
        app.MapGroup("/api").MapWhatIf();
        await app.StartAsync(Stop);
        return app;
    }

    private static async Task<(HttpStatusCode Status, JsonNode Answer)> GetAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path, Stop);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!);
    }
}
