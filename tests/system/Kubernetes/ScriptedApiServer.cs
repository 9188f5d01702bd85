using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Kubernetes.Connection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ebb.Tests.Kube;

/// <summary>An API server on a real socket that gives the answers that a test set, and records the requests.</summary>
internal sealed class ScriptedApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Script> _scripts = new();
    private readonly ConcurrentQueue<ReceivedRequest> _received = new();
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ScriptedApiServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public ClusterConnection Connection => ClusterConnection.To(Address);

    public IReadOnlyList<ReceivedRequest> All => [.. _received];

    public static async Task<ScriptedApiServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new ScriptedApiServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>The answers to a method and path, in order; the last one is repeated.</summary>
    public void On(string methodAndPath, params Func<HttpContext, Task>[] answers) =>
        _scripts[methodAndPath] = new Script(answers);

    public IReadOnlyList<ReceivedRequest> ReceivedFor(string methodAndPath) =>
        [.. _received.Where(asked => asked.Key == methodAndPath)];

    /// <summary>Waits until a method and path were requested so many times.</summary>
    public async Task<ReceivedRequest> UntilReceivedAsync(string methodAndPath, int times = 1)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var arrival = _arrival.Task;
            var asked = ReceivedFor(methodAndPath);
            if (asked.Count >= times)
                return asked[times - 1];
            try
            {
                await arrival.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(
                    $"{methodAndPath} was requested {asked.Count} times, expected {times}; "
                        + $"requested: {string.Join("; ", _received.Select(one => one.Key))}"
                );
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _app.StopAsync(new CancellationToken(true));
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    // Answers.

    public static Func<HttpContext, Task> Json(
        string body,
        int status = 200,
        params (string Name, string Value)[] headers
    ) =>
        async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            foreach (var (name, value) in headers)
                context.Response.Headers[name] = value;
            await context.Response.WriteAsync(body);
        };

    public static Func<HttpContext, Task> Status(
        int code,
        string reason,
        string message = "no",
        string details = "{}",
        params (string Name, string Value)[] headers
    ) =>
        Json(
            $$"""
            {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",
             "message":{{JsonSerializer.Serialize(message)}},"reason":"{{reason}}","details":{{details}},
             "code":{{code}}}
            """,
            code,
            headers
        );

    public static Func<HttpContext, Task> Text(string body, int status) =>
        async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(body);
        };

    /// <summary>The connection breaks before any answer.</summary>
    public static Task Reset(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Half of a body, then the connection breaks.</summary>
    public static Func<HttpContext, Task> ResetIn(string body) =>
        async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Encoding.UTF8.GetByteCount(body);
            await context.Response.WriteAsync(body[..(body.Length / 2)]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        };

    /// <summary>Nothing at all, until the client gives up.</summary>
    public Task Silence(HttpContext context) => HoldAsync(context);

    /// <summary>Lines of a watch, then its end.</summary>
    public static Func<HttpContext, Task> Watch(params string[] lines) => context => LinesAsync(context, lines);

    /// <summary>Lines of a watch, then nothing until the client disconnects.</summary>
    public Func<HttpContext, Task> WatchAndHold(params string[] lines) =>
        async context =>
        {
            await LinesAsync(context, lines);
            await HoldAsync(context);
        };

    /// <summary>A text without its last newline, then the connection ends in good order.</summary>
    public static Func<HttpContext, Task> Raw(string body) =>
        async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(body);
        };

    public static string List(string resourceVersion, params string[] items) =>
        $$"""
            {"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"{{resourceVersion}}"},
             "items":[{{string.Join(",", items)}}]}
            """;

    private static async Task LinesAsync(HttpContext context, string[] lines)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "application/json";
            await context.Response.StartAsync();
        }

        foreach (var line in lines)
            await context.Response.WriteAsync(line.ReplaceLineEndings("") + "\n");
        await context.Response.Body.FlushAsync();
    }

    private async Task HoldAsync(HttpContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        try
        {
            await Task.Delay(Timeout.Infinite, either.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var verb = context.Request.Query.ContainsKey("watch") ? "WATCH" : context.Request.Method;
        var key = $"{verb} {context.Request.Path}";
        var script = _scripts.GetValueOrDefault(key);
        var answer = script?.Next() ?? (verb == "WATCH" ? EmptyWatch : Text("404 page not found", 404));
        _received.Enqueue(
            new ReceivedRequest(
                key,
                context.Request.QueryString.Value ?? "",
                body.Length == 0 ? null : JsonNode.Parse(body),
                context.Request.Headers.ToDictionary(
                    header => header.Key,
                    header => header.Value.ToString(),
                    StringComparer.OrdinalIgnoreCase
                )
            )
        );
        Interlocked.Exchange(ref _arrival, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        await answer(context);
    }

    // A watch without a script opens and sends nothing.
    private Task EmptyWatch(HttpContext context) => WatchAndHold()(context);

    private sealed class Script(Func<HttpContext, Task>[] answers)
    {
        private int _next = -1;

        public Func<HttpContext, Task> Next() =>
            answers[Math.Min(Interlocked.Increment(ref _next), answers.Length - 1)];
    }
}

/// <summary>A request as the server received it.</summary>
/// <param name="Key">Method (WATCH for a watch) and path.</param>
/// <param name="Query">With its question mark.</param>
/// <param name="Body">Null when there was none.</param>
/// <param name="Headers">As sent.</param>
internal sealed record ReceivedRequest(
    string Key,
    string Query,
    JsonNode? Body,
    IReadOnlyDictionary<string, string> Headers
);
