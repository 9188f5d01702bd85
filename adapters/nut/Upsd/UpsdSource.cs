using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Nut.Dialing;
using NodaTime;

namespace Ebb.Nut.Upsd;

/// <summary>
/// A UPS at a upsd, read with one <c>LIST VAR</c> over one connection that stays open. upsd hangs up after 60 s of
/// silence, so a
/// poll that is slower than that opens a new connection each time.
/// </summary>
internal sealed class UpsdSource(UpsSourceAddress address, Dialer dialer, TimeProvider clock, TimeProvider deadlines)
    : IUpsSource
{
    /// <summary>For everything said after that in one poll: TLS, names, list.</summary>
    internal static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Backoff _backoff = new(clock);
    private UpsdConnection? _connection;
    private long _connectedAt;
    private SourceFault _last;

    public string Ups => address.Name;

    public string Name { get; } = address.ToString();

    public async Task<UpsAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await ReadInTurnAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits for a read that is under way; its deadlines bound that.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        await HangUpAsync();
        _turn.Dispose();
    }

    private async Task<UpsAnswer> ReadInTurnAsync(CancellationToken cancellationToken)
    {
        if (
            _connection is { IsSpoilt: true }
            || (dialer.Detour is not null && clock.GetElapsedTime(_connectedAt) >= Dialer.DetourFor)
        )
            await HangUpAsync();
        var kept = _connection is not null;
        if (!kept && _backoff.Left is { Ticks: > 0 } left)
            return Silence(
                _last with
                {
                    Detail = $"{_last.Detail}; tried again in {Math.Ceiling(left.TotalSeconds)} s",
                }
            );

        var (answer, heard) = await AttemptAsync(cancellationToken);
        // A connection that was kept and turns out to be dead says nothing about the server: it may have been restarted
        // since.
        if (!kept || heard || answer is not UpsNoAnswer { Fault: UpsFault.ConnectionLost })
            return answer;
        _backoff.Succeeded();
        return (await AttemptAsync(cancellationToken)).Answer;
    }

    private async Task<(UpsAnswer Answer, bool Heard)> AttemptAsync(CancellationToken cancellationToken)
    {
        SourceFault fault;
        try
        {
            var (list, refused, inOrder) = await ConverseAsync(cancellationToken);
            if (inOrder)
                _backoff.Succeeded();
            else
                await GiveUpAsync(refused);
            if (list is null)
                return (Silence(refused), true);
            dialer.Worked();
            return (
                Variables.ToReading(
                    address.Name,
                    Name,
                    Instant.FromDateTimeOffset(clock.GetUtcNow()),
                    list.Variables
                ) with
                {
                    Note =
                        dialer.Detour is { } detour && list.Note is { } note
                            ? $"{detour}; {note}"
                            : dialer.Detour ?? list.Note,
                },
                true
            );
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Half an answer may be under way, and it would be taken for the next one.
            await HangUpAsync();
            throw;
        }
        catch (OperationCanceledException)
        {
            fault = _connection is null
                ? new SourceFault(UpsFault.TimedOut, $"no connection within {Dialer.ConnectWithin.TotalSeconds} s")
                : new SourceFault(UpsFault.TimedOut, $"no complete answer within {AnswerWithin.TotalSeconds} s");
        }
        catch (Exception problem) when (FaultOf(problem, _connection is not null) is { } known)
        {
            fault = known;
        }
        var heard = _connection is { HasHeard: true };
        await GiveUpAsync(fault);
        return (Silence(fault), heard);
    }

    /// <summary>
    /// A list or a fault, and whether the conversation can go on: an ERR to the list leaves it in order.
    /// </summary>
    private async Task<(VariableList? List, SourceFault SourceFault, bool InOrder)> ConverseAsync(
        CancellationToken cancellationToken
    )
    {
        var fresh = _connection is null;
        if (fresh)
        {
            _connection = new UpsdConnection(await dialer.ConnectAsync(cancellationToken));
            _connectedAt = clock.GetTimestamp();
        }
        using var answering = new Deadline(AnswerWithin, deadlines, cancellationToken);
        if (fresh && await _connection!.IntroduceAsync(address, answering.Token) is { } unwelcome)
            return (null, unwelcome, false);
        var list = await _connection!.ListAsync(address.Ups!, answering.Token);
        return list.Fault is { } fault ? (null, fault, fault.Kind != UpsFault.Garbled) : (list, default, true);
    }

    private static SourceFault? FaultOf(Exception problem, bool connected) =>
        problem switch
        {
            InvalidDataException => new SourceFault(
                UpsFault.Garbled,
                $"expected the variables of the UPS, found {problem.Message}"
            ),
            AuthenticationException => new SourceFault(UpsFault.TlsFailed, $"TLS failed: {problem.Message}"),
            CryptographicException => new SourceFault(
                UpsFault.TlsFailed,
                "the file after ca= holds no certificate that can be read"
            ),
            FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException => new SourceFault(
                UpsFault.TlsFailed,
                "the file after ca= cannot be read"
            ),
            SocketException socket when !connected => new SourceFault(
                UpsFault.Unreachable,
                $"no connection: {socket.SocketErrorCode}"
            ),
            EndOfStreamException => new SourceFault(UpsFault.ConnectionLost, $"the server hung up {problem.Message}"),
            SocketException or IOException => new SourceFault(UpsFault.ConnectionLost, "the connection broke"),
            _ => null,
        };

    private async Task GiveUpAsync(SourceFault fault)
    {
        _last = fault;
        _backoff.Failed();
        await HangUpAsync();
    }

    private async Task HangUpAsync()
    {
        if (_connection is null)
            return;
        await _connection.DisposeAsync();
        _connection = null;
    }

    private UpsNoAnswer Silence(SourceFault fault) =>
        new(
            address.Name,
            Name,
            Instant.FromDateTimeOffset(clock.GetUtcNow()),
            fault.Kind,
            dialer.Detour is { } detour ? $"{fault.Detail}; {detour}" : fault.Detail
        );
}
