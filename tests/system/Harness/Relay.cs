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
    private readonly Action? _sent;
    private readonly Task _accepting;
    private readonly HashSet<Socket> _watching = [];
    private readonly HashSet<Socket> _stalled = [];
    private bool _cut;

    /// <param name="server">Its port.</param>
    /// <param name="sent">Called each time that the client has sent something.</param>
    public Relay(int server, Action? sent = null)
    {
        (_server, _sent) = (server, sent);
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

    /// <summary>
    /// Watches that are open stay open, and nothing comes through them any more; everything else is as it should be.
    /// </summary>
    public void StallWatches()
    {
        lock (_lock)
            _stalled.UnionWith(_watching);
    }

    private delegate void Passing(ReadOnlySpan<byte> bytes);

    private bool IsStalled(Socket socket)
    {
        lock (_lock)
            return _stalled.Contains(socket);
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
        void Sent(ReadOnlySpan<byte> request)
        {
            _sent?.Invoke();
            lock (_lock)
                _ = request.IndexOf("watch="u8) < 0 ? _watching.Remove(client) : _watching.Add(client);
        }
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
            await Task.WhenAny(PumpAsync(client, server, Sent), PumpAsync(server, client, null));
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
                foreach (var end in (Socket[])[client, server])
                {
                    _sockets.Remove(end);
                    _watching.Remove(end);
                    _stalled.Remove(end);
                }
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Passing? passes)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, SocketFlags.None, _life.Token)) > 0; )
            {
                passes?.Invoke(buffer.AsSpan(0, read));
                if (!IsStalled(to))
                    await to.SendAsync(buffer.AsMemory(0, read), SocketFlags.None, _life.Token);
            }
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
