namespace Ebb.Simulation.Ups;

/// <summary>
/// A UPS with a battery, served as NUT's upsd on a socket of the loopback interface. Its battery follows the given
/// clock; all members may be used from any thread.
/// </summary>
/// <remarks>
/// Two things differ from upsd with a real driver: SET VAR takes effect at once instead of a second later, and tracking
/// says SUCCESS without PENDING before.
/// </remarks>
public sealed class SimulatedUps : IAsyncDisposable
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly SimulatedUpsOptions _options;
    private readonly UpsDevice _device;
    private readonly ITimer _crossing;
    private readonly CancellationTokenSource _end = new();
    private string _lastSeen;
    private UpsdListener? _listener;

    private SimulatedUps(TimeProvider clock, SimulatedUpsOptions options)
    {
        (_clock, _options) = (clock, options);
        _device = new UpsDevice(options, clock.GetUtcNow());
        _crossing = clock.CreateTimer(_ => Settle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _lastSeen = Seen();
    }

    /// <summary>
    /// Raised when <see cref="Status"/> or the error in its place has changed, on the thread that caused it or on the
    /// clock's.
    /// </summary>
    public event EventHandler? Changed;

    /// <param name="port">0 for a free one.</param>
    /// <param name="clock">
    /// The clock of the battery and of the 60 s after which a silent client is disconnected.
    /// </param>
    /// <param name="options">Null for the default UPS.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken.</exception>
    public static Task<SimulatedUps> StartAsync(int port, TimeProvider clock, SimulatedUpsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var ups = new SimulatedUps(clock, options ?? new SimulatedUpsOptions());
        try
        {
            ups._listener = new UpsdListener(ups, port, clock);
            ups.Settle();
            return Task.FromResult(ups);
        }
        catch
        {
            ups._crossing.Dispose();
            ups._end.Dispose();
            throw;
        }
    }

    /// <summary>The TCP port it listens on, the same after <see cref="Refuse"/> and <see cref="Restart"/>.</summary>
    public int Port => Listener.Port;

    /// <summary>The UPS's name at upsd.</summary>
    public string Name => _options.Name;

    /// <summary>Mains fails.</summary>
    public void PullThePlug() => Change(now => _device.PlugAt(now, onMains: false));

    /// <summary>Mains returns.</summary>
    public void PlugIn() => Change(now => _device.PlugAt(now, onMains: true));

    /// <summary>
    /// Mains fails and returns in turn, once every <paramref name="period"/>, and ends as it began when <paramref
    /// name="count"/> is even.
    /// </summary>
    public async Task FlapAsync(TimeSpan period, int count, CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_end.Token, cancellationToken);
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
                await Task.Delay(period, _clock, stop.Token);
            Change(now => _device.PlugAt(now, !_device.Battery.OnMains));
        }
    }

    /// <summary>Whether mains is present.</summary>
    public bool OnMains
    {
        get
        {
            lock (_lock)
                return _device.Battery.OnMains;
        }
    }

    /// <summary>The true charge in percent, 0 to 100; clients see whole percents.</summary>
    public double Charge
    {
        get
        {
            lock (_lock)
                return _device.Battery.ChargeAt(_clock.GetUtcNow());
        }
        set => Change(now => _device.ChargeTo(now, value));
    }

    /// <summary>Percent of the nominal load, at least 1. Half the load lasts twice as long.</summary>
    public double Load
    {
        get
        {
            lock (_lock)
                return _device.Load;
        }
        set => Change(now => _device.LoadTo(now, value));
    }

    /// <summary>How long a full battery really carries the present load.</summary>
    public TimeSpan RealRuntime
    {
        get
        {
            lock (_lock)
                return _device.Battery.FullRuntime;
        }
        set =>
            Change(now =>
                _device.Battery = _device.Battery.At(now) with
                {
                    FullRuntime = value > TimeSpan.Zero ? value : TimeSpan.FromSeconds(1),
                }
            );
    }

    /// <summary>
    /// The runtime that the UPS reports: the true one times <see cref="SimulatedUpsOptions.Optimism"/>.
    /// </summary>
    public TimeSpan ReportedRuntime
    {
        get
        {
            lock (_lock)
                return _device.ReportedAt(_clock.GetUtcNow());
        }
    }

    /// <summary>When the battery will be empty; null on mains.</summary>
    public DateTimeOffset? EmptyAt
    {
        get
        {
            lock (_lock)
                return _device.Battery is { OnMains: false } battery ? battery.WhenAt(0) ?? battery.Since : null;
        }
    }

    /// <summary>Whether the load is without power: no mains, and nothing left in the battery.</summary>
    public bool IsDark
    {
        get
        {
            lock (_lock)
                return !_device.Battery.OnMains && _device.Battery.ChargeAt(_clock.GetUtcNow()) <= 0;
        }
    }

    /// <summary>
    /// <c>ups.status</c> as a client would read it from a live driver; null when the variable was removed.
    /// </summary>
    public string? Status
    {
        get
        {
            lock (_lock)
                return _device.VariablesAt(_clock.GetUtcNow()).GetValueOrDefault("ups.status");
        }
    }

    /// <summary>Replaces the computed flags; null: the computed ones. FSD still goes in front of it.</summary>
    public string? StatusOverride
    {
        get
        {
            lock (_lock)
                return _device.StatusOverride;
        }
        set => Change(_ => _device.StatusOverride = value);
    }

    /// <summary>The driver says DATASTALE: ERR DATA-STALE.</summary>
    public bool Stale
    {
        get
        {
            lock (_lock)
                return _device.Stale;
        }
        set => Change(_ => _device.Stale = value);
    }

    /// <summary>The driver is gone: ERR DRIVER-NOT-CONNECTED.</summary>
    public bool DriverDead
    {
        get
        {
            lock (_lock)
                return _device.DriverDead;
        }
        set => Change(_ => _device.DriverDead = value);
    }

    /// <summary>upsd has just found the driver: the only variable is <c>ups.status "WAIT"</c>.</summary>
    public bool Waiting
    {
        get
        {
            lock (_lock)
                return _device.Waiting;
        }
        set => Change(_ => _device.Waiting = value);
    }

    /// <summary>upsd's FSD latch: FSD in front of every status until <see cref="Restart"/>.</summary>
    public bool ForcedShutdown
    {
        get
        {
            lock (_lock)
                return _device.ForcedShutdown;
        }
        set => Change(_ => _device.ForcedShutdown = value);
    }

    /// <summary>How answers are damaged.</summary>
    public AnswerDefect AnswerDefect
    {
        get => Listener.Defect;
        set => Listener.Defect = value;
    }

    /// <summary>Whether connections are refused, as when upsd is not running. Open ones are cut.</summary>
    public bool Refuse
    {
        get => Listener.IsRefusing;
        set => Listener.IsRefusing = value;
    }

    /// <summary>How many connections clients have made so far.</summary>
    public int Connections => Listener.Accepted;

    /// <summary>The variables that clients would read from a live driver, computed for this instant.</summary>
    public IReadOnlyDictionary<string, string> Variables
    {
        get
        {
            lock (_lock)
                return _device.VariablesAt(_clock.GetUtcNow());
        }
    }

    /// <summary>Overrides the computed value of a variable; null removes it from the list.</summary>
    public void SetVariable(string name, string? value) => Change(_ => _device.Overrides[name] = value);

    /// <summary>Removes the override of a variable.</summary>
    public void ForgetVariable(string name) => Change(_ => _device.Overrides.Remove(name));

    /// <summary>The server is stopped (SIGSTOP): the kernel accepts connections, nothing is answered.</summary>
    public void Freeze() => Listener.Freeze();

    /// <summary>The server continues, and answers the requests that came in between.</summary>
    public void Thaw() => Listener.Thaw();

    /// <summary>Every open connection is closed.</summary>
    public void CutConnections() => Listener.Cut();

    /// <summary>upsd is restarted: connections are closed, the FSD latch is cleared.</summary>
    public void Restart()
    {
        Listener.Cut();
        ForcedShutdown = false;
    }

    internal SimulatedUpsOptions Options => _options;

    private UpsdListener Listener => _listener ?? throw new ObjectDisposedException(nameof(SimulatedUps));

    /// <inheritdoc cref="UpsDevice.Unavailable"/>
    internal string? Unavailable
    {
        get
        {
            lock (_lock)
                return _device.Unavailable;
        }
    }

    /// <inheritdoc cref="UpsDevice.Write"/>
    internal void Write(string name, string value) => Change(now => _device.Write(now, name, value));

    internal void Command(string name)
    {
        switch (name.ToLowerInvariant())
        {
            case UpsdCatalogue.MainsOff:
                PullThePlug();
                break;
            case UpsdCatalogue.MainsOn:
                PlugIn();
                break;
            case "load.off":
                Change(_ => _device.OutputOff = true);
                break;
            case "load.on":
                Change(_ => _device.OutputOff = false);
                break;
        }
    }

    private void Change(Action<DateTimeOffset> change)
    {
        lock (_lock)
            change(_clock.GetUtcNow());
        Settle();
    }

    /// <summary>Raises the event for a new status, and sets the timer for the next one.</summary>
    private void Settle()
    {
        bool changed;
        lock (_lock)
        {
            if (_end.IsCancellationRequested)
                return;
            SetTimer(_clock.GetUtcNow());
            var seen = Seen();
            changed = seen != _lastSeen;
            _lastSeen = seen;
        }
        if (changed)
            Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>
    /// Rounded up, since the status would still be the old one earlier; a day at most, because timers have a
    /// longest time and another look is harmless.
    /// </summary>
    private void SetTimer(DateTimeOffset now)
    {
        var wait = _device.NextChange(now) is { } at
            ? at - now + TimeSpan.FromMilliseconds(1)
            : Timeout.InfiniteTimeSpan;
        _crossing.Change(wait > LongestTimer ? LongestTimer : wait, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The part of the state that a client that polls the status can see.</summary>
    private string Seen() =>
        $"{_device.Unavailable} {_device.VariablesAt(_clock.GetUtcNow()).GetValueOrDefault("ups.status")}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (_listener is not null)
            await _listener.DisposeAsync();
        await _crossing.DisposeAsync();
        _end.Dispose();
    }
}
