using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ebb.Simulation.Ups;
using Ebb.Tests.FunctionsHost.Protocol;
using Ebb.Tests.Harness;

namespace Ebb.Tests.FunctionsHost;

/// <summary>The published app as a worker of the host: timers, HTTP, keys.</summary>
public sealed class WorkerSpecs
{
    private const string View = "view-key-0123456789";
    private const string Control = "control-key-0123456789";

    private static readonly Dictionary<string, string> Demo = new()
    {
        ["Simulation__Speed"] = "30",
        ["Cluster__Mode"] = "simulation",
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [LongTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_whole_outage_runs_on_the_hosts_timers_and_without_them_from_the_moment_mains_fails(
        bool timersLive
    )
    {
        await using var ups = await SimulatedUps.StartAsync(0, TimeProvider.System);
        await using var host = await HostDouble.StartAsync(
            await PublishedFunctions.RootAsync(),
            new Dictionary<string, string>(Demo) { ["Power__Sources__0"] = $"nut://127.0.0.1:{ups.Port}/{ups.Name}" }
        );
        var timers = true;
        async Task<JsonNode> StatusAsync()
        {
            if (timers)
            {
                Assert.Equal(StatusResult.Types.Status.Success, (await host.TickAsync("PollUps")).Status);
                Assert.Equal(StatusResult.Types.Status.Success, (await host.TickAsync("EvaluateSchedules")).Status);
            }
            return (await JsonAsync(await host.GetAsync("/api/status")))!;
        }
        await host.Process.UntilAsync(
            async () =>
                await StatusAsync() is var status
                && (string?)status["phase"] == "normal"
                && (int?)status["workloads"]?["awake"] >= 14,
            "everything is awake"
        );
        ups.StatusOverride = "OB DISCHRG";
        timers = timersLive;
        await UntilAsync("asleep");
        ups.StatusOverride = "OL CHRG";
        await UntilAsync("normal");

        Task UntilAsync(string phase) =>
            host.Process.UntilAsync(
                async () => (string?)(await StatusAsync())["phase"] == phase,
                $"the phase is {phase}"
            );
    }

    [LongFact]
    public async Task A_timer_that_is_past_due_is_taken_for_any_other()
    {
        await using var host = await HostDouble.StartAsync(await PublishedFunctions.RootAsync(), Demo);
        Assert.Equal(StatusResult.Types.Status.Success, (await host.TickAsync("PollUps", pastDue: true)).Status);
    }

    [LongFact]
    public async Task Every_route_answers_through_the_host_as_it_does_without_one()
    {
        await using var host = await HostDouble.StartAsync(await PublishedFunctions.RootAsync(), Demo);
        await host.TickAsync("PollUps");
        foreach (
            var path in new[]
            {
                "/api",
                "/api/openapi.json",
                "/api/status",
                "/api/workloads",
                "/api/workloads/shop/deployment/checkout",
                "/api/plan",
                "/api/journal",
                "/api/outages",
                "/api/overrides",
                "/api/schedules",
                "/api/capacity",
                "/api/live",
                "/api/history",
                "/api/metrics",
                "/api/dashboard",
                "/api/dashboard/page.js",
                "/api/dashboard/icon.svg",
            }
        )
            await host.Process.UntilAsync(
                async () =>
                    await host.GetAsync(path) is var answer
                    && (
                        answer.IsSuccessStatusCode || answer.StatusCode != HttpStatusCode.ServiceUnavailable
                            ? answer.StatusCode == HttpStatusCode.OK
                                ? true
                                : throw new InvalidOperationException($"{path}: {answer.StatusCode}")
                            : false
                    ),
                $"{path} answers"
            );

        // What is not there, or not set up, says so as it does without a host.
        foreach (var (method, _, address) in Api.GarbageSpecs.Routes.Where(r => r.Method is "GET" or "POST" or "PUT"))
        {
            var answer = await host.SendAsync(new HttpRequestMessage(new HttpMethod(method), address));
            Assert.True(
                (int)answer.StatusCode is 200 or 202 or 400 or 404 or 415 or 422,
                $"{address}: {answer.StatusCode}"
            );
        }
        var missing = await host.GetAsync("/api/nothing");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal("application/problem+json", missing.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", missing.Headers.GetValues("X-Content-Type-Options").Single());

        var head = await host.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/api/status"));
        Assert.Equal((HttpStatusCode.OK, 0), (head.StatusCode, (await head.Content.ReadAsByteArrayAsync(Stop)).Length));
    }

    [LongFact]
    public async Task Every_route_that_acts_answers_through_the_host()
    {
        await using var host = await HostDouble.StartAsync(await PublishedFunctions.RootAsync(), Demo);
        await host.Process.UntilAsync(
            async () =>
            {
                await host.TickAsync("PollUps");
                return (int?)(await JsonAsync(await host.GetAsync("/api/status")))?["workloads"]?["awake"] >= 14;
            },
            "everything is awake"
        );
        const string workload = "/api/workloads/shop/deployment/checkout/override";
        const string schedule =
            "apiVersion: autoscaling.d-kuro.github.io/v1\nkind: Schedule\nmetadata: {name: s, namespace: shop}\n"
            + "spec: {scaleTargetRef: {kind: Deployment, name: checkout}, type: Daily, startTime: '08:00', endTime: '18:00', minReplicas: 2}\n";
        foreach (
            var (method, path, type, body, expected) in new[]
            {
                (
                    HttpMethod.Put,
                    workload,
                    "application/json",
                    """{"replicas":2,"for":"PT1H","reason":"a test"}""",
                    HttpStatusCode.Created
                ),
                (HttpMethod.Delete, workload, "application/json", "", HttpStatusCode.Accepted),
                (HttpMethod.Post, "/api/schedules/preview", "application/yaml", schedule, HttpStatusCode.OK),
                (HttpMethod.Post, "/api/demo/plug-in", "application/json", "", HttpStatusCode.Accepted),
                (
                    HttpMethod.Post,
                    "/api/power/hold",
                    "application/json",
                    """{"reason":"a test","for":"PT1H"}""",
                    HttpStatusCode.Accepted
                ),
                (
                    HttpMethod.Post,
                    "/api/power/release",
                    "application/json",
                    """{"reason":"a test"}""",
                    HttpStatusCode.Accepted
                ),
                (
                    HttpMethod.Post,
                    "/api/power/drill",
                    "application/json",
                    """{"reason":"a test"}""",
                    HttpStatusCode.Accepted
                ),
            }
        )
        {
            using var content = new StringContent(body, Encoding.UTF8, type);
            var answer = await host.SendAsync(
                new HttpRequestMessage(method, path) { Content = body.Length > 0 ? content : null }
            );
            Assert.True(
                expected == answer.StatusCode,
                $"{method} {path}: {answer.StatusCode}, {await answer.Content.ReadAsStringAsync(Stop)}"
            );
        }
    }

    public static TheoryData<string, byte[], bool, HttpStatusCode> Bodies =>
        new()
        {
            { "application/json", """{"reason":"a test","for":"PT1H"}"""u8.ToArray(), false, HttpStatusCode.Accepted },
            { "application/json", """{"reason":"a test","for":"PT1H"}"""u8.ToArray(), true, HttpStatusCode.Accepted },
            { "application/json", "not json"u8.ToArray(), true, HttpStatusCode.BadRequest },
            { "application/json", [0xff, 0xfe, 0x00], false, HttpStatusCode.BadRequest },
            { "text/plain", "{}"u8.ToArray(), false, HttpStatusCode.UnsupportedMediaType },
            { "application/json", new byte[(64 * 1024) + 1], false, HttpStatusCode.RequestEntityTooLarge },
            { "application/json", new byte[(64 * 1024) + 1], true, HttpStatusCode.RequestEntityTooLarge },
        };

    [LongFact]
    public async Task Bodies_are_judged_as_without_a_host_chunked_or_not()
    {
        await using var host = await HostDouble.StartAsync(await PublishedFunctions.RootAsync(), Demo);
        await host.TickAsync("PollUps");
        foreach (var (type, body, chunked, expected) in Bodies.Select(body => body.Data))
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new(type);
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/power/hold") { Content = content };
            request.Headers.TransferEncodingChunked = chunked;
            var row = $"{type} of {body.Length} bytes, chunked {chunked}";
            try
            {
                var answer = await host.SendAsync(request);
                Assert.True(expected == answer.StatusCode, $"{row}: {answer.StatusCode}, expected {expected}");
            }
            catch (HttpRequestException failure)
            {
                Assert.Fail($"{row}: {failure}");
            }
        }
    }

    [LongFact]
    public async Task A_long_answer_comes_whole_and_fifty_requests_at_once_are_answered()
    {
        await using var host = await HostDouble.StartAsync(await PublishedFunctions.RootAsync(), Demo);
        var script = await host.GetAsync("/api/dashboard/page.js");
        Assert.Equal(
            await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "engine/Dashboard/Page/page.js"), Stop),
            await script.Content.ReadAsByteArrayAsync(Stop)
        );
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => host.GetAsync("/api/history")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [LongFact]
    public async Task Keys_are_the_same_and_mean_the_same_as_without_a_host()
    {
        var settings = new Dictionary<string, string>(Demo) { ["Keys__View"] = View, ["Keys__Control"] = Control };
        await using var host = await HostDouble.StartAsync(await PublishedFunctions.RootAsync(), settings);
        await using var alone = await RealProcess.FunctionsAsync(settings, View);
        await host.TickAsync("PollUps");
        foreach (var key in new[] { null, "wrong", View, Control })
        {
            foreach (
                var (method, path) in new[] { (HttpMethod.Get, "/api/status"), (HttpMethod.Post, "/api/power/hold") }
            )
            {
                var hosted = await host.SendAsync(Request(method, path, key));
                using var own = await alone.Http.SendAsync(Request(method, path, key), Stop);
                Assert.True(
                    hosted.StatusCode == own.StatusCode,
                    $"{method} {path} with {key ?? "no key"}: {hosted.StatusCode} under the host, {own.StatusCode} alone"
                );
                var may = key == Control || (key == View && method == HttpMethod.Get);
                Assert.Equal(may, hosted.StatusCode != HttpStatusCode.Unauthorized);
            }
        }
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/api/dashboard")).StatusCode);
        Assert.DoesNotContain(Control, host.Process.Output, StringComparison.Ordinal);
    }

    [LongFact]
    public async Task Lines_that_belong_to_no_invocation_are_seen_with_their_level()
    {
        await using var host = await HostDouble.StartAsync(await PublishedFunctions.RootAsync(), Demo);
        await host.Process.UntilAsync(
            () =>
                Task.FromResult(
                    host.Process.Output.Contains("info: Ebb.Engine.Power.Ticking", StringComparison.Ordinal)
                ),
            "the worker tells that no timer comes"
        );
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? key)
    {
        var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Post)
            request.Content = new StringContent("""{"reason":"a test"}""", Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Add("x-functions-key", key);
        return request;
    }

    private static async Task<JsonNode?> JsonAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop));
}
