using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Ebb.Tests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ebb.Tests.Alerts;

/// <summary>
/// Webhooks of every form, one that fails at first, and one that hangs, during a whole drill; then its report and what
/// it taught.
/// </summary>
public sealed class AlertSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [LongFact]
    public async Task Every_form_is_told_a_failing_one_is_told_again_and_a_hanging_one_delays_nobody()
    {
        ConcurrentQueue<(string Path, string Body, string? Title)> told = new();
        var refusals = 2;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var port = FreePort.Take();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var hooks = builder.Build();
        hooks.MapPost(
            "/{form}/s3cret",
            async (string form, HttpContext context) =>
            {
                if (form == "slack" && Interlocked.Decrement(ref refusals) >= 0)
                    return Results.StatusCode(503);
                using var reader = new StreamReader(context.Request.Body);
                told.Enqueue(
                    (
                        form,
                        await reader.ReadToEndAsync(context.RequestAborted),
                        context.Request.Headers["X-Title"].FirstOrDefault()
                    )
                );
                return Results.Ok();
            }
        );
        await hooks.StartAsync(Stop);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        await using var ebb = await RealProcess.EngineAsync(
            new Dictionary<string, string>
            {
                ["Simulation__Speed"] = "60",
                ["Alerts__Webhooks__0"] = $"http://{silent.LocalEndpoint}/hangs/s3cret",
                ["Alerts__Webhooks__1"] = $"json=http://127.0.0.1:{port}/json/s3cret",
                ["Alerts__Webhooks__2"] = $"slack=http://127.0.0.1:{port}/slack/s3cret",
                ["Alerts__Webhooks__3"] = $"discord=http://127.0.0.1:{port}/discord/s3cret",
                ["Alerts__Webhooks__4"] = $"ntfy=http://127.0.0.1:{port}/ntfy/s3cret",
            }
        );
        await ebb.UntilPhaseAsync("normal");
        await ebb.UntilAsync(
            async () => (int?)(await ebb.GetAsync("/api/status"))["workloads"]!["total"] >= 14,
            "the cluster is read"
        );
        Assert.All((await ebb.GetAsync("/api/plan"))["down"]!.AsArray(), w => Assert.Null(w!["expectedSeconds"]));
        await ebb.Http.PostAsJsonAsync("/api/power/drill", new { reason = "to <see> & hear it" }, Stop);
        await ebb.UntilAsync(
            async () => (await ebb.GetAsync("/api/outages"))["items"]!.AsArray().Any(o => o!["ended"] is not null),
            "the drill is over"
        );

        await ebb.UntilAsync(
            () =>
                Task.FromResult(
                    new[] { "json", "slack", "discord", "ntfy" }.All(f =>
                        told.Any(t => t.Path == f && t.Body.Contains("goes to sleep", StringComparison.Ordinal))
                    )
                ),
            "all are told"
        );
        string Of(string form) =>
            told.First(t => t.Path == form && t.Body.Contains("goes to sleep", StringComparison.Ordinal)).Body;
        var json = JsonNode.Parse(Of("json"))!;
        Assert.Equal(("going-to-sleep", true), ((string?)json["phase"], (bool)json["urgent"]!));
        Assert.DoesNotContain('\n', (string)json["text"]!);
        Assert.Contains(
            "&lt;see&gt; &amp; hear it",
            (string?)JsonNode.Parse(Of("slack"))!["text"],
            StringComparison.Ordinal
        );
        Assert.Empty(JsonNode.Parse(Of("discord"))!["allowed_mentions"]!["parse"]!.AsArray());
        Assert.StartsWith("Ebb: The cluster goes to sleep", Of("ntfy"), StringComparison.Ordinal);
        Assert.Equal("Ebb", told.First(t => t.Path == "ntfy").Title);
        Assert.DoesNotContain("s3cret", ebb.Output, StringComparison.Ordinal);

        var id = (string)(await ebb.GetAsync("/api/outages"))["items"]![0]!["id"]!;
        using var wanted = new HttpRequestMessage(HttpMethod.Get, $"/api/outages/{id}");
        wanted.Headers.Add("Accept", "text/markdown");
        var report = await ebb.Http.SendAsync(wanted, Stop);
        Assert.Equal("text/markdown", report.Content.Headers.ContentType?.MediaType);
        var text = await report.Content.ReadAsStringAsync(Stop);
        Assert.StartsWith("# Drill of ", text, StringComparison.Ordinal);
        Assert.Contains("- Back as it was: yes, all of it", text, StringComparison.Ordinal);
        await ebb.UntilAsync(
            async () =>
                (await ebb.GetAsync("/api/plan"))["down"]!.AsArray().All(w => w!["expectedSeconds"] is not null),
            "the plan has learned"
        );
        Assert.NotNull((await ebb.GetAsync("/api/plan"))["fits"]);
    }

    [Fact]
    public async Task An_address_that_is_none_is_refused_without_showing_it()
    {
        await using var ebb = RealProcess.Launch(
            "functions",
            "Ebb.Functions",
            new Dictionary<string, string> { ["Alerts__Webhooks__0"] = "hunter2secret" }
        );
        Assert.NotEqual(0, await ebb.ExitAsync());
        Assert.Contains("Alerts__Webhooks__0: expected an address such as", ebb.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2secret", ebb.Output, StringComparison.Ordinal);
    }
}
