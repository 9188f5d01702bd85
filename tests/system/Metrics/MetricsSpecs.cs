using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Ebb.Tests.Metrics;

/// <summary>What Ebb shows of itself, against the table that documents it, against promtool, and against a real Prometheus.</summary>
public sealed partial class MetricsSpecs(MetricsSpecs.Rig rig) : IClassFixture<MetricsSpecs.Rig>
{
    private static readonly string Monitoring = Path.Combine(Repository.Root, "deploy/monitoring");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_addresses_show_the_same_and_ask_for_the_view_key()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.Ebb.Http.GetAsync("/metrics", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.Ebb.Http.GetAsync("/api/metrics?code=nonsense", Stop)).StatusCode);
        foreach (var path in new[] { "/metrics", "/api/metrics" })
        {
            var answer = await rig.Ebb.Http.GetAsync($"{path}?code={Rig.ViewKey}", Stop);
            Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
            Assert.Contains("ebb_phase{phase=\"normal\"} 1\n", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_table_is_what_the_code_shows()
    {
        var text = await rig.Ebb.Http.GetStringAsync($"/metrics?code={Rig.ViewKey}", Stop);
        var table = File.ReadLines(Path.Combine(Monitoring, "README.md")).Select(l => Row().Match(l)).Where(m => m.Success)
            .ToDictionary(m => m.Groups[1].Value, m => (Type: m.Groups[2].Value, Labels: m.Groups[3].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), Help: m.Groups[4].Value));
        using var exposition = new Ebb.Functions.Metrics.Exposition(Ebb.Functions.Metrics.Measures.MeterName);
        var declared = Declared();
        Assert.Equal(declared, table.Select(r => $"{r.Key} {r.Value.Type} {r.Value.Help}").Order(StringComparer.Ordinal));
        foreach (var sample in text.Split('\n').Where(l => l.Length > 0 && l[0] != '#'))
        {
            var name = sample[..sample.IndexOfAny(['{', ' '])];
            var row = table.FirstOrDefault(r => name == r.Key || (r.Value.Type == "histogram" && name.StartsWith(r.Key + "_", StringComparison.Ordinal)));
            Assert.True(row.Key is not null, $"{name} is not in the table");
            Assert.All(Label().Matches(sample).Select(m => m.Groups[1].Value).Where(l => l != "le"), l => Assert.Contains(l, row.Value.Labels));
        }
    }

    /// <summary>Every instrument is created where it stands in the source, so the source says what there is.</summary>
    private static IEnumerable<string> Declared() => Repository.Files("functions/Metrics", "*.cs").SelectMany(file => Creation().Matches(File.ReadAllText(file))).Select(m =>
    {
        var (kind, name, unit, help) = (m.Groups["kind"].Value, m.Groups["name"].Value.Replace('.', '_'), m.Groups["unit"].Value, m.Groups["help"].Value);
        var type = kind.Contains("Counter", StringComparison.Ordinal) ? "counter" : kind.Contains("Histogram", StringComparison.Ordinal) ? "histogram" : "gauge";
        var suffix = (unit switch { "s" => "_seconds", "1" => "_ratio", _ => "" }) + (type == "counter" ? "_total" : "");
        return $"{name}{suffix} {type} {help}";
    }).Order(StringComparer.Ordinal);

    [Fact]
    public async Task Promtool_finds_nothing_to_say_about_names_and_rules()
    {
        var promtool = Counterpart.Need("promtool", "prometheus");
        var (code, output) = await Run.Async(promtool, null, "check", "rules", Path.Combine(Monitoring, "rules.yaml"));
        Assert.True(code == 0, output);
        using var check = Process.Start(new ProcessStartInfo(promtool, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await check.StandardInput.WriteAsync(await rig.Ebb.Http.GetStringAsync($"/metrics?code={Rig.ViewKey}", Stop));
        check.StandardInput.Close();
        var said = await check.StandardError.ReadToEndAsync(Stop) + await check.StandardOutput.ReadToEndAsync(Stop);
        await check.WaitForExitAsync(Stop);
        Assert.True(check.ExitCode == 0 && said.Length == 0, said);
    }

    [Fact]
    public async Task A_real_prometheus_scrapes_it_and_loads_the_rules()
    {
        var prometheus = Counterpart.Need("prometheus", "prometheus");
        var folder = Directory.CreateTempSubdirectory("ebb-prometheus-");
        var port = RealProcess.FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "prometheus.yml"), $"""
            global: {"{"}scrape_interval: 1s, evaluation_interval: 1s{"}"}
            rule_files: ["{Path.Combine(Monitoring, "rules.yaml")}"]
            scrape_configs:
              - job_name: ebb
                params: {"{"}code: ["{Rig.ViewKey}"]{"}"}
                static_configs: [{"{"}targets: ["127.0.0.1:{rig.Ebb.Port}"]{"}"}]
            """, Stop);
        using var process = Process.Start(new ProcessStartInfo(prometheus,
            [$"--config.file={folder.FullName}/prometheus.yml", $"--storage.tsdb.path={folder.FullName}/data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]))!;
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await rig.Ebb.UntilAsync(async () => (await TryAsync(http, "/api/v1/query?query=ebb_ups_on_mains")).Contains("\"1\"]", StringComparison.Ordinal), "Prometheus has scraped it");
            Assert.Contains("\"health\":\"up\"", await TryAsync(http, "/api/v1/targets"), StringComparison.Ordinal);
            await rig.Ebb.UntilAsync(async () => !(await TryAsync(http, "/api/v1/rules")).Contains("\"health\":\"unknown\"", StringComparison.Ordinal), "the rules were evaluated");
            var rules = await TryAsync(http, "/api/v1/rules");
            Assert.Contains("EbbOnBattery", rules, StringComparison.Ordinal);
            Assert.DoesNotContain("\"health\":\"err\"", rules, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Open_telemetrys_own_variables_push_the_same()
    {
        var port = RealProcess.FreePort();
        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var collector = builder.Build();
        collector.MapPost("/v1/metrics", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            var text = System.Text.Encoding.Latin1.GetString(body.ToArray());
            if (text.Contains("ebb.ups.charge", StringComparison.Ordinal)) received.TrySetResult(text);
        });
        await collector.StartAsync(Stop);
        await using var ebb = await RealProcess.FunctionsAsync(new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{port}",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        });
        var pushed = await received.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        Assert.Contains("ebb.phase", pushed, StringComparison.Ordinal);
    }

    private static async Task<string> TryAsync(HttpClient http, string path)
    {
        try { return await http.GetStringAsync(path, Stop); }
        catch (HttpRequestException) { return ""; }
    }

    [GeneratedRegex(@"^\| `(\w+)` \| (\w+) \| ([\w, ]*) \| (.*) \|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"[{,](\w+)=""")]
    private static partial Regex Label();

    [GeneratedRegex(@"(?<kind>CreateHistogram<double>|CreateCounter<long>|Add|AddUps)\(\s*""(?<name>ebb\.[\w.]+)"", (null|""(?<unit>[^""]*)""), ""(?<help>[^""]*)""")]
    private static partial Regex Creation();

    public sealed class Rig : IAsyncLifetime
    {
        internal const string ViewKey = "view-key-0123456789";

        internal RealProcess Ebb { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var port = RealProcess.FreePort();
            Ebb = RealProcess.Launch("functions", "Ebb.Functions", new Dictionary<string, string>
            {
                ["Http__Url"] = $"http://127.0.0.1:{port}", ["Keys__View"] = ViewKey, ["Keys__Control"] = "control-key-0123456789", ["Simulation__Speed"] = "10",
            }, port);
            await Ebb.UntilAsync(async () => (string?)(await Ebb.TryGetAsync($"/api/status?code={ViewKey}"))?["power"]?["mains"] == "on", "it answers");
        }

        public ValueTask DisposeAsync() => Ebb.DisposeAsync();
    }
}
