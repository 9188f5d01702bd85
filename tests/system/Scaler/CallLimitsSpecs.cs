using System.Diagnostics;
using System.Net;
using Ebb.Scaler.Calls;
using Ebb.Scaler.Protocol;
using Ebb.Tests.Harness;
using Ebb.Tests.Scaler.Wire;
using Google.Protobuf;
using Grpc.Core;
using static Ebb.Tests.Scaler.Wire.CallServer;
using static Ebb.Tests.Scaler.Wire.Messages;

namespace Ebb.Tests.Scaler;

/// <summary>What no client can do to the others.</summary>
public sealed class CallLimitsSpecs
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private static readonly byte[] Framed = Frame(
        new ScaledObjectRef { Name = "queue", Namespace = "shop" }.ToByteArray()
    );

    [LongTheory]
    [InlineData(Echo)]
    [InlineData(CallServer.Stream)]
    public async Task A_request_that_never_ends_is_given_up(string path)
    {
        await using var server = await StartAsync(new CallLimits { RequestTimeout = TimeSpan.FromSeconds(1) });
        await using var connection = await Http2Connection.OpenAsync(server.Port);
        var since = Stopwatch.StartNew();
        var call = await connection.StartAsync(path);
        await connection.SendAsync(call, Framed[..7], end: false);
        await call.Ended.WaitAsync(Timeout, TestContext.Current.CancellationToken);
        Assert.Equal((int)StatusCode.DeadlineExceeded, call.Status);
        Assert.InRange(since.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(10));
        Assert.Equal(0, (await connection.CallAsync(Echo, Framed)).Status);
        await ScalerWorld.UntilAsync(() => server.Open == 0, "no call is left open");
    }

    [Fact]
    public async Task A_large_message_is_refused_from_its_prefix()
    {
        await using var server = await StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.Port);
        var call = await connection.StartAsync(Echo);
        await connection.SendAsync(call, [0, 0, 0x50, 0, 0, .. new byte[300_000]], end: false);
        await call.Ended.WaitAsync(Timeout, TestContext.Current.CancellationToken);
        Assert.Equal((int)StatusCode.ResourceExhausted, call.Status);
    }

    [Fact]
    public async Task A_client_that_sends_all_of_a_large_message_is_refused_and_its_next_call_is_answered()
    {
        await using var server = await StartAsync();
        using var client = new HttpMessageInvoker(
            new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = false }
        );
        foreach (
            var (size, expected) in new[]
            {
                (5 << 20, (int)StatusCode.ResourceExhausted),
                (10, (int)StatusCode.OK),
                (5 << 20, (int)StatusCode.ResourceExhausted),
            }
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{server.Port}{Echo}")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(
                    Frame(new ScaledObjectRef { Name = new string('x', size) }.ToByteArray())
                ),
            };
            request.Content.Headers.ContentType = new("application/grpc");
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            var status = response.Headers.TryGetValues("grpc-status", out var only)
                ? only
                : response.TrailingHeaders.GetValues("grpc-status");
            Assert.Equal($"{expected}", status.Single());
        }
    }

    [LongFact]
    public async Task A_client_that_never_reads_is_cut_off_at_its_deadline_and_others_are_answered_meanwhile()
    {
        await using var server = await StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.Port, initialWindow: 0);
        await using var other = await Http2Connection.OpenAsync(server.Port);
        var flood = await connection.StartAsync(Flood, false, ("grpc-timeout", "1S"));
        var silent = await connection.StartAsync(CallServer.Stream, false, ("grpc-timeout", "1S"));
        await connection.SendAsync(flood, Framed);
        await connection.SendAsync(silent, Framed);
        await ScalerWorld.UntilAsync(() => server.Streams == 2, "both run");
        Assert.Equal(0, (await other.CallAsync(Echo, Framed)).Status);
        await Task.WhenAll(flood.Ended, silent.Ended).WaitAsync(Timeout, TestContext.Current.CancellationToken);
        Assert.Equal((8, 8), (flood.ResetWith, silent.ResetWith));
        await ScalerWorld.UntilAsync(() => server.Open == 0, "no call is left open");
        Assert.Null(connection.GoneWith);
    }

    [Fact]
    public async Task Five_thousand_calls_opened_and_reset_leave_the_connection_up()
    {
        await using var server = await StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.Port);
        for (var i = 0; i < 5000; i++)
        {
            var call = await connection.StartAsync(CallServer.Stream);
            await connection.SendAsync(call, Framed);
            await connection.ResetAsync(call);
        }

        Assert.Equal(0, (await connection.CallAsync(Echo, Framed)).Status);
        await ScalerWorld.UntilAsync(() => server.Streams == 0 && server.Open == 0, "no call is left open");
        Assert.Null(connection.GoneWith);
    }

    [Fact]
    public async Task More_calls_than_may_be_open_are_refused_until_one_ends()
    {
        await using var server = await StartAsync(new CallLimits { MaxOpenCalls = 3 });
        await using var connection = await Http2Connection.OpenAsync(server.Port);
        List<Http2Call> open = [];
        for (var i = 0; i < 3; i++)
        {
            open.Add(await connection.StartAsync(CallServer.Stream));
            await connection.SendAsync(open[^1], Framed);
        }

        await ScalerWorld.UntilAsync(() => server.Streams == 3, "all are open");
        Assert.Equal((int)StatusCode.ResourceExhausted, (await connection.CallAsync(Echo, Framed)).Status);
        await connection.ResetAsync(open[0]);
        await ScalerWorld.UntilAsync(() => server.Open == 2, "one has ended");
        Assert.Equal(0, (await connection.CallAsync(Echo, Framed)).Status);
    }
}
