using System.Diagnostics;
using System.IO.Compression;
using Ebb.Scaler.Grpc;
using Ebb.Scaler.Protocol;
using Ebb.Tests.Scaler.Wire;
using Google.Protobuf;
using static Ebb.Tests.Scaler.Wire.GrpcRig;

namespace Ebb.Tests.Scaler;

/// <summary>The gRPC layer against frames that a client may send, well or badly (the list is grpc.md's).</summary>
public sealed class ConformanceSpecs
{
    private static readonly byte[] Message = new ScaledObjectRef { Name = "queue", Namespace = "shop" }.ToByteArray();
    private static readonly byte[] Framed = RawConnection.Frame(Message);

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    public static TheoryData<string, string, byte[], string, int> Refusals =>
        new()
        {
            { "a method that there is not", "/test.Rig/Nothing", Framed, "", (int)StatusCode.Unimplemented },
            { "a service that there is not", "/test.Other/Echo", Framed, "", (int)StatusCode.Unimplemented },
            { "a path in another case", "/test.Rig/echo", Framed, "", (int)StatusCode.Unimplemented },
            { "no body", Echo, [], "", (int)StatusCode.Internal },
            { "two messages", Echo, [.. Framed, .. Framed], "", (int)StatusCode.Internal },
            { "a header cut off", Echo, Framed[..3], "", (int)StatusCode.Internal },
            { "a message cut off", Echo, Framed[..^2], "", (int)StatusCode.Internal },
            { "flag 2", Echo, RawConnection.Frame(Message, 2), "", (int)StatusCode.Internal },
            {
                "compressed without an encoding",
                Echo,
                RawConnection.Frame(Gzip(Message), 1),
                "",
                (int)StatusCode.Internal
            },
            {
                "compressed with identity",
                Echo,
                RawConnection.Frame(Gzip(Message), 1),
                "grpc-encoding=identity",
                (int)StatusCode.Internal
            },
            {
                "a broken gzip",
                Echo,
                RawConnection.Frame([1, 2, 3, 4], 1),
                "grpc-encoding=gzip",
                (int)StatusCode.Internal
            },
            { "an empty gzip", Echo, RawConnection.Frame([], 1), "grpc-encoding=gzip", (int)StatusCode.Internal },
            { "no protobuf", Echo, RawConnection.Frame([0xff, 0xff, 0xff]), "", (int)StatusCode.Internal },
            { "an encoding that is not known", Echo, Framed, "grpc-encoding=deflate", (int)StatusCode.Unimplemented },
            { "a length of 4 GiB", Echo, [0, 0xff, 0xff, 0xff, 0xff], "", (int)StatusCode.ResourceExhausted },
            {
                "a gzip of 64 MiB of nothing",
                Echo,
                RawConnection.Frame(Gzip(new byte[64 << 20]), 1),
                "grpc-encoding=gzip",
                (int)StatusCode.ResourceExhausted
            },
            { "a deadline in the past", Echo, Framed, "grpc-timeout=0n", (int)StatusCode.DeadlineExceeded },
            { "a deadline of 200 ms", Hang, Framed, "grpc-timeout=200m", (int)StatusCode.DeadlineExceeded },
            { "a deadline in microseconds", Hang, Framed, "grpc-timeout=300000u", (int)StatusCode.DeadlineExceeded },
            {
                "a deadline for a stream",
                GrpcRig.Stream,
                Framed,
                "grpc-timeout=200m",
                (int)StatusCode.DeadlineExceeded
            },
            { "a deadline that is none", Echo, Framed, "grpc-timeout=soon", (int)StatusCode.Internal },
            { "a deadline of nine digits", Echo, Framed, "grpc-timeout=123456789S", (int)StatusCode.Internal },
            { "a negative deadline", Echo, Framed, "grpc-timeout=-1S", (int)StatusCode.Internal },
            { "a handler that throws", Throw, Framed, "", (int)StatusCode.Unknown },
            { "a handler that never answers", Hang, Framed, "", (int)StatusCode.Unavailable },
            { "a handler that refuses", Refuse, Framed, "", (int)StatusCode.InvalidArgument },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_is_wrong_gets_its_status(string what, string path, byte[] body, string header, int expected)
    {
        await using var rig = await GrpcRig.StartAsync(new GrpcOptions { AnswerWithin = TimeSpan.FromSeconds(0.5) });
        await using var connection = await RawConnection.OpenAsync(rig.Port);
        var answer = await connection.CallAsync(path, body, Header(header));
        Assert.True(expected == answer.Status, $"{what}: {answer.Status} {answer.Message}");
        Assert.Equal("200", answer.HttpStatus);
        Assert.Equal("application/grpc", answer.Blocks[0]["content-type"]);
        // Nothing was sent before, so the status stands in the headers.
        Assert.Equal(path != GrpcRig.Stream, answer.TrailersOnly);
        if (expected == (int)StatusCode.Unknown)
            Assert.DoesNotContain("secret", answer.Message, StringComparison.Ordinal);
        if (expected == (int)StatusCode.InvalidArgument)
            Assert.Equal("ärger:\r\n100 %", answer.Message);
        if (header.EndsWith("deflate", StringComparison.Ordinal))
            Assert.Equal("identity,gzip", answer.Blocks[0]["grpc-accept-encoding"]);
        Assert.Equal(0, (await connection.CallAsync(Echo, Framed)).Status);
    }

    public static TheoryData<string, byte[], string> Goods =>
        new()
        {
            { "plain", Framed, "" },
            { "a content type with a suffix", Framed, "content-type=application/grpc+proto" },
            { "a content type with a parameter", Framed, "content-type=application/grpc; charset=x" },
            { "gzip", RawConnection.Frame(Gzip(Message), 1), "grpc-encoding=gzip" },
            { "gzip that may be and is not", Framed, "grpc-encoding=gzip" },
            { "the longest deadline", Framed, "grpc-timeout=99999999H" },
            { "metadata", Framed, "x-some-bin=AAEC" },
            { "a header of gRPC that is not known", Framed, "grpc-tags-bin=AAEC" },
        };

    [Theory]
    [MemberData(nameof(Goods))]
    public async Task What_is_right_is_answered(string what, byte[] body, string header)
    {
        await using var rig = await GrpcRig.StartAsync();
        await using var connection = await RawConnection.OpenAsync(rig.Port);
        var answer = await connection.CallAsync(Echo, body, Header(header));
        Assert.True(answer.Status == 0, $"{what}: {answer.Status} {answer.Message}");
        Assert.Equal(2, answer.Blocks.Count);
        Assert.Equal(Framed, answer.Body);
    }

    [Theory]
    [InlineData("content-type=application/json", "415")]
    [InlineData("content-type=application/grpc-web", "415")]
    [InlineData(":method=GET", "405")]
    public async Task What_is_no_grpc_is_told_in_http(string header, string status)
    {
        await using var rig = await GrpcRig.StartAsync();
        await using var connection = await RawConnection.OpenAsync(rig.Port);
        var call = await connection.StartAsync(Echo, end: true, Header(header));
        await call.Ended.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(status, call.HttpStatus);
    }

    [Fact]
    public async Task An_empty_message_and_one_that_comes_byte_by_byte_with_a_late_end_are_messages()
    {
        await using var rig = await GrpcRig.StartAsync();
        await using var connection = await RawConnection.OpenAsync(rig.Port);
        Assert.Equal(new byte[5], (await connection.CallAsync(Echo, new byte[5])).Body);
        var call = await connection.StartAsync(Echo);
        foreach (var one in Framed)
            await connection.SendAsync(call, [one], end: false);
        Assert.False(call.Ended.IsCompleted);
        await connection.SendAsync(call, []);
        await call.Ended.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal((0, Framed.Length), (call.Status, call.Body.Length));
    }

    [Fact]
    public async Task A_request_that_never_ends_is_given_up_at_its_deadline_and_without_one_after_some_seconds()
    {
        await using var rig = await GrpcRig.StartAsync(new GrpcOptions { RequestWithin = TimeSpan.FromSeconds(1) });
        await using var connection = await RawConnection.OpenAsync(rig.Port);
        var since = Stopwatch.StartNew();
        foreach (var headers in new[] { Header("grpc-timeout=200m"), [] })
        {
            var call = await connection.StartAsync(Echo, false, headers);
            await connection.SendAsync(call, Framed[..7], end: false);
            await call.Ended.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.Equal((int)StatusCode.DeadlineExceeded, call.Status);
        }

        Assert.InRange(since.Elapsed, TimeSpan.FromSeconds(1.1), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Five_mebibytes_are_refused_from_their_prefix()
    {
        await using var rig = await GrpcRig.StartAsync();
        await using var connection = await RawConnection.OpenAsync(rig.Port);
        var call = await connection.StartAsync(Echo);
        await connection.SendAsync(call, [0, 0, 0x50, 0, 0, 1, 2, 3], end: false);
        await call.Ended.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal((int)StatusCode.ResourceExhausted, call.Status);
    }

    [Fact]
    public async Task An_answer_larger_than_the_window_is_sent_whole()
    {
        await using var rig = await GrpcRig.StartAsync();
        await using var connection = await RawConnection.OpenAsync(rig.Port);
        var answer = await connection.CallAsync(Big, Framed);
        Assert.Equal(0, answer.Status);
        Assert.True(answer.Body.Length > 1 << 20);
    }

    [Fact]
    public async Task A_stream_shows_its_headers_first_and_ends_when_the_client_resets_it()
    {
        await using var rig = await GrpcRig.StartAsync();
        await using var connection = await RawConnection.OpenAsync(rig.Port);
        var call = await connection.StartAsync(GrpcRig.Stream);
        await connection.SendAsync(call, Framed);
        await call.Begun.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.False(call.TrailersOnly);
        await ScalerWorld.UntilAsync(() => rig.Streams == 1 && call.Body.Length == Framed.Length, "the stream runs");
        await connection.ResetAsync(call);
        await ScalerWorld.UntilAsync(() => rig.Streams == 0, "the stream has ended");
    }

    [Fact]
    public async Task A_client_that_never_reads_is_let_go_at_its_deadline_and_others_are_answered_meanwhile()
    {
        await using var rig = await GrpcRig.StartAsync();
        await using var connection = await RawConnection.OpenAsync(rig.Port, initialWindow: 0);
        await using var other = await RawConnection.OpenAsync(rig.Port);
        var flood = await connection.StartAsync(Flood, false, ("grpc-timeout", "1S"));
        var silent = await connection.StartAsync(GrpcRig.Stream, false, ("grpc-timeout", "1S"));
        await connection.SendAsync(flood, Framed);
        await connection.SendAsync(silent, Framed);
        await ScalerWorld.UntilAsync(() => rig.Streams == 2, "both run");
        Assert.Equal(0, (await other.CallAsync(Echo, Framed)).Status);
        await Task.WhenAll(flood.Ended, silent.Ended)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal((8, 8), (flood.ResetWith, silent.ResetWith));
        await ScalerWorld.UntilAsync(() => rig.Open == 0, "nothing is left open");
        Assert.Null(connection.GoneWith);
    }

    [Fact]
    public async Task Five_thousand_calls_opened_and_reset_leave_the_connection_up()
    {
        await using var rig = await GrpcRig.StartAsync();
        await using var connection = await RawConnection.OpenAsync(rig.Port);
        for (var i = 0; i < 5000; i++)
        {
            var call = await connection.StartAsync(GrpcRig.Stream);
            await connection.SendAsync(call, Framed);
            await connection.ResetAsync(call);
        }

        Assert.Equal(0, (await connection.CallAsync(Echo, Framed)).Status);
        await ScalerWorld.UntilAsync(() => rig.Streams == 0 && rig.Open == 0, "nothing is left open");
        Assert.Null(connection.GoneWith);
    }

    [Fact]
    public async Task Five_mebibytes_from_a_client_that_sends_them_all_are_refused_and_its_next_call_is_answered()
    {
        await using var rig = await GrpcRig.StartAsync();
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
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{rig.Port}{Echo}")
            {
                Version = System.Net.HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(
                    RawConnection.Frame(new ScaledObjectRef { Name = new string('x', size) }.ToByteArray())
                ),
            };
            request.Content.Headers.ContentType = new("application/grpc");
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            var said = response.Headers.TryGetValues("grpc-status", out var only)
                ? only
                : response.TrailingHeaders.GetValues("grpc-status");
            Assert.Equal($"{expected}", said.Single());
        }
    }

    private static (string, string)[] Header(string header) =>
        header.Length == 0
            ? []
            :
            [
                (
                    header[..header.IndexOf('=', StringComparison.Ordinal)],
                    header[(header.IndexOf('=', StringComparison.Ordinal) + 1)..]
                ),
            ];
}
