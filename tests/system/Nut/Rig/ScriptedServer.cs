using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ebb.Tests.Nut.Rig;

/// <summary>A TCP server that does to its n-th client whatever the test says, however rude.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Task> _talks = [];
    private readonly Func<Client, Task> _script;
    private readonly Task _accepting;

    internal ScriptedServer(Func<Client, Task> script, IPAddress? at = null)
    {
        _script = script;
        _listener = new TcpListener(at ?? IPAddress.Loopback, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    internal int Connections { get; private set; }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                _talks.Add(TalkAsync(new Client(client, Connections++, _end.Token)));
            }
        }
        catch (Exception end)
            when (end
                    is OperationCanceledException
                        or SocketException
                        or ObjectDisposedException
                        or InvalidOperationException
            )
        {
            // The test is over.
        }
    }

    private async Task TalkAsync(Client client)
    {
        try
        {
            await _script(client);
        }
        catch (Exception gone)
            when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The adapter hung up, as it should on most scripts.
        }
        finally
        {
            client.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_talks);
        _end.Dispose();
    }

    internal sealed class Client(TcpClient connection, int number, CancellationToken stop) : IDisposable
    {
        private readonly List<byte> _line = [];

        /// <summary>0 for the first one.</summary>
        internal int Number => number;

        internal CancellationToken Stop => stop;

        internal Stream Stream { get; set; } = connection.GetStream();

        internal async Task<string?> HearAsync()
        {
            _line.Clear();
            var one = new byte[1];
            while (await Stream.ReadAsync(one, stop) > 0)
            {
                if (one[0] == '\n')
                    return Encoding.Latin1.GetString(_line.ToArray()).TrimEnd('\r');
                _line.Add(one[0]);
            }
            return null;
        }

        internal async Task SayAsync(string latin1)
        {
            await Stream.WriteAsync(Encoding.Latin1.GetBytes(latin1), stop);
            await Stream.FlushAsync(stop);
        }

        /// <summary>Until the other side hangs up or the test ends.</summary>
        internal async Task LingerAsync()
        {
            while (await HearAsync() is not null) { }
        }

        /// <summary>RST instead of FIN.</summary>
        internal void Reset()
        {
            connection.Client.LingerState = new LingerOption(true, 0);
            connection.Client.Close();
        }

        public void Dispose()
        {
            Stream.Dispose();
            connection.Dispose();
        }
    }
}
