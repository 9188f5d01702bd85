using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;
using Ebb.Tests.Scaler;

namespace Ebb.Tests.Metrics;

/// <summary>
/// What Ebb shows of itself, against the table that documents it, against promtool, and against a real Prometheus.
/// </summary>
public sealed partial class MetricsSpecs(MetricsSpecs.Rig rig) : IClassFixture<MetricsSpecs.Rig>
{
    private static readonly string Monitoring = Path.Combine(Repository.Root, "deploy/monitoring");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_addresses_show_the_same_and_ask_for_the_view_key()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.Ebb.Http.GetAsync("/metrics", Stop)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await rig.Ebb.Http.GetAsync("/api/metrics?code=nonsense", Stop)).StatusCode
        );
        foreach (var path in new[] { "/metrics", "/api/metrics" })
        {
            var answer = await rig.Ebb.Http.GetAsync($"{path}?code={Rig.ViewKey}", Stop);
            Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
            Assert.Contains(
                "ebb_phase{phase=\"normal\"} 1\n",
                await answer.Content.ReadAsStringAsync(Stop),
                StringComparison.Ordinal
            );
        }
    }

    [LongFact]
    public async Task Observing_only_they_say_what_would_be_and_never_that_it_is()
    {
        await using var ebb = await Rig.StartAsync(("Power__Act", "false"));
        Assert.Contains("ebb_would_move{direction=\"down\"} 0\n", await ReadAsync(), StringComparison.Ordinal);
        (await ebb.Http.PostAsync($"/api/demo/pull-plug?code={Rig.ControlKey}", null, Stop)).EnsureSuccessStatusCode();
        var text = "";
        await ebb.UntilAsync(
            async () => (text = await ReadAsync()).Contains("ebb_would_move{direction=\"down\"} 1\n"),
            "they say that everything would go to sleep"
        );
        Assert.Contains("ebb_acting 0\n", text, StringComparison.Ordinal);
        Assert.Contains("ebb_phase{phase=\"on-battery\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("ebb_phase{phase=\"going-to-sleep\"} 0\n", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?m)^ebb_wave_position|state=\"(going-to-sleep|asleep|waking)\"} [1-9]", text);
        Assert.DoesNotContain(
            "ebb_would_move",
            await rig.Ebb.Http.GetStringAsync($"/metrics?code={Rig.ViewKey}", Stop)
        );

        Task<string> ReadAsync() => ebb.Http.GetStringAsync($"/metrics?code={Rig.ViewKey}", Stop);
    }

    [Fact]
    public async Task The_table_is_what_the_code_shows()
    {
        await using var scaler = await ScalerWorld.StartAsync(Spare);
        await scaler.StepAsync(5);
        var text =
            await rig.Ebb.Http.GetStringAsync($"/metrics?code={Rig.ViewKey}", Stop)
            + await scaler.Http.GetStringAsync("/metrics", Stop);
        var table = File.ReadLines(Path.Combine(Repository.Root, "docs/monitoring.md"))
            .Select(l => Row().Match(l))
            .Where(m => m.Success)
            .ToDictionary(
                m => m.Groups[1].Value,
                m =>
                    (
                        Type: m.Groups[2].Value,
                        Labels: m.Groups[3]
                            .Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                        Help: m.Groups[4].Value
                    )
            );
        var declared = Declared();
        Assert.Equal(
            declared,
            table.Select(r => $"{r.Key} {r.Value.Type} {r.Value.Help}").Order(StringComparer.Ordinal)
        );
        foreach (var sample in text.Split('\n').Where(l => l.Length > 0 && l[0] != '#'))
        {
            var name = sample[..sample.IndexOfAny(['{', ' '])];
            var row = table.FirstOrDefault(r =>
                name == r.Key || (r.Value.Type == "histogram" && name.StartsWith(r.Key + "_", StringComparison.Ordinal))
            );
            Assert.True(row.Key is not null, $"{name} is not in the table");
            Assert.All(
                Label().Matches(sample).Select(m => m.Groups[1].Value).Where(l => l != "le"),
                l => Assert.Contains(l, row.Value.Labels)
            );
        }
    }

    /// <summary>Every instrument is created where it stands in the source, so the source says what there is.</summary>
    private static IEnumerable<string> Declared() =>
        new[] { "engine", "adapters", "scaler" }
            .SelectMany(room =>
                Directory.EnumerateFiles(Path.Combine(Repository.Root, room), "*.cs", SearchOption.AllDirectories)
            )
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Creation().Matches(File.ReadAllText(file)))
            .Select(m =>
            {
                var (kind, name, unit, help) = (
                    m.Groups["kind"].Value,
                    m.Groups["name"].Value.Replace('.', '_'),
                    m.Groups["unit"].Value,
                    m.Groups["help"].Value
                );
                var type =
                    kind.Contains("Counter", StringComparison.Ordinal) ? "counter"
                    : kind.Contains("Histogram", StringComparison.Ordinal) ? "histogram"
                    : "gauge";
                var suffix =
                    (
                        unit switch
                        {
                            "s" => "_seconds",
                            "1" => "_ratio",
                            _ => "",
                        }
                    ) + (type == "counter" ? "_total" : "");
                return $"{name}{suffix} {type} {help}";
            })
            .Order(StringComparer.Ordinal);

    [Fact]
    public async Task Promtool_finds_nothing_to_say_about_names_and_rules()
    {
        var promtool = Counterpart.Need("promtool", "prometheus");
        var (code, output) = await Run.Async(promtool, null, "check", "rules", Path.Combine(Monitoring, "rules.yaml"));
        Assert.True(code == 0, output);
        using var check = Process.Start(
            new ProcessStartInfo(promtool, ["check", "metrics"])
            {
                RedirectStandardInput = true,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        await check.StandardInput.WriteAsync(await rig.Ebb.Http.GetStringAsync($"/metrics?code={Rig.ViewKey}", Stop));
        check.StandardInput.Close();
        var said = await check.StandardError.ReadToEndAsync(Stop) + await check.StandardOutput.ReadToEndAsync(Stop);
        await check.WaitForExitAsync(Stop);
        Assert.True(check.ExitCode == 0 && said.Length == 0, said);
    }

    [Fact]
    public async Task Promtool_finds_nothing_to_say_about_the_scaler_but_the_originals_own_names()
    {
        var promtool = Counterpart.Need("promtool", "prometheus");
        await using var scaler = await ScalerWorld.StartAsync(Spare);
        await scaler.StepAsync(5);
        var page = await scaler.Http.GetStringAsync("/metrics", Stop);
        Assert.Contains("cpu_capacity_remaining 6.8\n", page, StringComparison.Ordinal);
        Assert.Contains("ebb_scaler_calls_total{method=\"", page, StringComparison.Ordinal);
        Assert.Contains("ebb_kubernetes_requests_total{verb=\"list\",code=\"200\"}", page, StringComparison.Ordinal);
        using var check = Process.Start(
            new ProcessStartInfo(promtool, ["check", "metrics"])
            {
                RedirectStandardInput = true,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        await check.StandardInput.WriteAsync(page);
        check.StandardInput.Close();
        var said = await check.StandardError.ReadToEndAsync(Stop) + await check.StandardOutput.ReadToEndAsync(Stop);
        await check.WaitForExitAsync(Stop);
        Assert.DoesNotContain(
            said.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => !line.Contains("_capacity_total", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Requests_to_the_cluster_are_counted_by_the_verbs_of_kubernetes()
    {
        var text = "";
        await rig.Ebb.UntilAsync(
            async () =>
            {
                text = await rig.Ebb.Http.GetStringAsync($"/metrics?code={Rig.ViewKey}", Stop);
                return text.Contains("ebb_schedule_targets{kind=\"Deployment\"} ", StringComparison.Ordinal)
                    && text.Contains("verb=\"create\"", StringComparison.Ordinal)
                    && text.Contains("ebb_turn_duration_seconds_count{path=\"power\"}", StringComparison.Ordinal);
            },
            "the schedules of the demo are read, its Lease is made, and a turn was taken"
        );
        var verbs = VerbLabel().Matches(text).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.Subset(
            new HashSet<string> { "get", "list", "watch", "create", "update", "patch", "delete" },
            verbs.ToHashSet()
        );
        Assert.Superset(new HashSet<string> { "list", "watch", "create" }, verbs.ToHashSet());
        Assert.Contains("ebb_schedule_next_change_timestamp_seconds ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_alert_is_in_the_table_with_its_time_and_severity()
    {
        var rules = AlertRule()
            .Matches(File.ReadAllText(Path.Combine(Monitoring, "rules.yaml")))
            .Select(m => $"{m.Groups[1].Value} {(m.Groups[2].Success ? m.Groups[2].Value : "0s")} {m.Groups[3].Value}");
        var told = AlertRow()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/monitoring.md")))
            .Select(m => $"{m.Groups[1].Value} {m.Groups[2].Value} {m.Groups[3].Value}");
        Assert.Equal(rules, told);
    }

    /// <summary>A board or a rule that names what nobody shows is silent for ever.</summary>
    [Fact]
    public void Every_expression_of_the_board_and_of_the_rules_names_metrics_of_the_table()
    {
        var table = File.ReadLines(Path.Combine(Repository.Root, "docs/monitoring.md"))
            .Select(l => Row().Match(l))
            .Where(m => m.Success)
            .ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        var board = JsonNode.Parse(File.ReadAllText(Path.Combine(Monitoring, "grafana.json")))!;
        var expressions = board["panels"]!
            .AsArray()
            .SelectMany(p => p!["targets"]!.AsArray())
            .Select(t => (string)t!["expr"]!)
            .Concat(
                board["templating"]!["list"]!
                    .AsArray()
                    .Where(v => (string?)v!["type"] == "query")
                    .Select(v => (string)v!["query"]!["query"]!)
            )
            .Concat(
                File.ReadLines(Path.Combine(Monitoring, "rules.yaml"))
                    .Where(l => l.TrimStart().StartsWith("expr:", StringComparison.Ordinal))
            )
            .ToList();
        Assert.True(expressions.Count > 20);
        foreach (var expression in expressions)
        {
            var named = MetricName().Matches(expression).Select(m => m.Value).ToList();
            Assert.NotEmpty(named);
            Assert.All(
                named,
                name =>
                    Assert.True(
                        table.ContainsKey(name)
                            || (
                                name.EndsWith("_bucket", StringComparison.Ordinal)
                                && table.GetValueOrDefault(name[..^7]) == "histogram"
                            ),
                        $"{name} in {expression}"
                    )
            );
        }
    }

    [Fact]
    public void The_board_has_what_grafana_needs_and_variables_for_ups_namespace_and_page()
    {
        var board = JsonNode.Parse(File.ReadAllText(Path.Combine(Monitoring, "grafana.json")))!;
        Assert.True((int)board["schemaVersion"]! >= 36);
        Assert.Equal(
            ["datasource", "namespace", "page", "ups"],
            board["templating"]!["list"]!.AsArray().Select(v => (string)v!["name"]!).Order()
        );
        var panels = board["panels"]!.AsArray().Select(p => p!).ToList();
        Assert.Equal(panels.Count, panels.Select(p => (int)p["id"]!).Distinct().Count());
        Assert.All(
            panels,
            p =>
            {
                Assert.False(string.IsNullOrEmpty((string?)p["title"]));
                Assert.Contains((string?)p["type"], new[] { "timeseries", "state-timeline", "stat", "table" });
                Assert.Equal("${datasource}", (string?)p["datasource"]!["uid"]);
                Assert.Equal("no data", (string?)p["fieldConfig"]!["defaults"]!["noValue"]);
                Assert.True((int)p["gridPos"]!["x"]! + (int)p["gridPos"]!["w"]! <= 24);
                Assert.Equal(
                    p["targets"]!.AsArray().Count,
                    p["targets"]!.AsArray().Select(t => (string?)t!["refId"]).Distinct().Count()
                );
            }
        );
        // No two lie on one another.
        var cells = panels
            .SelectMany(p =>
                Enumerable
                    .Range((int)p["gridPos"]!["x"]!, (int)p["gridPos"]!["w"]!)
                    .SelectMany(x =>
                        Enumerable.Range((int)p["gridPos"]!["y"]!, (int)p["gridPos"]!["h"]!).Select(y => (x, y))
                    )
            )
            .ToList();
        Assert.Equal(cells.Count, cells.Distinct().Count());
    }

    /// <summary>The page's address is a variable, since nobody else's is the same.</summary>
    [Fact]
    public void Each_panel_of_the_board_leads_to_its_part_of_the_page()
    {
        var board = JsonNode.Parse(File.ReadAllText(Path.Combine(Monitoring, "grafana.json")))!;
        var page = board["templating"]!["list"]!.AsArray().Single(v => (string?)v!["name"] == "page")!;
        Assert.Equal("textbox", (string?)page["type"]);
        Assert.EndsWith("/api/dashboard", (string?)page["query"], StringComparison.Ordinal);
        var html = File.ReadAllText(Path.Combine(Repository.Root, "engine/Dashboard/Page/index.html"));
        foreach (var panel in board["panels"]!.AsArray())
        {
            var link = Assert.Single(panel!["links"]!.AsArray())!;
            Assert.False(string.IsNullOrEmpty((string?)link["title"]));
            // Raw, else Grafana escapes the colons and slashes of an address.
            var parts = ((string)link["url"]!).Split('#');
            Assert.Equal("${page:raw}", parts[0]);
            Assert.Contains($"id=\"{parts[1]}\"", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_real_prometheus_scrapes_it_and_loads_the_rules()
    {
        await using var scaler = await ScalerWorld.StartAsync(Spare);
        await using var prometheus = await PrometheusProcess.StartAsync(
            $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ["{{Path.Combine(Monitoring, "rules.yaml")}}"]
            scrape_configs:
              - job_name: ebb-scaler
                static_configs: [{targets: ["{{scaler.Http.BaseAddress!.Authority}}"]}]
              - job_name: ebb
                params: {code: ["{{Rig.ViewKey}}"]}
                static_configs: [{targets: ["127.0.0.1:{{rig.Ebb.Port}}"]}]
            """
        );
        await rig.Ebb.UntilAsync(
            async () =>
                (await prometheus.TextAsync("/api/v1/query?query=ebb_ups_on_mains")).Contains(
                    "\"1\"]",
                    StringComparison.Ordinal
                ),
            "Prometheus has scraped it"
        );
        await rig.Ebb.UntilAsync(
            async () =>
                (await prometheus.TextAsync("/api/v1/query?query=cpu_capacity_remaining")).Contains(
                    "\"6.8\"]",
                    StringComparison.Ordinal
                ),
            "it has scraped the scaler too"
        );
        Assert.DoesNotContain(
            "\"health\":\"down\"",
            await prometheus.TextAsync("/api/v1/targets"),
            StringComparison.Ordinal
        );
        await rig.Ebb.UntilAsync(
            async () =>
                !(await prometheus.TextAsync("/api/v1/rules")).Contains(
                    "\"health\":\"unknown\"",
                    StringComparison.Ordinal
                ),
            "the rules were evaluated"
        );
        var rules = await prometheus.TextAsync("/api/v1/rules");
        Assert.Contains("EbbOnBattery", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("\"health\":\"err\"", rules, StringComparison.Ordinal);
    }

    [LongFact]
    public async Task Open_telemetrys_own_variables_push_the_same_from_both_processes()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var world = await World.StartAsync(Manifests.Node("node-1", "8"));
        await world.Cluster.ApplyManifestAsync(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/components/scaler/scaler-roles.yaml"))
        );
        var push = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        };
        await using var ebb = await RealProcess.FunctionsAsync(push);
        var port = FreePort.Take();
        await using var scaler = RealProcess.Launch(
            "scaler",
            "Ebb.Scaler",
            new Dictionary<string, string>(push)
            {
                ["Http__Url"] = $"http://127.0.0.1:{port}",
                ["Grpc__Url"] = $"http://127.0.0.1:{FreePort.Take()}",
                ["Cluster__Mode"] = "kubeconfig",
                ["KUBECONFIG"] = world.Kubeconfig,
            },
            port
        );
        await ebb.UntilAsync(
            () =>
                Task.FromResult(
                    receiver
                        .Metrics("ebb")
                        .IsSupersetOf([
                            "ebb.phase",
                            "ebb.ups.charge",
                            "ebb.turn.duration",
                            "ebb.kubernetes.requests",
                            "ebb.schedule.targets",
                        ])
                ),
            "functions has pushed"
        );
        await ebb.UntilAsync(
            () =>
                Task.FromResult(
                    receiver
                        .Metrics("ebb-scaler")
                        .IsSupersetOf(["ebb.scaler.ready", "ebb.kubernetes.requests", "cpu.capacity.remaining"])
                ),
            $"the scaler has pushed: {string.Join(", ", receiver.Metrics("ebb-scaler"))} {scaler.Output}"
        );
        // The same instruments on both ways: what the page shows is what is pushed.
        var page = (await ebb.Http.GetStringAsync("/metrics", Stop))
            .Split('\n')
            .Where(l => l.StartsWith("# TYPE", StringComparison.Ordinal))
            .Select(l => l.Split(' ')[2])
            .ToList();
        await ebb.UntilAsync(
            () =>
                Task.FromResult(
                    page.All(name =>
                        receiver
                            .Metrics("ebb")
                            .Any(pushed => name.StartsWith(pushed.Replace('.', '_'), StringComparison.Ordinal))
                    )
                ),
            "all of the page is pushed"
        );
    }

    [Fact]
    public void Nothing_of_OpenTelemetry_is_loaded_where_nobody_asked_for_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the map of a process is read from /proc");
        Assert.DoesNotContain(
            "OpenTelemetry",
            File.ReadAllText($"/proc/{rig.Ebb.Process.Id}/maps"),
            StringComparison.Ordinal
        );
    }

    /// <summary>Eight cores, of which nobody requests any (15 % are kept), and somebody who asks at night.</summary>
    private static readonly string Spare =
        Manifests.Node("node-1", "8")
        + Manifests.Deployment("miner", 0)
        + Manifests.Scaled(
            "miner",
            "follow: schedule, timezone: UTC, start: \"03:00\", end: \"04:00\", desiredReplicas: \"3\""
        );

    [GeneratedRegex(@"^\| `(\w+)` \| (gauge|counter|histogram) \| ([\w, ]*) \| (.*) \|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"verb=""(\w+)""")]
    private static partial Regex VerbLabel();

    [GeneratedRegex(@"\b(ebb|cpu_capacity|memory_capacity|scheduled_pod)_\w+")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"[{,](\w+)=""")]
    private static partial Regex Label();

    [GeneratedRegex(@"- alert: (\w+)\n *expr: .*\n(?: *for: (\w+)\n)? *labels: \{severity: (\w+)\}")]
    private static partial Regex AlertRule();

    [GeneratedRegex(@"^\| `(Ebb\w+)` \| (\w+) \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex AlertRow();

    [GeneratedRegex(
        @"(?<kind>CreateHistogram<double>|CreateCounter<long>|CreateObservableCounter|Add|AddUps)\(\s*""(?<name>[a-z][\w.]+)"",(?:\s*\(\) =>(?: [^\n]*\n|[\s\S]*?\)\),))?\s*(null|""(?<unit>[^""]*)""),\s*""(?<help>[^""]*)"""
    )]
    private static partial Regex Creation();

    public sealed class Rig : IAsyncLifetime
    {
        internal const string ViewKey = "view-key-0123456789";

        internal const string ControlKey = "control-key-0123456789";

        internal RealProcess Ebb { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Ebb = await StartAsync();

        internal static async Task<RealProcess> StartAsync(params (string Name, string Value)[] more)
        {
            var port = FreePort.Take();
            var settings = new Dictionary<string, string>
            {
                ["Http__Url"] = $"http://127.0.0.1:{port}",
                ["Keys__View"] = ViewKey,
                ["Keys__Control"] = ControlKey,
                ["Simulation__Speed"] = "10",
            };
            foreach (var (name, value) in more)
                settings[name] = value;
            var ebb = RealProcess.Launch("functions", "Ebb.Functions", settings, port);
            await ebb.UntilAsync(
                async () =>
                    await ebb.TryGetAsync($"/api/status?code={ViewKey}") is { } status
                    && (string?)status["power"]?["mains"] == "on"
                    && (bool?)status["leading"] == true,
                "it answers and leads"
            );
            return ebb;
        }

        public ValueTask DisposeAsync() => Ebb.DisposeAsync();
    }
}
