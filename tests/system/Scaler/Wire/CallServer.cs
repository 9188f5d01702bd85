using System.Net;
using Ebb.Scaler.Calls;
using Ebb.Scaler.Protocol;
using Ebb.Tests.Harness;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ebb.Tests.Scaler.Wire;

/// <summary>
/// What stands in front of the scaler's methods, with methods that do whatever a method can do wrong.
/// </summary>
internal sealed class CallServer : IAsyncDisposable
{
    public const string Echo = "/test.Calls/Echo",
        Big = "/test.Calls/Big",
        Throw = "/test.Calls/Throw",
        Refuse = "/test.Calls/Refuse",
        Hang = "/test.Calls/Hang",
        Stream = "/test.Calls/Stream",
        Flood = "/test.Calls/Flood";

    private readonly WebApplication _app;
    private int _streams;

    private CallServer(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    /// <summary>Stream handlers that run now.</summary>
    public int Streams => Volatile.Read(ref _streams);

    public int Open => Calls.Open;

    public CallTracker Calls => _app.Services.GetRequiredService<CallTracker>();

    public static async Task<CallServer> StartAsync(CallLimits? limits = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // A test that waits for so long has found something that holds up the stop.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
        // A handler that fails is a test's own; what Kestrel calls unhandled is a fault.
        builder.Logging.ClearProviders();
        var port = FreePort.Take();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000_000;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddCallHandling(limits ?? new CallLimits());
        var app = builder.Build();
        var server = new CallServer(app, port);
        app.MapGrpcService(server.Methods()).Add(server.Calls.Track);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private ServerServiceDefinition Methods()
    {
        var definition = ServerServiceDefinition.CreateBuilder();
        Unary(Echo, (request, _) => Task.FromResult(request));
        Unary(Big, (_, _) => Task.FromResult(new ScaledObjectRef { Name = new string('x', 1 << 20) }));
        Unary(Throw, (_, _) => throw new InvalidOperationException("an internal detail"));
        Unary(Refuse, (_, _) => throw new RpcException(new Status(StatusCode.InvalidArgument, "ärger:\r\n100 %")));
        Unary(
            Hang,
            async (request, context) =>
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
                return request;
            }
        );
        Streaming(
            Stream,
            async (request, responses, context) =>
            {
                await responses.WriteAsync(request);
                await Task.Delay(Timeout.Infinite, context.CancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        );
        Streaming(
            Flood,
            async (_, responses, context) =>
            {
                while (!context.CancellationToken.IsCancellationRequested)
                    await responses.WriteAsync(new ScaledObjectRef { Name = new string('x', 10_000) });
            }
        );
        return definition.Build();

        void Unary(string path, UnaryServerMethod<ScaledObjectRef, ScaledObjectRef> handler) =>
            definition.AddMethod(Method(path, MethodType.Unary), handler);

        void Streaming(string path, ServerStreamingServerMethod<ScaledObjectRef, ScaledObjectRef> handler) =>
            definition.AddMethod<ScaledObjectRef, ScaledObjectRef>(
                Method(path, MethodType.ServerStreaming),
                CancelledStreams.EndQuietly<ScaledObjectRef, ScaledObjectRef>(
                    (request, responses, context) => CountedAsync(() => handler(request, responses, context))
                )
            );
    }

    private async Task CountedAsync(Func<Task> stream)
    {
        Interlocked.Increment(ref _streams);
        try
        {
            await stream();
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private static Method<ScaledObjectRef, ScaledObjectRef> Method(string path, MethodType type)
    {
        var message = Marshallers.Create(m => m.ToByteArray(), ScaledObjectRef.Parser.ParseFrom);
        return new(type, path.Split('/')[1], path.Split('/')[2], message, message);
    }
}
