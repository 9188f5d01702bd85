using System.Net;
using System.Net.Sockets;

namespace Ebb.Tests.Harness;

/// <summary>
/// Ports for programs that cannot be given a socket. Each is given out once, to one process: a lock file keeps others
/// from
/// it as long as this process lives, and it lies below the range from which the system takes ports by itself, so that
/// neither a bind to port 0 nor an outgoing connection can get it in between.
/// </summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Last = 31_999;
    private static readonly Lock Gate = new();
    private static readonly List<FileStream> Reservations = [];
    private static int _next = First + (Environment.ProcessId * 97 % (Last - First));

    public static int Take()
    {
        lock (Gate)
        {
            for (var tried = First; tried <= Last; tried++)
            {
                var port = _next;
                _next = port == Last ? First : port + 1;
                if (Reserve(port) is not { } reservation)
                    continue;
                if (IsFree(port))
                {
                    Reservations.Add(reservation);
                    return port;
                }
                reservation.Dispose();
            }
        }
        throw new InvalidOperationException($"no port from {First} to {Last} is free");
    }

    private static FileStream? Reserve(int port)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "ebb-ports"));
        try
        {
            return new FileStream(
                Path.Combine(folder.FullName, $"{port}"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException)
        {
            // Another process has it.
            return null;
        }
    }

    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
