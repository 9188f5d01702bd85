using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using Ebb.Tests.Survival;

namespace Ebb.Tests.Orders;

/// <summary>What a person is answered when the API server does not store what was asked, or does not say so.</summary>
public sealed class UnconfirmedSpecs : IAsyncLifetime
{
    private const string Key = "control-key-0123456789";

    private World _world = null!;
    private RealProcess _ebb = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync(EveryKind.Manifests);
        _ebb = await RealProcess.FunctionsAsync(
            new Dictionary<string, string>
            {
                ["Cluster__Mode"] = "kubeconfig",
                ["KUBECONFIG"] = _world.Kubeconfig,
                ["Power__Sources__0"] = $"nut://127.0.0.1:{_world.Ups.Port}/{_world.Ups.Name}",
                ["Keys__View"] = "view-key-0123456789",
                ["Keys__Control"] = Key,
            },
            Key
        );
        _ebb.Http.DefaultRequestHeaders.Add("x-functions-key", Key);
        await _ebb.UntilPhaseAsync("normal");
    }

    public async ValueTask DisposeAsync()
    {
        await _ebb.DisposeAsync();
        await _world.DisposeAsync();
    }

    [LongFact]
    public async Task An_order_that_is_not_stored_is_told_so_and_nothing_happens()
    {
        Refuse("POST", "/powerorders");
        var (status, problem) = await AskAsync("hold");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "urn:ebb:problem:not-stored"), (status, Type(problem)));
        _world.Cluster.Faults.Clear();
        Assert.Empty(Orders);
        await _ebb.UntilPhaseAsync("normal");
    }

    [LongFact]
    public async Task An_order_whose_answer_is_lost_is_told_as_perhaps_stored_and_named_and_counts()
    {
        _world.Cluster.Faults.Add(r => Is(r, "POST", "/powerorders"), new Fault.ResetInAnswer(), 1);
        Refuse("POST", "/powerorders");
        var (status, problem) = await AskAsync("hold");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "urn:ebb:problem:not-confirmed"), (status, Type(problem)));
        var name = (string)Assert.Single(Orders)["metadata"]!["name"]!;
        Assert.Contains(
            $"whether PowerOrder {name} was written is not known, and if it was, it counts",
            (string?)problem["detail"],
            StringComparison.Ordinal
        );
        await _ebb.UntilPhaseAsync("held");
    }

    [LongFact]
    public async Task An_override_whose_answer_is_lost_is_told_as_perhaps_stored_and_counts()
    {
        _world.Cluster.Faults.Add(r => Is(r, "POST", "/overrides"), new Fault.ResetInAnswer(), 1);
        Refuse("POST", "/overrides");
        var answer = await _ebb.Http.PutAsJsonAsync(
            "/api/workloads/shop/deployment/web/override",
            new
            {
                replicas = 5,
                @for = "PT1H",
                reason = "campaign",
            },
            Stop
        );
        var problem = (await answer.Content.ReadFromJsonAsync<JsonObject>(Stop))!;
        Assert.Equal("urn:ebb:problem:not-confirmed", Type(problem));
        await _ebb.UntilAsync(
            () =>
                Task.FromResult(
                    (int?)_world.Cluster.Store.Get("deployments.apps", "shop", "web")!["spec"]!["replicas"] == 5
                ),
            "it holds"
        );
    }

    [LongFact]
    public async Task Of_two_holds_the_one_that_was_released_is_named_when_the_other_cannot_be()
    {
        Assert.Equal(HttpStatusCode.Accepted, (await AskAsync("hold")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await AskAsync("hold")).Status);
        await _ebb.UntilAsync(
            () => Task.FromResult(Orders.All(o => (string?)o["status"]?["phase"] == "InForce")),
            "both hold"
        );
        var names = Orders.Select(o => (string)o["metadata"]!["name"]!).Order(StringComparer.Ordinal).ToList();
        Refuse("PATCH", $"/powerorders/{names[1]}/status");
        var (status, problem) = await AskAsync("release");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "urn:ebb:problem:not-stored"), (status, Type(problem)));
        Assert.Contains(
            $"the release of PowerOrder {names[1]} ({names[0]} is released) was not written",
            (string?)problem["detail"],
            StringComparison.Ordinal
        );
    }

    private IReadOnlyList<JsonObject> Orders => [.. _world.Cluster.Store.List("powerorders.ebb.dev")];

    private void Refuse(string method, string path) =>
        _world.Cluster.Faults.Add(r => Is(r, method, path), new Fault.ErrorStatus(503));

    private static bool Is(LoggedRequest request, string method, string path) =>
        request.Method == method && request.Path.EndsWith(path, StringComparison.Ordinal);

    private static string? Type(JsonObject problem) => (string?)problem["type"];

    private async Task<(HttpStatusCode Status, JsonObject Problem)> AskAsync(string verb)
    {
        var answer = await _ebb.Http.PostAsJsonAsync($"/api/power/{verb}", new { reason = "let me look" }, Stop);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonObject>(Stop))!);
    }
}
