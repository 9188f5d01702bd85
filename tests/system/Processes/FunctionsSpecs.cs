using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Processes;

/// <summary>The program as its users start it: by itself, with bad settings, with keys.</summary>
public sealed partial class FunctionsSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task<RealProcess> DemoAsync(params (string Name, string Value)[] settings) =>
        RealProcess.FunctionsAsync(
            settings.Append(("Simulation__Speed", "60")).ToDictionary(s => s.Item1, s => s.Item2)
        );

    [Fact]
    public async Task The_demo_sleeps_in_waves_in_a_drill_and_wakes_to_exactly_what_it_was()
    {
        await using var ebb = await DemoAsync();
        var before = await ebb.SettledAsync();
        var told = ebb.Output.Length;
        var answer = await ebb.Http.PostAsJsonAsync("/api/power/drill", new { reason = "to see it" }, Stop);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await ebb.UntilAsync(
            async () => (await ebb.GetAsync("/api/outages"))["items"]!.AsArray().Any(o => o!["ended"] is not null),
            "the drill is over"
        );
        Assert.Equal(before, await ebb.SettledAsync());
        var outage = (await ebb.GetAsync("/api/outages"))["items"]![0]!;
        Assert.True((bool)outage["drill"]!);
        var report = await ebb.GetAsync($"/api/outages/{outage["id"]}");
        Assert.Equal(5, report["waves"]!.AsArray().Count(w => (string?)w!["direction"] == "Down"));
        // A person reads it through: 18 workloads asleep and awake, and the waves; each line with its time.
        var lines = ebb.Output[told..].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // A slow machine loses contact in a world that is sixty times as fast, which is no part of the drill.
        var ofDrill = lines.Count(line => !line.Contains("no contact since", StringComparison.Ordinal));
        Assert.True(ofDrill is > 20 and < 60, ebb.Output[told..]);
        Assert.All(lines, line => Assert.Matches(LogLine(), line));
    }

    [GeneratedRegex(@"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (info|warn|fail): [\w.]+\[\d+\]|\d\d:\d\d:\d\dZ [\w-]+)")]
    private static partial Regex LogLine();

    [LongFact]
    public async Task The_kubeconfig_of_the_demo_is_its_users_alone_and_does_not_outlive_it()
    {
        var runtime = Directory.CreateTempSubdirectory("ebb-test-");
        try
        {
            var settings = new Dictionary<string, string>
            {
                ["XDG_RUNTIME_DIR"] = runtime.FullName,
                ["Simulation__Scaler"] = "false",
            };
            await using (var killed = await RealProcess.FunctionsAsync(settings))
            {
                var path = Kubeconfig(killed);
                Assert.StartsWith(runtime.FullName, path, StringComparison.Ordinal);
                if (!OperatingSystem.IsWindows())
                {
                    Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
                    Assert.Equal(
                        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                        File.GetUnixFileMode(Path.GetDirectoryName(path)!)
                    );
                }
                killed.Process.Kill();
                await killed.ExitAsync();
                Assert.True(File.Exists(path));
            }
            await using (var next = await RealProcess.FunctionsAsync(settings))
            {
                Assert.Equal([Path.GetDirectoryName(Kubeconfig(next))!], Directory.GetDirectories(runtime.FullName));
                using var stop = System.Diagnostics.Process.Start("kill", ["-TERM", $"{next.Process.Id}"]);
                await next.ExitAsync();
            }
            Assert.Empty(Directory.GetDirectories(runtime.FullName));
        }
        finally
        {
            runtime.Delete(recursive: true);
        }

        static string Kubeconfig(RealProcess ebb) =>
            ebb
                .Output.Split('\n')
                .Single(line => line.Contains("export KUBECONFIG=", StringComparison.Ordinal))
                .Split('=')[1]
                .Trim();
    }

    [Fact]
    public async Task Bad_settings_do_not_start_and_are_all_told_at_once()
    {
        await using var ebb = RealProcess.Launch(
            "functions",
            "Ebb.Functions",
            new Dictionary<string, string>
            {
                ["Power__OnBatteryFor"] = "soon",
                ["Power__RestoreCharge"] = "130",
                ["Power__OnBateryFor"] = "5s",
                ["Power__Sources__0"] = "nut://admin:hunter2secret@host:99999/ups",
                ["Cluster__Mode"] = "cloud",
                ["Keys__View"] = "short",
                ["Http__Url"] = "http://admin:hunter2secret@0.0.0.0:1/",
                ["Archive__Endpoint"] = "http://x.example/?sig=hunter2secret",
            }
        );
        Assert.NotEqual(0, await ebb.ExitAsync());
        foreach (
            var path in new[]
            {
                "Power__OnBatteryFor",
                "Power__RestoreCharge",
                "Power__OnBateryFor",
                "Power__Sources__0",
                "Cluster__Mode",
                "Keys__View",
                "Http__Url",
            }
        )
            Assert.Contains(path + ":", ebb.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2secret", ebb.Output, StringComparison.Ordinal);
    }

    [LongTheory]
    [InlineData("functions", "Ebb.Functions", "Http__Url")]
    [InlineData("operator", "Ebb.Operator", "Http__Url")]
    [InlineData("scaler", "Ebb.Scaler", "Grpc__Url")]
    [InlineData("scaler", "Ebb.Scaler", "Http__Url")]
    public async Task A_port_that_somebody_else_has_is_told_in_one_line(string project, string assembly, string setting)
    {
        using var somebody = new TcpListener(IPAddress.Loopback, 0);
        somebody.Start();
        var kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            kubeconfig,
            """
            {"apiVersion":"v1","kind":"Config","current-context":"c","clusters":[{"name":"c","cluster":{"server":"http://127.0.0.1:1"}}],"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],"users":[{"name":"u","user":{}}]}
            """,
            Stop
        );
        var environment = new Dictionary<string, string>
        {
            ["Http__Url"] = $"http://127.0.0.1:{FreePort.Take()}",
            ["Grpc__Url"] = $"http://127.0.0.1:{FreePort.Take()}",
        };
        environment[setting] = $"http://127.0.0.1:{((IPEndPoint)somebody.LocalEndpoint).Port}";
        if (project != "functions")
            (environment["KUBECONFIG"], environment["Cluster__Mode"]) = (kubeconfig, "kubeconfig");
        if (project == "scaler")
            environment.Remove("Cluster__Mode");
        if (project == "operator")
        {
            environment.Remove("Grpc__Url");
            environment["Power__Sources__0"] = "nut://127.0.0.1:1/ups";
            environment["Keys__View"] = LiveWorld.ViewKey;
            environment["Keys__Control"] = LiveWorld.ControlKey;
        }
        await using var ebb = RealProcess.Launch(project, assembly, environment);
        Assert.Equal(1, await ebb.ExitAsync());
        Assert.Equal($"Failed to bind to address {environment[setting]}: address already in use.", ebb.Output.Trim());
        File.Delete(kubeconfig);
    }

    [LongFact]
    public async Task Keys_are_asked_for_and_a_key_to_look_is_not_a_key_to_act()
    {
        await using var ebb = await StartWithKeys();
        Assert.Equal(HttpStatusCode.Unauthorized, (await ebb.Http.GetAsync("/api/status", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ebb.Http.GetAsync("/api/status?code=wrong", Stop)).StatusCode);
        Assert.Equal(
            HttpStatusCode.OK,
            (await ebb.Http.GetAsync("/api/status?code=view-key-0123456789", Stop)).StatusCode
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await Post(ebb, "view-key-0123456789")).StatusCode);
        // There is no host here whose timers could be called.
        foreach (var path in new[] { "/PollUps", "/EvaluateSchedules", "/admin/functions/PollUps" })
            Assert.Equal(HttpStatusCode.NotFound, (await Post(ebb, "control-key-0123456789", path)).StatusCode);

        Assert.Equal(HttpStatusCode.Accepted, (await Post(ebb, "control-key-0123456789")).StatusCode);
        Assert.DoesNotContain("key-0123456789", ebb.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"reason\": 7}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("[", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("null", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("reason=x", "application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType)]
    public async Task Garbage_gets_a_problem_that_says_what_was_expected(
        string body,
        string type,
        HttpStatusCode expected
    )
    {
        var ebb = await Shared.Demo();
        using var content = new StringContent(body, Encoding.UTF8, type);
        var answer = await ebb.Http.PostAsync("/api/power/hold", content, Stop);
        Assert.Equal(
            (expected, "application/problem+json"),
            (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType)
        );
        Assert.Contains("expected", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [LongTheory]
    [InlineData("/api/nothing")]
    [InlineData("/api/workloads/a/b")]
    [InlineData("/api/workloads/shop/deployment/nope")]
    [InlineData("/api/workloads/shop/apps%2Fv1%2FDeployment/%2e%2e%2f")]
    [InlineData("/api/outages/nope")]
    public async Task What_is_not_there_is_a_404_that_says_so(string path)
    {
        var ebb = await Shared.Demo();
        var answer = await ebb.Http.GetAsync(path, Stop);
        Assert.Equal(
            (HttpStatusCode.NotFound, "application/problem+json"),
            (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType)
        );
    }

    [LongFact]
    public async Task A_page_of_another_origin_may_not_act()
    {
        var ebb = await Shared.Demo();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/power/shutdown")
        {
            Content = JsonContent.Create(new { reason = "evil" }),
        };
        request.Headers.Add("Origin", "https://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await ebb.Http.SendAsync(request, Stop)).StatusCode);
    }

    private static async Task<RealProcess> StartWithKeys()
    {
        var port = FreePort.Take();
        var ebb = RealProcess.Launch(
            "functions",
            "Ebb.Functions",
            new Dictionary<string, string>
            {
                ["Http__Url"] = $"http://127.0.0.1:{port}",
                ["Keys__View"] = "view-key-0123456789",
                ["Keys__Control"] = "control-key-0123456789",
            },
            port
        );
        await ebb.UntilAsync(
            async () =>
                (await ebb.TryGetAsync("/api/status?code=view-key-0123456789"))?["cluster"]?[
                    "reachable"
                ]?.GetValue<bool>() == true,
            "it answers"
        );
        return ebb;
    }

    private static async Task<HttpResponseMessage> Post(RealProcess ebb, string key, string path = "/api/power/hold")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(new { reason = "test" }),
        };
        request.Headers.Add("x-functions-key", key);
        return await ebb.Http.SendAsync(request, Stop);
    }

    /// <summary>One demo for all that only look; it ends with the test process.</summary>
    private static class Shared
    {
        private static readonly SharedStart<RealProcess> One = new(async () =>
        {
            var demo = await DemoAsync();
            AppDomain.CurrentDomain.ProcessExit += (_, _) =>
            {
                if (!demo.Process.HasExited)
                    demo.Process.Kill();
            };
            return demo;
        });

        public static Task<RealProcess> Demo() => One.GetAsync();
    }
}
