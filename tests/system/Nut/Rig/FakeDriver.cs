using System.Net.Sockets;
using System.Text;

namespace Ebb.Tests.Nut.Rig;

/// <summary>
/// A NUT driver's side of the socket between driver and upsd (NUT docs/sock-protocol.txt): a test says what the UPS is
/// like, and
/// upsd serves it within milliseconds, where dummy-ups takes a second.
/// </summary>
internal sealed class FakeDriver : IAsyncDisposable
{
    private readonly string _path;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _listener;
    private readonly Task _serving;
    private Socket? _upsd;
    private bool _stale;

    internal FakeDriver(string path, IReadOnlyDictionary<string, string> variables)
    {
        _path = path;
        foreach (var (name, value) in variables)
            _variables[name] = value;
        File.Delete(path);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(4);
        _serving = ServeAsync();
    }

    /// <summary>Whether it answers upsd's PING; a mute driver's data go stale after MAXAGE.</summary>
    internal bool IsMute { get; set; }

    internal IReadOnlyDictionary<string, string> Variables
    {
        get
        {
            lock (_lock)
                return new Dictionary<string, string>(_variables);
        }
    }

    internal void Set(string name, string value)
    {
        lock (_lock)
        {
            _variables[name] = value;
            Say($"SETINFO {name} \"{Escaped(value)}\"\n");
        }
    }

    internal void Remove(string name)
    {
        lock (_lock)
        {
            _variables.Remove(name);
            Say($"DELINFO {name}\n");
        }
    }

    internal void Stale(bool stale)
    {
        lock (_lock)
        {
            _stale = stale;
            Say(stale ? "DATASTALE\n" : "DATAOK\n");
        }
    }

    /// <summary>Bytes as they are, for what no driver should ever say.</summary>
    internal void SayRaw(string latin1)
    {
        lock (_lock)
            Say(latin1);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var upsd = await _listener.AcceptAsync(_end.Token);
                lock (_lock)
                    _upsd = upsd;
                await TalkAsync(upsd);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over, or the driver was killed by it.
        }
    }

    private async Task TalkAsync(Socket upsd)
    {
        using var stream = new NetworkStream(upsd, ownsSocket: true);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        try
        {
            while (await reader.ReadLineAsync(_end.Token) is { } line)
            {
                lock (_lock)
                {
                    if (line == "DUMPALL")
                        Dump();
                    else if (line == "PING" && !IsMute)
                        Say("PONG\n");
                }
            }
        }
        catch (IOException)
        {
            // upsd went away; the next one connects again.
        }
        lock (_lock)
            _upsd = null;
    }

    private void Dump()
    {
        if (_stale)
            Say("DATASTALE\n");
        foreach (var (name, value) in _variables)
            Say($"SETINFO {name} \"{Escaped(value)}\"\n");
        if (!_stale)
            Say("DATAOK\n");
        Say("DUMPDONE\n");
    }

    private void Say(string text)
    {
        try
        {
            _upsd?.Send(Encoding.Latin1.GetBytes(text));
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            _upsd = null;
        }
    }

    internal static string Escaped(string value) =>
        value
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("#", "\\#", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        lock (_lock)
            _upsd?.Dispose();
        _listener.Dispose();
        await _serving;
        File.Delete(_path);
        _end.Dispose();
    }
}
