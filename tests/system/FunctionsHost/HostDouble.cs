using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ebb.Tests.FunctionsHost.Protocol;
using Ebb.Tests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ebb.Tests.FunctionsHost;

/// <summary>
/// As much of the Azure Functions host as a worker needs: it starts the published worker as a process, loads its
/// functions, and
/// invokes them. Keys, methods and schedules are the real host's own and are not in it.
/// </summary>
internal sealed class HostDouble : IAsyncDisposable
{
    private readonly string _root;
    private readonly WebApplication _app;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(60),
    };
    private Uri? _worker;
    private Task? _listens;

    private HostDouble(string root, WebApplication app, HostStreams streams) =>
        (_root, _app, Streams) = (root, app, streams);

    public HostStreams Streams { get; }

    public RealProcess Process { get; private set; } = null!;

    public Dictionary<string, RpcFunctionMetadata> Functions { get; } = [];

    /// <param name="root">The script root: a publish folder.</param>
    /// <param name="settings">As in the app's settings.</param>
    public static async Task<HostDouble> StartAsync(string root, IReadOnlyDictionary<string, string>? settings = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = null);
        var streams = new HostStreams();
        builder.Services.AddSingleton(streams);
        var app = builder.Build();
        app.MapGrpcService<HostStreams>();
        return await new HostDouble(root, app, streams).StartAsync(settings ?? new Dictionary<string, string>());
    }

    /// <summary>A timer's invocation, as the host makes it.</summary>
    public async Task<StatusResult> TickAsync(string function, bool pastDue = false)
    {
        var request = Invocation(
            function,
            new TypedData
            {
                Json =
                    $$"""{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":{{(pastDue ? "true" : "false")}}}""",
            },
            "timer"
        );
        var answer = await Streams.AskAsync(request.InvocationId, new StreamingMessage { InvocationRequest = request });
        return answer.InvocationResponse.Result;
    }

    /// <summary>
    /// A request: the invocation goes over gRPC and the request over HTTP; the invocation's id joins them.
    /// </summary>
    public async Task<(HttpResponseMessage Answer, Task<StatusResult> Ended)> SendAsync(
        string function,
        HttpRequestMessage message
    )
    {
        var path = message.RequestUri!.OriginalString;
        var request = Invocation(
            function,
            new TypedData
            {
                Http = new RpcHttp { Method = message.Method.Method, Url = "http://localhost:7071" + path },
            },
            "request"
        );
        await (_listens ??= ListensAsync());
        var ended = EndedAsync(request);
        message.RequestUri = new Uri(_worker!, path);
        message.Headers.Add("x-ms-invocation-id", request.InvocationId);
        message.Headers.Add("X-Forwarded-Host", "localhost:7071");
        message.Headers.Add("X-Forwarded-Proto", "http");
        return (
            await _http.SendAsync(
                message,
                HttpCompletionOption.ResponseHeadersRead,
                TestContext.Current.CancellationToken
            ),
            ended
        );
    }

    /// <summary>A worker names its port before it listens there.</summary>
    private async Task ListensAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var socket = new TcpClient();
            try
            {
                await socket.ConnectAsync(_worker!.Host, _worker.Port, deadline.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, deadline.Token);
            }
        }
    }

    /// <summary>
    /// GET and HEAD go to View, the page to Dashboard, everything else to Control, as the host routes them.
    /// </summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message)
    {
        var path = message.RequestUri!.OriginalString;
        var function =
            message.Method != HttpMethod.Get && message.Method != HttpMethod.Head ? "Control"
            : path.StartsWith("/api/dashboard", StringComparison.Ordinal) ? "Dashboard"
            : "View";
        var (answer, ended) = await SendAsync(function, message);
        await answer.Content.LoadIntoBufferAsync(TestContext.Current.CancellationToken);
        await ended;
        return answer;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public void Terminate(TimeSpan grace) =>
        Streams.Send(
            new StreamingMessage
            {
                WorkerTerminate = new WorkerTerminate
                {
                    GracePeriod = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(grace),
                },
            }
        );

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _http.Dispose();
        await Streams.CutAsync();
        await _app.DisposeAsync();
        Streams.Dispose();
    }

    private async Task<HostDouble> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        await _app.StartAsync();
        var uri = new Uri(_app.Urls.First());
        Process = RealProcess.Start(Command(uri), Environment(settings), _root);
        await Streams.StartedAsync();
        await LoadAsync();
        return this;
    }

    /// <summary>The real host gives every argument twice, under its old and its new name.</summary>
    private ProcessStartInfo Command(Uri uri)
    {
        var (worker, request, length) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString(), $"{int.MaxValue}");
        return new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(_root, "Ebb.Functions.dll"),
                .. new[] { "--host", uri.Host, "--port", $"{uri.Port}", "--workerId", worker, "--requestId", request },
                .. new[] { "--grpcMaxMessageLength", length, "--functions-uri", uri.ToString() },
                .. new[] { "--functions-worker-id", worker, "--functions-request-id", request },
                .. new[] { "--functions-grpc-max-message-length", length },
            ]
        );
    }

    private Dictionary<string, string> Environment(IReadOnlyDictionary<string, string> settings) =>
        new(settings)
        {
            ["FUNCTIONS_APPLICATION_DIRECTORY"] = _root,
            ["FUNCTIONS_WORKER_DIRECTORY"] = _root,
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
            // What the real host's own environment holds must decide nothing here.
            ["ASPNETCORE_URLS"] = "http://+:80",
            ["ASPNETCORE_CONTENTROOT"] = "/azure-functions-host",
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
        };

    private async Task LoadAsync()
    {
        var init = new WorkerInitRequest
        {
            HostVersion = "4.1037.0.0",
            WorkerDirectory = _root,
            FunctionAppDirectory = _root,
        };
        init.Capabilities.Add("MultiStream", "true");
        init.Capabilities.Add("V2Compatable", "true");
        var answer = await Streams.AskAsync(
            nameof(StreamingMessage.ContentOneofCase.WorkerInitResponse),
            new StreamingMessage { WorkerInitRequest = init }
        );
        _worker = new Uri(answer.WorkerInitResponse.Capabilities["HttpUri"]);
        _listens = null;
        var found = await Streams.AskAsync(
            nameof(StreamingMessage.ContentOneofCase.FunctionMetadataResponse),
            new StreamingMessage
            {
                FunctionsMetadataRequest = new FunctionsMetadataRequest { FunctionAppDirectory = _root },
            }
        );
        foreach (var function in found.FunctionMetadataResponse.FunctionMetadataResults)
        {
            if (function.FunctionId.Length == 0)
                function.FunctionId = Guid.NewGuid().ToString();
            Functions[function.Name] = function;
            var loaded = await Streams.AskAsync(
                function.FunctionId,
                new StreamingMessage
                {
                    FunctionLoadRequest = new FunctionLoadRequest
                    {
                        FunctionId = function.FunctionId,
                        Metadata = function,
                    },
                }
            );
            if (loaded.FunctionLoadResponse.Result.Status != StatusResult.Types.Status.Success)
                throw new InvalidOperationException($"{function.Name}: {loaded.FunctionLoadResponse.Result}");
        }
    }

    private async Task<StatusResult> EndedAsync(InvocationRequest request) =>
        (await Streams.AskAsync(request.InvocationId, new StreamingMessage { InvocationRequest = request }))
            .InvocationResponse
            .Result;

    private InvocationRequest Invocation(string function, TypedData data, string parameter) =>
        new()
        {
            InvocationId = Guid.NewGuid().ToString(),
            FunctionId = Functions[function].FunctionId,
            InputData =
            {
                new ParameterBinding { Name = parameter, Data = data },
            },
            TraceContext = new RpcTraceContext
            {
                TraceParent = $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01",
            },
            RetryContext = new RetryContext(),
        };
}
