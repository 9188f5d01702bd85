using System.Diagnostics;
using System.Text.Json.Nodes;
using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;

namespace Ebb.Tests.Metrics;

/// <summary>A real Prometheus with a configuration of the test's.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly HttpClient _http;

    private PrometheusProcess(Process process, DirectoryInfo folder, int port) =>
        (_process, _folder, _http) = (
            process,
            folder,
            new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") }
        );

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The test is skipped where there is none.</summary>
    public static async Task<PrometheusProcess> StartAsync(string configuration)
    {
        var prometheus = Counterpart.Need("prometheus", "prometheus");
        var folder = Directory.CreateTempSubdirectory("ebb-prometheus-");
        var port = FreePort.Take();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "prometheus.yml"), configuration, Stop);
        var process = Process.Start(
            new ProcessStartInfo(
                prometheus,
                [
                    $"--config.file={folder.FullName}/prometheus.yml",
                    $"--storage.tsdb.path={folder.FullName}/data",
                    $"--web.listen-address=127.0.0.1:{port}",
                    "--log.level=error",
                ]
            )
        )!;
        return new PrometheusProcess(process, folder, port);
    }

    /// <summary>The answer as text; empty while it does not answer yet.</summary>
    public async Task<string> TextAsync(string path)
    {
        try
        {
            return await _http.GetStringAsync(path, Stop);
        }
        catch (HttpRequestException notYet)
            when (notYet.StatusCode is null or System.Net.HttpStatusCode.ServiceUnavailable)
        {
            return "";
        }
    }

    /// <summary>What a query finds now.</summary>
    public async Task<IReadOnlyList<JsonNode>> QueryAsync(string query)
    {
        var text = await TextAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}");
        return text.Length == 0
            ? []
            : [.. JsonNode.Parse(text)!["data"]!["result"]!.AsArray().Select(result => result!)];
    }

    /// <summary>The one value that a query finds; null: none yet.</summary>
    public async Task<double?> ValueAsync(string query) =>
        (await QueryAsync(query)).SingleOrDefault() is { } result
            ? double.Parse((string)result["value"]![1]!, System.Globalization.CultureInfo.InvariantCulture)
            : null;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
