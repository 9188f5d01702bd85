using System.Net;
using System.Net.Sockets;

namespace Ebb.Nut.Dialing;

/// <summary>
/// A connection to the first of several addresses that takes it. An address that swallows packets costs
/// <see cref="HeadStart"/>, not the time that is left for all of them (RFC 8305).
/// </summary>
internal static class Race
{
    internal static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    /// <exception cref="SocketException">None of them takes it.</exception>
    internal static async Task<(Socket Socket, IPAddress At)> ConnectAsync(
        IReadOnlyList<IPAddress> addresses,
        int port,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task<(Socket, IPAddress)>> attempts = [];
        try
        {
            for (var next = 0; ; )
            {
                if (next < addresses.Count)
                    attempts.Add(AttemptAsync(addresses[next++], port, end.Token));
                List<Task> first = [.. attempts];
                if (next < addresses.Count)
                    first.Add(Task.Delay(HeadStart, clock, end.Token));
                var ended = await Task.WhenAny(first);
                if (ended is not Task<(Socket, IPAddress)> attempt)
                    continue;
                attempts.Remove(attempt);
                if (attempt.IsCompletedSuccessfully || (attempts.Count == 0 && next == addresses.Count))
                    return await attempt;
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await end.CancelAsync();
            foreach (var late in attempts)
                _ = late.ContinueWith(
                    done => done.Result.Item1.Dispose(),
                    CancellationToken.None,
                    TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default
                );
        }
    }

    private static async Task<(Socket, IPAddress)> AttemptAsync(
        IPAddress address,
        int port,
        CancellationToken cancellationToken
    )
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, port, cancellationToken);
            return (socket, address);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
