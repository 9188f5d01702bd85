using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Ebb.Tests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ebb.Tests.Hooks;

/// <summary>A request as it came.</summary>
internal sealed record HookRequest(string Method, string Path, string Body, string? Token);

/// <summary>What a hook of type http talks to.</summary>
internal sealed class HookServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HookServer(WebApplication app, string address) => (_app, Address) = (app, address);

    public string Address { get; }

    public ConcurrentQueue<HookRequest> Requests { get; } = new();

    /// <summary>Those that act; looking is not among them.</summary>
    public IReadOnlyList<HookRequest> Acts => [.. Requests.Where(request => request.Method != "GET")];

    /// <summary>How each is answered; one that is null is never answered.</summary>
    public Func<HookRequest, (int Status, string Body)?> Answer { get; set; } = _ => (200, "{}");

    /// <param name="tls">The certificate of the server; null: in the clear.</param>
    public static async Task<HookServer> StartAsync(X509Certificate2? tls = null)
    {
        var (scheme, port) = (tls is null ? "http" : "https", FreePort.Take());
        var address = $"{scheme}://127.0.0.1:{port}";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ListenLocalhost(
                port,
                listen =>
                {
                    if (tls is not null)
                        listen.UseHttps(tls);
                }
            )
        );
        var app = builder.Build();
        var server = new HookServer(app, address);
        app.MapFallback(
            async (HttpContext context) =>
            {
                using var body = new StreamReader(context.Request.Body);
                var request = new HookRequest(
                    context.Request.Method,
                    context.Request.Path,
                    await body.ReadToEndAsync(context.RequestAborted),
                    context.Request.Headers["X-Token"]
                );
                server.Requests.Enqueue(request);
                if (server.Answer(request) is not var (status, text))
                {
                    await Task.Delay(Timeout.Infinite, context.RequestAborted)
                        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    return;
                }
                context.Response.StatusCode = status;
                await context.Response.WriteAsync(text, context.RequestAborted);
            }
        );
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
