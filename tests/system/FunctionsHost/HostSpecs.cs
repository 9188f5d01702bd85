using System.Net;
using System.Text.Json.Nodes;
using Ebb.Simulation.Ups;
using Ebb.Tests.Harness;

namespace Ebb.Tests.FunctionsHost;

public sealed class HostSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly string Tick = """
        {"Data":{"tick":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"0001-01-01T00:00:00+00:00","Next":"2026-03-14T10:00:00+00:00","LastUpdated":"0001-01-01T00:00:00+00:00"},"IsPastDue":false}},"Metadata":{"sys":{"MethodName":"PollUps","UtcNow":"2026-03-14T10:00:00.0338047Z","RandGuid":"0c7f2c0e-8a52-4c19-9b0f-5a1c5a5f2f10"}}}
        """;

    public static TheoryData<string> Bodies =>
        ["recorded", "first ever", "{}", "{\"Data\":{},\"Metadata\":{}}", "[]", "not json"];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_timer_is_answered_so_that_the_host_takes_it_for_done_whatever_the_body(string body)
    {
        await using var host = await HostEmulator.StartAsync(
            new Dictionary<string, string> { ["Simulation__Speed"] = "30" }
        );
        var (outcome, answer) = await host.InvokeTimerAsync(
            "PollUps",
            body switch
            {
                "recorded" => Tick,
                "first ever" => Tick.Replace(
                    "2026-03-14T10:00:00+00:00",
                    "0001-01-01T09:18:00+09:18",
                    StringComparison.Ordinal
                ),
                _ => body,
            }
        );
        Assert.Equal("succeeded", outcome);
        Assert.NotEmpty(answer!["Logs"]!.AsArray());
    }

    [Fact]
    public async Task Every_recorded_timer_invocation_is_answered()
    {
        Assert.SkipWhen(Repository.Shared is null, "the recorded invocations are not at hand");
        await using var host = await HostEmulator.StartAsync(
            new Dictionary<string, string> { ["Simulation__Speed"] = "30" }
        );
        foreach (
            var file in Directory.EnumerateFiles(
                Path.Combine(Repository.Shared!, "facts/functions-host"),
                "timer-*.json"
            )
        )
        {
            var recorded = JsonNode.Parse(await File.ReadAllTextAsync(file, Stop))!;
            var (outcome, _) = await host.InvokeTimerAsync("PollUps", (string)recorded["request"]!["bodyRaw"]!);
            Assert.True(outcome == "succeeded", $"{Path.GetFileName(file)}: {outcome}");
        }
    }

    [Fact]
    public async Task Forwarded_requests_reach_the_same_routes_without_another_key()
    {
        await using var host = await HostEmulator.StartAsync(
            new Dictionary<string, string>
            {
                ["Simulation__Speed"] = "30",
                ["Keys__View"] = "view-key-0123456789",
                ["Keys__Control"] = "control-key-0123456789",
            }
        );
        await host.InvokeTimerAsync("PollUps", Tick);
        Assert.Equal(
            HttpStatusCode.OK,
            (await host.ForwardAsync(HttpMethod.Get, "/api/status?code=whatever")).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Accepted,
            (await host.ForwardAsync(HttpMethod.Post, "/api/power/hold", "{\"reason\":\"host\"}")).StatusCode
        );
        Assert.Equal(HttpStatusCode.NotFound, (await host.ForwardAsync(HttpMethod.Get, "/api/nothing")).StatusCode);
        Assert.DoesNotContain("a key that the host has checked", host.Handler.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_whole_outage_runs_on_the_hosts_timers_and_without_them_from_the_moment_mains_fails(
        bool timersLive
    )
    {
        await using var ups = await SimulatedUps.StartAsync(0, TimeProvider.System);
        await using var host = await HostEmulator.StartAsync(
            new Dictionary<string, string>
            {
                ["Power__Sources__0"] = $"nut://127.0.0.1:{ups.Port}/{ups.Name}",
                ["Simulation__Speed"] = "30",
            }
        );
        var timers = true;
        async Task<string> PhaseAsync()
        {
            if (timers)
                await host.InvokeTimerAsync("PollUps", Tick);
            return (string)
                JsonNode.Parse(
                    await (await host.ForwardAsync(HttpMethod.Get, "/api/status")).Content.ReadAsStringAsync(Stop)
                )!["phase"]!;
        }
        await host.Handler.UntilAsync(
            async () =>
                await PhaseAsync() == "normal"
                && (int?)(await host.Handler.TryGetAsync("/api/status"))?["workloads"]?["awake"] >= 14,
            "everything is awake"
        );
        ups.StatusOverride = "OB DISCHRG";
        timers = timersLive;
        await host.Handler.UntilAsync(async () => await PhaseAsync() == "asleep", "everything is asleep");
        ups.StatusOverride = "OL CHRG";
        await host.Handler.UntilAsync(async () => await PhaseAsync() == "normal", "everything is awake again");
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_the_handler_with_an_error_so_that_the_host_starts_it_again()
    {
        await using var first = await HostEmulator.StartAsync(new Dictionary<string, string>());
        await using var second = RealProcess.Launch(
            "functions",
            "Ebb.Functions",
            new Dictionary<string, string> { ["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{first.Handler.Port}" }
        );
        Assert.NotEqual(0, await second.ExitAsync());
    }

    [Fact]
    public async Task The_published_script_root_has_a_folder_for_each_function_and_each_has_its_route()
    {
        var folder = Directory.CreateTempSubdirectory("ebb-app-").FullName;
        try
        {
            var (code, output) = await Run.Async(
                "dotnet",
                null,
                "publish",
                Path.Combine(Repository.Root, "functions"),
                "--no-build",
                "-c",
                Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!,
                "-o",
                folder
            );
            Assert.True(code == 0, output);
            Assert.True(File.Exists(Path.Combine(folder, "host.json")));
            var executable = (string)
                JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "host.json"), Stop))!["customHandler"]![
                    "description"
                ]!["defaultExecutablePath"]!;
            Assert.True(File.Exists(Path.Combine(folder, executable)), executable);
            var functions = Directory
                .EnumerateDirectories(folder)
                .Where(d => File.Exists(Path.Combine(d, "function.json")))
                .ToDictionary(
                    d => Path.GetFileName(d)!,
                    d => JsonNode.Parse(File.ReadAllText(Path.Combine(d, "function.json")))!
                );
            Assert.Superset(
                new HashSet<string>(["PollUps", "EvaluateSchedules", "View", "Control"]),
                functions.Keys.ToHashSet()
            );
            Assert.All(
                Directory.EnumerateDirectories(folder).Where(d => File.Exists(Path.Combine(d, "function.json"))),
                d => Assert.Single(Directory.EnumerateFileSystemEntries(d))
            );

            await using var host = await HostEmulator.StartAsync(
                new Dictionary<string, string> { ["Simulation__Speed"] = "30" }
            );
            foreach (var (name, function) in functions)
            {
                var trigger = function["bindings"]!
                    .AsArray()
                    .Single(b => ((string)b!["type"]!).EndsWith("Trigger", StringComparison.Ordinal))!;
                if ((string)trigger["type"]! == "timerTrigger")
                    Assert.Equal("succeeded", (await host.InvokeTimerAsync(name, Tick)).Outcome);
                else
                {
                    // Forwarding takes exactly one input and one output, and the methods of one function are not those of another.
                    Assert.Equal(2, function["bindings"]!.AsArray().Count);
                    Assert.Contains(function["bindings"]!.AsArray(), b => (string)b!["type"]! == "http");
                }
            }
            var methods = functions
                .Values.SelectMany(f => f["bindings"]!.AsArray())
                .Where(b => (string?)b!["route"] == "{*path}")
                .SelectMany(b => b!["methods"]!.AsArray().Select(m => (string)m!))
                .ToList();
            Assert.Equal(["delete", "get", "post", "put"], methods.Order());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
