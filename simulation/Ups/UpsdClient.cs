using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ebb.Simulation.Ups;

/// <summary>One client's connection: parses requests and sends answers.</summary>
internal sealed class UpsdClient
{
    /// <summary>
    /// upsd disconnects a client that has completed no command for this long; it is not configurable.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Bytes of an answer line; longer ones are cut there and lose their LF (NUT_NET_ANSWER_MAX).</summary>
    private const int LongestAnswer = 512;

    private readonly UpsdListener _listener;
    private readonly Socket _socket;
    private readonly TimeProvider _clock;
    private readonly UpsdSession _conversation;

    internal UpsdClient(SimulatedUps ups, UpsdListener listener, Socket socket, TimeProvider clock)
    {
        (_listener, _socket, _clock) = (listener, socket, clock);
        _socket.NoDelay = true;
        Address = ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString();
        _conversation = new UpsdSession(ups, () => listener.LoggedIn);
    }

    internal string Address { get; }

    internal bool IsLoggedIn => _conversation.IsLoggedIn;

    internal void Close() => _socket.Dispose();

    internal async Task ServeAsync()
    {
        await using var patience = _clock.CreateTimer(_ => Close(), null, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            var words = new RequestTokenizer();
            var bytes = new byte[4096];
            int count;
            while (!_conversation.IsOver && (count = await _socket.ReceiveAsync(bytes)) > 0)
            {
                await _listener.Running;
                for (var i = 0; i < count; i++)
                {
                    var result = words.Feed(bytes[i]);
                    if (result == RequestTokenizer.Result.More)
                        continue;
                    if (result == RequestTokenizer.Result.Line)
                        await AnswerAsync(_conversation.Answer(words.Words));
                    words.Clear();
                    patience.Change(Patience, Timeout.InfiniteTimeSpan);
                    // upsd drops the rest of what it has read with a line that it cannot parse.
                    if (result == RequestTokenizer.Result.Error)
                        break;
                }
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The client disconnected, or was cut off.
        }
        finally
        {
            Close();
        }
    }

    private async Task AnswerAsync(IReadOnlyList<string> lines)
    {
        switch (_listener.Defect)
        {
            case AnswerDefect.NoAnswer:
                return;
            case AnswerDefect.HalfALine:
                await SendAsync(lines[0][..(lines[0].Length / 2)]);
                Close();
                return;
            case AnswerDefect.CutLine:
                lines = [.. lines.Select((line, i) => i == 1 ? line.PadRight(LongestAnswer, 'D') : line)];
                break;
            case AnswerDefect.Noise:
                var noise = new byte[2048];
                new Random(4711).NextBytes(noise);
                await SendAsync(Encoding.Latin1.GetString(noise) + "\n");
                return;
            case AnswerDefect.Endless:
                var block = new string('x', 1 << 16);
                for (var sent = 0; sent < 100 << 20; sent += block.Length)
                    await SendAsync(block);
                return;
        }
        var text = new StringBuilder();
        foreach (var line in lines)
            text.Append(line.Length + 1 > LongestAnswer ? line[..LongestAnswer] : line + "\n");
        await SendAsync(text.ToString());
    }

    private async Task SendAsync(string text)
    {
        ReadOnlyMemory<byte> rest = Encoding.Latin1.GetBytes(text);
        while (!rest.IsEmpty)
            rest = rest[await _socket.SendAsync(rest)..];
    }
}
