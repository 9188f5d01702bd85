using Ebb.Scaler.Grpc;
using Ebb.Scaler.Protocol;
using Ebb.Tests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ebb.Tests.Scaler.Wire;

/// <summary>The gRPC layer alone on Kestrel, with handlers that do whatever a handler can do wrong.</summary>
internal sealed class GrpcRig : IAsyncDisposable
{
    public const string Echo = "/test.Rig/Echo",
        Big = "/test.Rig/Big",
        Throw = "/test.Rig/Throw",
        Refuse = "/test.Rig/Refuse",
        Hang = "/test.Rig/Hang",
        Stream = "/test.Rig/Stream",
        Flood = "/test.Rig/Flood";
    private readonly WebApplication _app;
    private int _streams;

    private GrpcRig(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    /// <summary>Handlers of streams that run now.</summary>
    public int Streams => Volatile.Read(ref _streams);

    public int Open => _app.Services.GetRequiredService<GrpcServer>().Open;

    public static async Task<GrpcRig> StartAsync(GrpcOptions? options = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // Nothing may hold up the end for so long: a test that waits for it has found something.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
        builder.Logging.ClearProviders();
        var port = FreePort.Take();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000_000;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(
                System.Net.IPAddress.Loopback,
                port,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    listen.Use(kestrel.ApplicationServices.GetRequiredService<Farewell>().Around);
                }
            );
        });
        var services = new GrpcServices();
        builder
            .Services.AddSingleton(services)
            .AddSingleton(options ?? new GrpcOptions())
            .AddSingleton(TimeProvider.System)
            .AddSingleton<GrpcServer>()
            .AddSingleton<Farewell>();
        var app = builder.Build();
        var rig = new GrpcRig(app, port);
        services.Unary(
            "test.Rig",
            "Echo",
            ScaledObjectRef.Parser,
            (ScaledObjectRef request, ServerCallContext _) => Task.FromResult(request)
        );
        services.Unary(
            "test.Rig",
            "Big",
            ScaledObjectRef.Parser,
            (ScaledObjectRef _, ServerCallContext _) =>
                Task.FromResult(new ScaledObjectRef { Name = new string('x', 1 << 20) })
        );
        services.Unary(
            "test.Rig",
            "Throw",
            ScaledObjectRef.Parser,
            Task<ScaledObjectRef> (ScaledObjectRef _, ServerCallContext _) =>
                throw new InvalidOperationException("a secret")
        );
        services.Unary(
            "test.Rig",
            "Refuse",
            ScaledObjectRef.Parser,
            Task<ScaledObjectRef> (ScaledObjectRef _, ServerCallContext _) =>
                throw new RpcException(new Status(StatusCode.InvalidArgument, "ärger:\r\n100 %"))
        );
        services.Unary(
            "test.Rig",
            "Hang",
            ScaledObjectRef.Parser,
            async (ScaledObjectRef request, ServerCallContext context) =>
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
                return request;
            }
        );
        services.ServerStreaming(
            "test.Rig",
            "Stream",
            ScaledObjectRef.Parser,
            async (ScaledObjectRef request, IServerStreamWriter<ScaledObjectRef> stream, ServerCallContext context) =>
            {
                Interlocked.Increment(ref rig._streams);
                try
                {
                    await stream.WriteAsync(request, context.CancellationToken);
                    await Task.Delay(Timeout.Infinite, context.CancellationToken);
                }
                finally
                {
                    Interlocked.Decrement(ref rig._streams);
                }
            }
        );
        services.ServerStreaming(
            "test.Rig",
            "Flood",
            ScaledObjectRef.Parser,
            async (ScaledObjectRef _, IServerStreamWriter<ScaledObjectRef> stream, ServerCallContext context) =>
            {
                Interlocked.Increment(ref rig._streams);
                try
                {
                    while (true)
                        await stream.WriteAsync(
                            new ScaledObjectRef { Name = new string('x', 10_000) },
                            context.CancellationToken
                        );
                }
                finally
                {
                    Interlocked.Decrement(ref rig._streams);
                }
            }
        );
        ((IApplicationBuilder)app).Run(app.Services.GetRequiredService<GrpcServer>().HandleAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return rig;
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
