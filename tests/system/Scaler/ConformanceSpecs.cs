using Ebb.Scaler.Protocol;
using Ebb.Tests.Scaler.Wire;
using Google.Protobuf;
using Grpc.Core;
using static Ebb.Tests.Scaler.Wire.CallServer;
using static Ebb.Tests.Scaler.Wire.Messages;

namespace Ebb.Tests.Scaler;

/// <summary>What a client is answered, whatever it sends.</summary>
public sealed class ConformanceSpecs
{
    private static readonly byte[] Message = new ScaledObjectRef { Name = "queue", Namespace = "shop" }.ToByteArray();
    private static readonly byte[] Framed = Frame(Message);

    public static TheoryData<string, byte[], string, int> Refusals =>
        new()
        {
            { "/test.Calls/Nothing", Framed, "", (int)StatusCode.Unimplemented },
            { "/test.Other/Echo", Framed, "", (int)StatusCode.Unimplemented },
            { Echo, Frame(Gzip(Message), 1), "grpc-encoding=snappy", (int)StatusCode.Unimplemented },
            { Echo, [0, 0, 5, 0, 0], "", (int)StatusCode.ResourceExhausted },
            { Echo, Frame(Gzip(new byte[64 << 20]), 1), "grpc-encoding=gzip", (int)StatusCode.ResourceExhausted },
            { Hang, Framed, "grpc-timeout=200m", (int)StatusCode.DeadlineExceeded },
            { Hang, Framed, "grpc-timeout=300000u", (int)StatusCode.DeadlineExceeded },
            { Throw, Framed, "", (int)StatusCode.Unknown },
            { Refuse, Framed, "", (int)StatusCode.InvalidArgument },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_is_a_status_and_the_connection_goes_on(
        string path,
        byte[] body,
        string header,
        int expected
    )
    {
        await using var server = await StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.Port);
        var answer = await connection.CallAsync(path, body, Header(header));
        Assert.True(expected == answer.Status, $"{answer.Status} {answer.Message}");
        Assert.Equal("200", answer.HttpStatus);
        Assert.Equal("application/grpc", answer.Blocks[0]["content-type"]);
        // No message was sent before, so the status is in the headers.
        Assert.True(answer.TrailersOnly);
        if (expected == (int)StatusCode.Unknown)
            Assert.DoesNotContain("internal detail", answer.Message, StringComparison.Ordinal);
        if (expected == (int)StatusCode.InvalidArgument)
            Assert.Equal("ärger:\r\n100 %", answer.Message);
        if (header.EndsWith("snappy", StringComparison.Ordinal))
            Assert.Equal("identity,gzip,deflate", answer.Blocks[0]["grpc-accept-encoding"]);
        Assert.Equal(0, (await connection.CallAsync(Echo, Framed)).Status);
        await ScalerWorld.UntilAsync(() => server.Open == 0, "no call is left open");
    }

    public static TheoryData<string, byte[], string> Malformed =>
        new()
        {
            { "no message", [], "" },
            { "two messages", [.. Framed, .. Framed], "" },
            { "a prefix cut off", Framed[..3], "" },
            { "a message cut off", Framed[..^2], "" },
            { "compressed flag 2", Frame(Message, 2), "" },
            { "compressed without an encoding", Frame(Gzip(Message), 1), "" },
            { "compressed with identity", Frame(Gzip(Message), 1), "grpc-encoding=identity" },
            { "a broken gzip", Frame([1, 2, 3, 4], 1), "grpc-encoding=gzip" },
            { "no protobuf", Frame([0xff, 0xff, 0xff]), "" },
            { "a length of 4 GiB", [0, 0xff, 0xff, 0xff, 0xff], "" },
        };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_message_is_refused_and_the_connection_goes_on(string what, byte[] body, string header)
    {
        await using var server = await StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.Port);
        var answer = await connection.CallAsync(Echo, body, Header(header));
        Assert.True(answer.Status > 0, $"{what}: {answer.Status} {answer.Message}");
        Assert.Equal(0, (await connection.CallAsync(Echo, Framed)).Status);
        await ScalerWorld.UntilAsync(() => server.Open == 0, "no call is left open");
    }

    public static TheoryData<byte[], string> Valid =>
        new()
        {
            { Framed, "" },
            { Framed, "content-type=application/grpc+proto" },
            { Frame(Gzip(Message), 1), "grpc-encoding=gzip" },
            { Framed, "grpc-encoding=gzip" },
            { Framed, "grpc-timeout=99999999H" },
            { Framed, "x-some-bin=AAEC" },
            { Framed, "grpc-tags-bin=AAEC" },
        };

    [Theory]
    [MemberData(nameof(Valid))]
    public async Task A_valid_request_is_answered(byte[] body, string header)
    {
        await using var server = await StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.Port);
        var answer = await connection.CallAsync(Echo, body, Header(header));
        Assert.True(answer.Status == 0, $"{answer.Status} {answer.Message}");
        Assert.Equal(2, answer.Blocks.Count);
        Assert.Equal(Framed, answer.Body);
    }

    [Fact]
    public async Task An_empty_message_and_one_sent_byte_by_byte_with_a_late_end_are_answered()
    {
        await using var server = await StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.Port);
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
    public async Task An_answer_larger_than_the_flow_control_window_is_sent_whole()
    {
        await using var server = await StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.Port);
        var answer = await connection.CallAsync(Big, Framed);
        Assert.Equal(0, answer.Status);
        Assert.True(answer.Body.Length > 1 << 20);
    }

    [Fact]
    public async Task A_stream_sends_its_headers_first_and_ends_when_the_client_resets_it()
    {
        await using var server = await StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.Port);
        var call = await connection.StartAsync(CallServer.Stream);
        await connection.SendAsync(call, Framed);
        await call.Begun.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.False(call.TrailersOnly);
        await ScalerWorld.UntilAsync(() => server.Streams == 1 && call.Body.Length == Framed.Length, "the stream runs");
        await connection.ResetAsync(call);
        await ScalerWorld.UntilAsync(() => server.Streams == 0 && server.Open == 0, "the stream has ended");
    }

    [Fact]
    public async Task Calls_are_counted_by_method_and_status()
    {
        await using var server = await StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.Port);
        foreach (var path in new[] { Echo, Echo, Refuse, "/test.Calls/Nothing" })
            await connection.CallAsync(path, Framed);
        Assert.Equal(
            [
                (Echo, StatusCode.OK, 2),
                (Refuse, StatusCode.InvalidArgument, 1),
                ("unknown", StatusCode.Unimplemented, 1),
            ],
            server
                .Calls.Ended.OrderBy(one => one.Method, StringComparer.Ordinal)
                .Select(one => (one.Method, one.Code, (int)one.Count))
        );
    }
}
