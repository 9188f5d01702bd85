using System.Net;
using System.Net.Sockets;

namespace Ebb.Tests.Harness;

/// <summary>A wire between one client and the server that can be cut while others stay connected.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _life = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly int _server;
    private readonly Task _accepting;
    private bool _cut;

    public Relay(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>While true nothing passes, and what was open is broken off.</summary>
    public bool Cut
    {
        get
        {
            lock (_lock)
                return _cut;
        }
        set
        {
            lock (_lock)
            {
                _cut = value;
                if (!value)
                    return;
                foreach (var socket in _sockets)
                    socket.Dispose();
                _sockets.Clear();
            }
        }
    }

    private async Task AcceptAsync()
    {
        while (!_life.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync(_life.Token);
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            _ = CarryAsync(client);
        }
    }

    private async Task CarryAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        lock (_lock)
        {
            if (_cut)
            {
                client.Dispose();
                server.Dispose();
                return;
            }
            _sockets.Add(client);
            _sockets.Add(server);
        }
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _server, _life.Token);
            await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        { /* a cut wire */
        }
        finally
        {
            client.Dispose();
            server.Dispose();
            lock (_lock)
            {
                _sockets.Remove(client);
                _sockets.Remove(server);
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, SocketFlags.None, _life.Token)) > 0; )
                await to.SendAsync(buffer.AsMemory(0, read), SocketFlags.None, _life.Token);
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        { /* a cut wire */
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync();
        _listener.Stop();
        Cut = true;
        await _accepting;
        _life.Dispose();
    }
}
