using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.FunctionsHost;

/// <summary>
/// What the Functions host does to a custom handler: starts it with its own, dangerous environment, probes it, posts timers with
/// chunked bodies, judges answers, forwards HTTP.
/// </summary>
internal sealed class HostEmulator : IAsyncDisposable
{
    private readonly HttpClient _http;

    private HostEmulator(RealProcess handler, int port)
    {
        Handler = handler;
        _http = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public RealProcess Handler { get; }

    public static async Task<HostEmulator> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var port = RealProcess.FreePort();
        var environment = new Dictionary<string, string>(settings)
        {
            ["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}",
            ["FUNCTIONS_HTTPWORKER_PORT"] = $"{port}",
            ["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = Guid.NewGuid().ToString(),
            ["FUNCTIONS_APP_ROOT_PATH"] = "/home/site/wwwroot",
            ["ASPNETCORE_URLS"] = "http://+:80",
            ["ASPNETCORE_CONTENTROOT"] = "/azure-functions-host",
            ["DOTNET_USE_POLLING_FILE_WATCHER"] = "true",
            ["FUNCTIONS_CORETOOLS_ENVIRONMENT"] = "true",
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "None",
            ["ASPNETCORE_SUPPRESSSTATUSMESSAGES"] = "true",
        };
        var host = new HostEmulator(RealProcess.Launch("functions", "Ebb.Functions", environment, port), port);
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var probe = await host._http.GetAsync("/", TestContext.Current.CancellationToken);
                return host;
            }
            catch (HttpRequestException) when (since.Elapsed < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(25, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>A timer invocation as the host makes it; the outcome as the host judges it (succeeded, failed, never-completes).</summary>
    public async Task<(string Outcome, JsonObject? Answer)> InvokeTimerAsync(string function, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/" + function)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=utf-8");
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add("X-Azure-Functions-HostVersion", "4.1037.0.23568");
        request.Headers.Add("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if ((int)answer.StatusCode is < 200 or > 299)
            return ("failed", null);
        if (string.IsNullOrWhiteSpace(text) || text.Trim() == "null")
            return ("never-completes", null);
        if (
            answer.Content.Headers.ContentType?.MediaType is not ("application/json" or "text/json")
            || JsonNode.Parse(text) is not JsonObject json
        )
            return ("failed", null);
        return (
            json["Outputs"] is JsonObject or null && json["Logs"] is JsonArray or null ? "succeeded" : "failed",
            json
        );
    }

    /// <summary>A forwarded request: the client's path and headers, with what the host adds.</summary>
    public Task<HttpResponseMessage> ForwardAsync(HttpMethod method, string path, string? json = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        request.Headers.Host = "ebb.example";
        request.Headers.Add("x-functions-key", "a key that the host has checked");
        request.Headers.Add("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
        return _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Handler.DisposeAsync();
    }
}
