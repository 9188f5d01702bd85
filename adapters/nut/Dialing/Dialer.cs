using System.Net;
using System.Net.Sockets;

namespace Ebb.Nut.Dialing;

/// <summary>All addresses of a host, or a <see cref="SocketException"/>.</summary>
internal delegate Task<IPAddress[]> NameLookup(string host);

/// <summary>
/// The way to the server of one source. Its name is asked first each time; the addresses that worked last are for when
/// there is no answer. One connection at a time.
/// </summary>
internal sealed class Dialer(UpsSourceAddress source, KnownAddresses known, TimeProvider deadlines, NameLookup lookup)
{
    /// <summary>For the name, where there are addresses to fall back to.</summary>
    internal static readonly TimeSpan ResolveWithin = TimeSpan.FromSeconds(1.5);

    /// <summary>For the connection, once addresses are known; for all of it, where none are.</summary>
    internal static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(3);

    /// <summary>
    /// A connection that went round the name is given up after this, so that the name is asked again.
    /// </summary>
    internal static readonly TimeSpan DetourFor = TimeSpan.FromMinutes(1);

    private Task<IPAddress[]>? _lookup;
    private Way _way = new(null, [], null);

    /// <summary>Why the last connection went round the name, and where; null: it did not.</summary>
    internal string? Detour => _way.Detour;

    /// <exception cref="SocketException">The name has no address, or none of them takes the connection.</exception>
    internal async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(source.Host, out var literal))
            return (await JoinAsync([literal], cancellationToken)).Socket;
        var remembered = known.Of(source.Host);
        var (resolved, trouble) = await TryResolveAsync(remembered.Count > 0, cancellationToken);
        _way = new Way(
            trouble is null
                ? null
                : $"the name {source.Host} {trouble}: asked at {string.Join(", ", remembered)}, where it answered last",
            resolved,
            null
        );
        var (socket, at) = await JoinAsync(trouble is null ? resolved : remembered, cancellationToken);
        if (trouble is null)
            _way = new Way(null, resolved, at);
        return socket;
    }

    /// <summary>What was connected last is the server and has answered.</summary>
    internal void Worked()
    {
        if (_way is { At: { } at } way)
            known.Worked(source.Host, way.Resolved, at);
    }

    /// <summary>Without anything to fall back to what goes wrong is thrown.</summary>
    private async Task<(IReadOnlyList<IPAddress> Addresses, string? Trouble)> TryResolveAsync(
        bool isRemembered,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (await ResolveAsync(isRemembered ? ResolveWithin : ConnectWithin, cancellationToken), null);
        }
        catch (SocketException unknown) when (isRemembered)
        {
            return ([], $"does not resolve ({unknown.SocketErrorCode})");
        }
        catch (OperationCanceledException) when (isRemembered && !cancellationToken.IsCancellationRequested)
        {
            return ([], "is not resolved in time");
        }
    }

    /// <summary>
    /// A lookup cannot be called off, and a resolver of which one server is gone takes longer than anybody waits here:
    /// one that is under way is waited for again the next time.
    /// </summary>
    private async Task<IPAddress[]> ResolveAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        var asked = _lookup ??= lookup(source.Host);
        using var deadline = new Deadline(within, deadlines, cancellationToken);
        try
        {
            var addresses = await asked.WaitAsync(deadline.Token);
            return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.HostNotFound);
        }
        finally
        {
            if (asked.IsCompleted)
                _lookup = null;
        }
    }

    private async Task<(Socket Socket, IPAddress At)> JoinAsync(
        IReadOnlyList<IPAddress> addresses,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new Deadline(ConnectWithin, deadlines, cancellationToken);
        return await Race.ConnectAsync(
            [.. addresses.Take(KnownAddresses.Most)],
            source.Port,
            deadlines,
            deadline.Token
        );
    }

    /// <param name="Detour">Why it goes round the name; null: it does not.</param>
    /// <param name="Resolved">What the name stands for.</param>
    /// <param name="At">The one of those that took the connection; null: none did yet, or it went round the
    /// name.</param>
    private sealed record Way(string? Detour, IReadOnlyList<IPAddress> Resolved, IPAddress? At);
}
