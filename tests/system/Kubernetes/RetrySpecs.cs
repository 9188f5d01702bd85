using System.Text.Json.Nodes;
using Ebb.Kubernetes;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Resources;
using static Ebb.Tests.Kube.ScriptedApiServer;

namespace Ebb.Tests.Kube;

public sealed class RetrySpecs : IAsyncLifetime
{
    private const string Web = "/apis/apps/v1/namespaces/shop/deployments/web";
    private const string WebJson = """{"metadata":{"name":"web","namespace":"shop","uid":"u","resourceVersion":"7"}}""";
    private static readonly ResourceType Deployments = new("apps", "v1", "deployments", "Deployment");
    private readonly ManualTimeProvider _time = new();
    private ScriptedApiServer _server = null!;
    private KubernetesApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StartAsync();
        _api = new KubernetesApi(_server.Connection, _time, new KubernetesApiOptions { Chance = () => 0 });
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_429_is_tried_again_after_exactly_what_the_server_asks()
    {
        _server.On($"PATCH {Web}", Status(429, "TooManyRequests", headers: ("Retry-After", "7")), Json(WebJson));
        var patch = PatchAsync();
        await _time.UntilTimerDueInAsync(TimeSpan.FromSeconds(7));
        Assert.Single(_server.ReceivedFor($"PATCH {Web}"));
        _time.Advance(TimeSpan.FromSeconds(7));
        await patch;
        Assert.Equal(2, _server.ReceivedFor($"PATCH {Web}").Count);
    }

    [Fact]
    public async Task A_Retry_After_beyond_the_deadline_is_not_waited_for()
    {
        _server.On($"PATCH {Web}", Status(503, "ServiceUnavailable", "later", headers: ("Retry-After", "11")));
        var fault = await Assert.ThrowsAsync<KubernetesException>(PatchAsync);
        Assert.Equal((503, "ServiceUnavailable"), (fault.Code, fault.Reason));
        Assert.Single(_server.All);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task A_failure_of_the_server_is_tried_again_after_a_short_pause(int code)
    {
        _server.On($"PATCH {Web}", Text("oh", code), Json(WebJson));
        var patch = PatchAsync();
        await _time.UntilTimerDueInAsync(TimeSpan.FromMilliseconds(50));
        _time.Advance(TimeSpan.FromMilliseconds(50));
        await patch;
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_and_never_came_is_neither_done_nor_failed()
    {
        _server.On($"PATCH {Web}", Reset, Status(503, "ServiceUnavailable", headers: ("Retry-After", "60")));
        var patch = PatchAsync();
        await _time.UntilTimerDueInAsync(TimeSpan.FromMilliseconds(50));
        _time.Advance(TimeSpan.FromMilliseconds(50));
        var fault = await Assert.ThrowsAsync<KubernetesTimeoutException>(() => patch);
        Assert.Contains("may or may not have been done", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_whose_answer_broke_off_is_tried_again_and_a_conflict_then_is_the_answer()
    {
        _server.On($"PATCH {Web}", ResetIn(WebJson), Status(409, "Conflict", "the object has been modified"));
        var patch = PatchAsync();
        await _time.UntilTimerDueInAsync(TimeSpan.FromMilliseconds(50));
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(409, (await Assert.ThrowsAsync<KubernetesException>(() => patch)).Code);
    }

    [Fact]
    public async Task A_request_without_an_answer_ends_at_the_deadline_and_the_server_counts_as_unreachable()
    {
        _server.On($"PATCH {Web}", _server.Silence);
        var patch = PatchAsync();
        await _server.UntilReceivedAsync($"PATCH {Web}");
        _time.Advance(TimeSpan.FromSeconds(5));
        await _time.UntilTimerDueInAsync(TimeSpan.FromMilliseconds(50));
        Assert.False(_api.Contact.Reachable);
        _time.Advance(TimeSpan.FromMilliseconds(50));
        await _server.UntilReceivedAsync($"PATCH {Web}", 2);
        _time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<KubernetesTimeoutException>(() => patch);
    }

    [Fact]
    public async Task A_write_that_the_server_keeps_while_it_answers_others_is_waited_for_until_its_webhook_has_given_up()
    {
        var given = new TaskCompletionSource();
        var refusal = Status(
            500,
            "InternalError",
            "Internal error occurred: failed calling webhook \"x\": failed to call webhook: context deadline exceeded"
        );
        _server.On(
            $"PATCH {Web}",
            async context =>
            {
                await given.Task;
                await refusal(context);
            }
        );
        var patch = PatchAsync();
        await AnsweredMeanwhileAsync(TimeSpan.FromSeconds(10));
        given.SetResult();
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => patch);
        Assert.Contains("failed calling webhook", fault.Message, StringComparison.Ordinal);
        // Whoever wants it asks again: by then the server of the webhook may have been woken.
        Assert.Single(_server.ReceivedFor($"PATCH {Web}"));
        Assert.True(_api.Contact.Reachable);
    }

    [Fact]
    public async Task A_write_that_the_server_keeps_for_longer_ends_too_and_says_why_it_may_be_kept()
    {
        _server.On($"PATCH {Web}", _server.Silence);
        var patch = PatchAsync();
        await AnsweredMeanwhileAsync(TimeSpan.FromSeconds(14));
        var fault = await Assert.ThrowsAsync<KubernetesTimeoutException>(() => patch);
        Assert.Contains(
            "no answer within 14 s, while the server answers others: a webhook or policy may keep it",
            fault.Message,
            StringComparison.Ordinal
        );
        Assert.Single(_server.ReceivedFor($"PATCH {Web}"));
        Assert.True(_api.Contact.Reachable);
    }

    /// <summary>The write has been received and lasts for so long, and another question is answered soon.</summary>
    private async Task AnsweredMeanwhileAsync(TimeSpan lasts)
    {
        await _server.UntilReceivedAsync($"PATCH {Web}");
        _server.On($"GET {Web}", Json(WebJson));
        await _api.GetAsync(Kinds.Deployments, "shop", "web", TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(5));
        _time.Advance(lasts - TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task The_callers_cancellation_is_no_time_out()
    {
        _server.On($"PATCH {Web}", _server.Silence);
        using var caller = new CancellationTokenSource();
        var patch = _api.PatchAsync(Deployments, "shop", "web", null, new JsonObject(), caller.Token);
        await _server.UntilReceivedAsync($"PATCH {Web}");
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => patch);
        Assert.Null(_api.Contact.Reachable);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_a_failure_and_not_a_timeout()
    {
        var address = _server.Address;
        await _server.DisposeAsync();
        using var api = new KubernetesApi(
            ClusterConnection.To(address),
            _time,
            new KubernetesApiOptions { Attempts = 1 }
        );
        var fault = await Assert.ThrowsAsync<KubernetesException>(() =>
            api.PatchAsync(Deployments, "shop", "web", null, new JsonObject(), TestContext.Current.CancellationToken)
        );
        Assert.Null(fault.Code);
        Assert.Equal("cannot patch deployments.apps shop/web: the server cannot be connected to", fault.Message);
        Assert.False(api.Contact.Reachable);
        _server = await StartAsync();
    }

    [Fact]
    public async Task A_missing_right_is_named_with_verb_and_resource()
    {
        const string said =
            "deployments.apps \"web\" is forbidden: User \"u\" cannot patch resource \"deployments/scale\" "
            + "in API group \"apps\" in the namespace \"shop\"";
        _server.On($"PATCH {Web}/scale", Status(403, "Forbidden", said));
        var fault = await Assert.ThrowsAsync<KubernetesException>(() =>
            _api.PatchAsync(
                Deployments,
                "shop",
                "web",
                "scale",
                new JsonObject(),
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal($"a right is missing to patch deployments.apps/scale shop/web: {said}", fault.Message);
        Assert.Single(_server.All);
    }

    [Fact]
    public async Task A_write_says_who_makes_it()
    {
        _server.On($"PATCH {Web}", Json(WebJson));
        await PatchAsync();
        var asked = Assert.Single(_server.All);
        Assert.Equal("?fieldManager=ebb", asked.Query);
        Assert.StartsWith("ebb/", asked.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.Equal("application/merge-patch+json", asked.Headers["Content-Type"]);
    }

    [Fact]
    public async Task A_list_whose_continuation_expired_is_begun_again_and_pages_are_never_mixed()
    {
        const string path = "GET /apis/apps/v1/deployments";
        static string Page(string version, string next, string name) =>
            $$$"""
                {"metadata":{"resourceVersion":"{{{version}}}","continue":"{{{next}}}"},
                 "items":[{"metadata":{"name":"{{{name}}}","namespace":"a"}}]}
                """;
        _server.On(
            path,
            Json(Page("1", "t1", "old")),
            Status(410, "Expired"),
            Json(Page("2", "t2", "x")),
            Json(Page("2", "", "y"))
        );
        var list = await _api.ListAsync(Kinds.Deployments, null, null, TestContext.Current.CancellationToken);
        Assert.Equal(["x", "y"], list.Items!.Select(item => item.Metadata.Name));
        Assert.Equal(
            ["?limit=500", "?limit=500&continue=t1", "?limit=500", "?limit=500&continue=t2"],
            _server.ReceivedFor(path).Select(asked => asked.Query)
        );
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public async Task A_name_that_would_lead_elsewhere_is_never_sent(string name)
    {
        var fault = await Assert.ThrowsAsync<KubernetesException>(() =>
            _api.PatchAsync(Deployments, "shop", name, null, new JsonObject(), TestContext.Current.CancellationToken)
        );
        Assert.Equal(422, fault.Code);
        Assert.Empty(_server.All);
    }

    [Fact]
    public async Task A_name_with_a_slash_stays_one_name()
    {
        await Assert.ThrowsAsync<KubernetesException>(() =>
            _api.PatchAsync(Deployments, "shop", "a/b?c", null, new JsonObject(), TestContext.Current.CancellationToken)
        );
        Assert.Equal("PATCH /apis/apps/v1/namespaces/shop/deployments/a%2Fb%3Fc", _server.All.Single().Key);
    }

    private Task<ApiAnswer> PatchAsync() =>
        _api.PatchAsync(
            Deployments,
            "shop",
            "web",
            null,
            new JsonObject { ["spec"] = new JsonObject { ["x"] = 1 } },
            TestContext.Current.CancellationToken
        );
}
