using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Ebb.Simulation.Ups;

/// <summary>The listening socket and its faults.</summary>
internal sealed class UpsdListener : IAsyncDisposable
{
    private readonly SimulatedUps _ups;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<UpsdClient, Task> _clients = [];
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private TaskCompletionSource? _frozen;

    internal UpsdListener(SimulatedUps ups, int port, TimeProvider clock)
    {
        (_ups, _clock, Port) = (ups, clock, port);
        Listen();
    }

    internal int Port { get; private set; }

    internal int Accepted { get; private set; }

    internal AnswerDefect Defect { get; set; }

    /// <summary>Completes when the server runs; at once when it is not stopped.</summary>
    internal Task Running
    {
        get
        {
            lock (_lock)
                return _frozen?.Task ?? Task.CompletedTask;
        }
    }

    internal bool IsRefusing
    {
        get
        {
            lock (_lock)
                return _listener is null;
        }
        set
        {
            lock (_lock)
            {
                if (value == (_listener is null))
                    return;
                if (value)
                    Close();
                else
                    Listen();
            }
            if (value)
                Cut();
        }
    }

    internal void Freeze()
    {
        lock (_lock)
            _frozen ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal void Thaw()
    {
        lock (_lock)
        {
            _frozen?.SetResult();
            _frozen = null;
        }
    }

    internal void Cut()
    {
        foreach (var client in _clients.Keys)
            client.Close();
    }

    /// <summary>Addresses of the clients that have sent LOGIN.</summary>
    internal IReadOnlyList<string> LoggedIn =>
        [.. _clients.Keys.Where(client => client.IsLoggedIn).Select(client => client.Address)];

    private void Listen()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    private void Close()
    {
        _listener?.Dispose();
        _listener = null;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync();
            }
            catch (Exception closed)
                when (closed is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            Accepted++;
            var client = new UpsdClient(_ups, this, socket, _clock);
            var talk = client.ServeAsync();
            _clients[client] = talk;
            _ = ForgetAsync(client, talk);
        }
    }

    private async Task ForgetAsync(UpsdClient client, Task talk)
    {
        try
        {
            await talk;
        }
        finally
        {
            _clients.TryRemove(client, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            Close();
        Thaw();
        await _accepting;
        Cut();
        await Task.WhenAll(_clients.Values);
    }
}
