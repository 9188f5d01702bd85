using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Ebb.Tests.Scaler.Wire;

/// <summary>
/// A client that speaks HTTP/2 frame by frame, for what no well-behaved client can be made to send. It keeps no header
/// table.
/// </summary>
internal sealed class Http2Connection : IAsyncDisposable
{
    private const byte Data = 0,
        Headers = 1,
        Reset = 3,
        Settings = 4,
        Ping = 6,
        GoAway = 7,
        WindowUpdate = 8,
        Continuation = 9;
    private readonly TcpClient _socket = new();
    private readonly Dictionary<int, Http2Call> _answers = [];
    private readonly SemaphoreSlim _writing = new(1);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NetworkStream _stream = null!;
    private Task _reading = Task.CompletedTask;
    private int _next = 1;
    private int _pongs;

    public Task Gone => _gone.Task;

    /// <summary>
    /// The server closed the connection after all that it had sent; false: it reset it, or the client closed it.
    /// </summary>
    public bool Closed { get; private set; }

    /// <summary>The code of a GOAWAY; null: none came.</summary>
    public int? GoneWith { get; private set; }

    public static async Task<Http2Connection> OpenAsync(int port, uint initialWindow = 1 << 30)
    {
        var connection = new Http2Connection();
        await connection._socket.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
        connection._socket.NoDelay = true;
        connection._stream = connection._socket.GetStream();
        await connection._stream.WriteAsync(
            Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            TestContext.Current.CancellationToken
        );
        var settings = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(settings, 1); // SETTINGS_HEADER_TABLE_SIZE 0
        BinaryPrimitives.WriteUInt16BigEndian(settings.AsSpan(6), 4); // SETTINGS_INITIAL_WINDOW_SIZE
        BinaryPrimitives.WriteUInt32BigEndian(settings.AsSpan(8), initialWindow);
        await connection.FrameAsync(Settings, 0, 0, settings);
        connection._reading = Task.Run(connection.ReadAsync);
        return connection;
    }

    public async Task<Http2Call> StartAsync(string path, bool end = false, params (string Name, string Value)[] headers)
    {
        var answer = new Http2Call();
        (string, string)[] all =
        [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", path),
            (":authority", "test"),
            ("content-type", "application/grpc"),
            ("te", "trailers"),
        ];
        foreach (var (name, value) in headers)
        {
            var place = Array.FindIndex(all, pair => pair.Item1 == name);
            if (place >= 0)
                all[place] = (name, value);
            else
                all = [.. all, (name, value)];
        }

        using var block = new MemoryStream();
        foreach (var (name, value) in all)
        {
            block.WriteByte(0); // a literal that is not indexed, with a new name
            Text(block, name);
            Text(block, value);
        }

        await _writing.WaitAsync();
        try
        {
            // Streams must begin in the order of their numbers.
            answer.Id = _next;
            _next += 2;
            lock (_answers)
                _answers[answer.Id] = answer;
            await WriteAsync(Headers, (byte)(4 | (end ? 1 : 0)), answer.Id, block.ToArray());
        }
        finally
        {
            _writing.Release();
        }

        return answer;
    }

    public async Task SendAsync(Http2Call call, byte[] bytes, bool end = true)
    {
        for (var at = 0; at < bytes.Length || at == 0; at += 16384)
        {
            var part = bytes[at..Math.Min(bytes.Length, at + 16384)];
            await FrameAsync(Data, (byte)(end && at + part.Length >= bytes.Length ? 1 : 0), call.Id, part);
        }
    }

    /// <summary>Answers to pings so far.</summary>
    public int Pongs => Volatile.Read(ref _pongs);

    public Task PingAsync() => FrameAsync(Ping, 0, 0, new byte[8]);

    public Task ResetAsync(Http2Call call) => FrameAsync(Reset, 0, call.Id, [0, 0, 0, 8]);

    public async Task<Http2Call> CallAsync(string path, byte[] body, params (string, string)[] headers)
    {
        var call = await StartAsync(path, false, headers);
        await SendAsync(call, body);
        await call.Ended.WaitAsync(TimeSpan.FromSeconds(20));
        return call;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _reading;
        _writing.Dispose();
    }

    private async Task FrameAsync(byte type, byte flags, int stream, byte[] payload)
    {
        await _writing.WaitAsync();
        try
        {
            await WriteAsync(type, flags, stream, payload);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task WriteAsync(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = (
            (byte)(payload.Length >> 16),
            (byte)(payload.Length >> 8),
            (byte)payload.Length,
            type,
            flags
        );
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await _stream.WriteAsync(frame);
    }

    private async Task ReadAsync()
    {
        var head = new byte[9];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(head);
                var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
                await _stream.ReadExactlyAsync(payload);
                await TakeAsync(head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload);
            }
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            Closed = ended is EndOfStreamException;
            lock (_answers)
                foreach (var answer in _answers.Values)
                    answer.End(null);
            _gone.TrySetResult();
        }
    }

    private async Task TakeAsync(byte type, byte flags, int stream, byte[] payload)
    {
        Http2Call? answer;
        lock (_answers)
            _answers.TryGetValue(stream, out answer);
        switch (type)
        {
            case Settings when (flags & 1) == 0:
                await FrameAsync(Settings, 1, 0, []);
                break;
            case Ping when (flags & 1) == 0:
                await FrameAsync(Ping, 1, 0, payload);
                break;
            case Ping:
                Interlocked.Increment(ref _pongs);
                break;
            case GoAway:
                GoneWith = BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(4));
                break;
            case Headers or Continuation:
                answer?.Add(Hpack.Read(payload));
                break;
            case Data:
                answer?.Add(payload);
                // The connection's own window is kept open; the streams' are the test's.
                if (payload.Length > 0)
                    await FrameAsync(
                        WindowUpdate,
                        0,
                        0,
                        [.. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(payload.Length))]
                    );
                break;
            case Reset:
                answer?.End(BinaryPrimitives.ReadInt32BigEndian(payload));
                break;
        }

        if (type is Headers or Data && (flags & 1) != 0)
            answer?.End(null);
    }

    private static void Text(MemoryStream block, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length >= 127)
            throw new ArgumentException("longer than one octet of length");
        block.WriteByte((byte)bytes.Length);
        block.Write(bytes);
    }
}
