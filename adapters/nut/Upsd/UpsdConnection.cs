using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Ebb.Core.Power;

namespace Ebb.Nut.Upsd;

/// <summary>
/// One conversation with upsd. It ends with the first thing that goes wrong in it: there is no way to find the
/// beginning of the
/// next answer again but a new connection.
/// </summary>
internal sealed class UpsdConnection : IAsyncDisposable
{
    /// <summary>Bytes of one answer. 10,000 lines of 100 bytes.</summary>
    private const int LargestAnswer = 1 << 20;

    private readonly Socket _socket;
    private readonly LineBuffer _buffer = new();
    private Stream _stream;
    private int _received;

    internal UpsdConnection(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: false);
    }

    /// <summary>Whether the server has said anything since the last question was put.</summary>
    internal bool HasHeard => _received > 0;

    /// <summary>
    /// TLS if the address wants it, then user and password. upsd answers OK to both whatever they are, and checks them
    /// when they
    /// are needed. LOGIN is never sent: it would make a primary upsmon wait for us (HOSTSYNC) before it cuts the power.
    /// </summary>
    internal async Task<SourceFault?> IntroduceAsync(UpsSourceAddress address, CancellationToken cancellationToken)
    {
        if (address.Server == UpsServer.UpsdTls)
        {
            if (await ConfirmAsync("STARTTLS", cancellationToken) is { } refused)
                return refused with
                {
                    Kind = refused.Kind == UpsFault.ProtocolError ? UpsFault.TlsFailed : refused.Kind,
                };
            // upsd serves nobody while it waits for a handshake, so nothing may come between the OK and this.
            if (_buffer.HasRest)
                return new SourceFault(UpsFault.TlsFailed, "the server went on in the clear after OK STARTTLS");
            var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
            _stream = tls;
            await tls.AuthenticateAsClientAsync(Trust.OptionsFor(address), cancellationToken);
        }
        foreach (var (command, word) in new[] { ("USERNAME", address.User), ("PASSWORD", address.Password) })
        {
            if (
                word is null
                || await ConfirmAsync($"{command} {UpsdWords.Quote(word)}", cancellationToken) is not { } fault
            )
                continue;
            // Reading needs no name: a server that knows none is read without, and never hears the password.
            if (fault == UpsdError.UnknownCommand)
                break;
            return fault.Kind == UpsFault.ProtocolError ? fault with { Kind = UpsFault.AccessDenied } : fault;
        }
        return null;
    }

    internal async Task<VariableList> ListAsync(string ups, CancellationToken cancellationToken)
    {
        var list = new VariableList(ups);
        await SayAsync("LIST VAR " + UpsdWords.Quote(ups), cancellationToken);
        while (!list.Ended)
            list.Feed(await HearAsync(cancellationToken));
        return list;
    }

    /// <summary>
    /// Whether bytes are here that nobody asked for, or the server has hung up while nobody was asking.
    /// </summary>
    internal bool IsSpoilt
    {
        get
        {
            if (_buffer.HasRest)
                return true;
            try
            {
                // Under TLS bytes may be waiting that are no answer (a session ticket); without it nothing may.
                return _socket.Poll(0, SelectMode.SelectRead) && (_stream is not SslStream || _socket.Available == 0);
            }
            catch (SocketException)
            {
                return true;
            }
        }
    }

    /// <summary>Says something that is answered with OK; null: it was.</summary>
    internal async Task<SourceFault?> ConfirmAsync(string request, CancellationToken cancellationToken)
    {
        await SayAsync(request, cancellationToken);
        var line = await HearAsync(cancellationToken);
        List<Word> words = [];
        if (!UpsdWords.TrySplit(line, words) || words.Count == 0)
            return new SourceFault(UpsFault.Garbled, "expected OK, found something else");
        if (words[0].Is("OK"))
            return null;
        return words[0].Is("ERR") && words.Count > 1
            ? UpsdError.Of(words[1].Text)
            : new SourceFault(UpsFault.Garbled, "expected OK, found something else");
    }

    private async Task SayAsync(string request, CancellationToken cancellationToken)
    {
        _received = 0;
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(request + "\n"), cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    /// <summary>The next line with something in it: some servers end a line with more than LF or CR LF.</summary>
    /// <exception cref="InvalidDataException">A line or an answer without end.</exception>
    /// <exception cref="EndOfStreamException">The server hung up.</exception>
    private async Task<string> HearAsync(CancellationToken cancellationToken)
    {
        string line;
        while (true)
        {
            if (_buffer.TryTake(out line))
            {
                if (!string.IsNullOrWhiteSpace(line))
                    return line;
                continue;
            }
            if (_buffer.IsOverlong)
                throw new InvalidDataException($"a line of more than {LineBuffer.LongestLine} bytes");
            var count = await _stream.ReadAsync(_buffer.Free, cancellationToken);
            if (count == 0)
                throw new EndOfStreamException(_received == 0 ? "before it answered" : "in the middle of its answer");
            _buffer.Added(count);
            if ((_received += count) > LargestAnswer)
                throw new InvalidDataException($"an answer of more than {LargestAnswer} bytes");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
    }
}
