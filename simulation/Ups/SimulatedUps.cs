using System.Globalization;

namespace Ebb.Simulation.Ups;

/// <summary>
/// A UPS with a battery, served as NUT's upsd on a socket of the loopback interface. Its battery follows the given clock; all
/// members may be used from any thread.
/// </summary>
/// <remarks>
/// Two things differ from upsd with a real driver: SET VAR takes effect at once instead of a second later, and tracking says
/// SUCCESS without PENDING before.
/// </remarks>
public sealed class SimulatedUps : IAsyncDisposable
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly SimulatedUpsOptions _options;
    private readonly SortedDictionary<string, string?> _overrides = new(StringComparer.OrdinalIgnoreCase);
    private readonly ITimer _crossing;
    private readonly CancellationTokenSource _end = new();
    private Battery _battery;
    private double _load;
    private double _chargeLow;
    private TimeSpan _runtimeLow;
    private string _lastStatus;
    private string? _statusOverride;
    private bool _stale, _driverDead, _forcedShutdown, _waiting, _outputOff;
    private UpsdListener? _listener;

    private SimulatedUps(TimeProvider clock, SimulatedUpsOptions options)
    {
        (_clock, _options) = (clock, options);
        (_load, _chargeLow, _runtimeLow) = (options.Load, options.ChargeLow, options.RuntimeLow);
        _battery = new Battery(clock.GetUtcNow(), Math.Clamp(options.Charge, 0, 100), OnMains: true, options.RealRuntime, options.RechargeTime);
        _crossing = clock.CreateTimer(_ => Settle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _lastStatus = Seen();
        ScheduleCrossing(clock.GetUtcNow());
    }

    /// <summary>Whenever <see cref="Status"/> or the answer in its place has become another, on the thread that caused it or on the clock's.</summary>
    public event EventHandler? Changed;

    /// <param name="port">0 for a free one.</param>
    /// <param name="clock">What the battery and the 60 s of patience with silent clients go by.</param>
    /// <param name="options">Null for the default UPS.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken.</exception>
    public static Task<SimulatedUps> StartAsync(int port, TimeProvider clock, SimulatedUpsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var ups = new SimulatedUps(clock, options ?? new SimulatedUpsOptions());
        try
        {
            ups._listener = new UpsdListener(ups, port, clock);
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
    public void PullThePlug() => Change(now => _battery = _battery.At(now) with { OnMains = false });

    /// <summary>Mains is back.</summary>
    public void PlugIn() => Change(now => _battery = _battery.At(now) with { OnMains = true });

    /// <summary>Mains fails and returns in turn, once every <paramref name="period"/>, and ends as it began when <paramref name="count"/> is even.</summary>
    public async Task FlapAsync(TimeSpan period, int count, CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_end.Token, cancellationToken);
        for (var i = 0; i < count; i++)
        {
            if (i > 0) await Task.Delay(period, _clock, stop.Token);
            Change(now => _battery = _battery.At(now) with { OnMains = !_battery.OnMains });
        }
    }

    /// <summary>Whether mains is there.</summary>
    public bool OnMains { get { lock (_lock) return _battery.OnMains; } }

    /// <summary>Percent, 0 to 100, as it truly is; clients see it in whole percents.</summary>
    public double Charge
    {
        get { lock (_lock) return _battery.ChargeAt(_clock.GetUtcNow()); }
        set => Change(now => _battery = _battery.At(now) with { ChargeThen = Math.Clamp(value, 0, 100) });
    }

    /// <summary>Percent of the nominal load, at least 1. Half the load lasts twice as long.</summary>
    public double Load
    {
        get { lock (_lock) return _load; }
        set => Change(now =>
        {
            var load = Math.Clamp(value, 1, 200);
            _battery = _battery.At(now) with { FullRuntime = _battery.FullRuntime * (_load / load) };
            _load = load;
        });
    }

    /// <summary>How long a full battery really carries the present load.</summary>
    public TimeSpan RealRuntime
    {
        get { lock (_lock) return _battery.FullRuntime; }
        set => Change(now => _battery = _battery.At(now) with { FullRuntime = value > TimeSpan.Zero ? value : TimeSpan.FromSeconds(1) });
    }

    /// <summary>What the UPS says it can still carry its load for: the truth times <see cref="SimulatedUpsOptions.Optimism"/>.</summary>
    public TimeSpan ReportedRuntime { get { lock (_lock) return ReportedAt(_clock.GetUtcNow()); } }

    /// <summary>When the battery is empty if all stays as it is; null on mains.</summary>
    public DateTimeOffset? EmptyAt { get { lock (_lock) return _battery.OnMains ? null : _battery.WhenAt(0) ?? _battery.Since; } }

    /// <summary>Whether the load is without power: no mains, and nothing left in the battery.</summary>
    public bool IsDark { get { lock (_lock) return !_battery.OnMains && _battery.ChargeAt(_clock.GetUtcNow()) <= 0; } }

    /// <summary><c>ups.status</c> as a client would read it from a live driver; null when the variable was removed.</summary>
    public string? Status { get { lock (_lock) return VariablesNow().GetValueOrDefault("ups.status"); } }

    /// <summary>Instead of the computed flags; null for those. FSD still goes in front of it.</summary>
    public string? StatusOverride
    {
        get { lock (_lock) return _statusOverride; }
        set => Change(_ => _statusOverride = value);
    }

    /// <summary>The driver says DATASTALE: ERR DATA-STALE.</summary>
    public bool Stale
    {
        get { lock (_lock) return _stale; }
        set => Change(_ => _stale = value);
    }

    /// <summary>The driver is gone: ERR DRIVER-NOT-CONNECTED.</summary>
    public bool DriverDead
    {
        get { lock (_lock) return _driverDead; }
        set => Change(_ => _driverDead = value);
    }

    /// <summary>upsd has just found the driver: the only variable is <c>ups.status "WAIT"</c>.</summary>
    public bool Waiting
    {
        get { lock (_lock) return _waiting; }
        set => Change(_ => _waiting = value);
    }

    /// <summary>upsd's latch: FSD in front of every status until <see cref="Restart"/>.</summary>
    public bool ForcedShutdown
    {
        get { lock (_lock) return _forcedShutdown; }
        set => Change(_ => _forcedShutdown = value);
    }

    /// <summary>How answers come out.</summary>
    public Garbage GarbageMode
    {
        get => Listener.Garbage;
        set => Listener.Garbage = value;
    }

    /// <summary>Whether connections are refused, as when upsd is not running. Those that are open are cut.</summary>
    public bool Refuse
    {
        get => Listener.IsRefusing;
        set => Listener.IsRefusing = value;
    }

    /// <summary>How many connections clients have made so far.</summary>
    public int Connections => Listener.Accepted;

    /// <summary>What clients read, as it would be with a live driver; computed for this moment.</summary>
    public IReadOnlyDictionary<string, string> Variables { get { lock (_lock) return VariablesNow(); } }

    /// <summary>Gives a variable this value, whatever is computed for it; null takes it away from the list.</summary>
    public void SetVariable(string name, string? value) => Change(_ => _overrides[name] = value);

    /// <summary>The variable is what is computed for it again, or gone if nothing is.</summary>
    public void ForgetVariable(string name) => Change(_ => _overrides.Remove(name));

    /// <summary>The server stops in its tracks (SIGSTOP): connections are taken by the kernel, nothing is answered.</summary>
    public void Freeze() => Listener.Freeze();

    /// <summary>It goes on, and answers what has been asked meanwhile.</summary>
    public void Thaw() => Listener.Thaw();

    /// <summary>Every open connection is closed.</summary>
    public void CutConnections() => Listener.Cut();

    /// <summary>As upsd restarted: connections closed, the FSD latch gone.</summary>
    public void Restart()
    {
        Listener.Cut();
        ForcedShutdown = false;
    }

    internal SimulatedUpsOptions Options => _options;

    private UpsdListener Listener => _listener ?? throw new ObjectDisposedException(nameof(SimulatedUps));

    /// <summary>"ERR …" when the driver has no data to give.</summary>
    internal string? Unavailable
    {
        get { lock (_lock) return _driverDead ? "DRIVER-NOT-CONNECTED" : _stale ? "DATA-STALE" : null; }
    }

    /// <summary>SET VAR of a variable that exists and is writable. A value that makes no sense changes nothing, as drivers do.</summary>
    internal void Write(string name, string value)
    {
        var isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
        switch (name.ToLowerInvariant())
        {
            case "ups.status": StatusOverride = value.Length == 0 ? null : value; break;
            case "battery.charge" when isNumber: Charge = number; break;
            case "ups.load" when isNumber: Load = number; break;
            case "battery.charge.low" when isNumber: Change(_ => _chargeLow = Math.Clamp(number, 0, 100)); break;
            case "battery.runtime.low" when isNumber: Change(_ => _runtimeLow = TimeSpan.FromSeconds(Math.Clamp(number, 0, 86400))); break;
        }
    }

    internal void Command(string name)
    {
        switch (name.ToLowerInvariant())
        {
            case Catalogue.MainsOff: PullThePlug(); break;
            case Catalogue.MainsOn: PlugIn(); break;
            case "load.off": Change(_ => _outputOff = true); break;
            case "load.on": Change(_ => _outputOff = false); break;
        }
    }

    private SortedDictionary<string, string> VariablesNow()
    {
        var now = _clock.GetUtcNow();
        var variables = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var fsd = _forcedShutdown ? "FSD " : "";
        if (_waiting)
        {
            variables["ups.status"] = fsd + "WAIT";
            return variables;
        }
        var volts = _battery.OnMains ? "230.1" : "0.0";
        variables["battery.charge"] = Number(Math.Floor(_battery.ChargeAt(now) + 1e-9));
        variables["battery.charge.low"] = Number(_chargeLow);
        variables["battery.runtime"] = Number(Math.Floor(ReportedAt(now).TotalSeconds));
        variables["battery.runtime.low"] = Number(_runtimeLow.TotalSeconds);
        variables["battery.type"] = "PbAc";
        variables["device.mfr"] = "American Power Conversion";
        variables["device.model"] = "Back-UPS BX1600MI";
        variables["device.type"] = "ups";
        variables["driver.name"] = "usbhid-ups";
        variables["driver.version"] = Catalogue.ServerVersion;
        variables["input.voltage"] = volts;
        variables["input.voltage.nominal"] = "230";
        variables["output.voltage"] = "230.1";
        variables["ups.load"] = Number(_load);
        variables["ups.mfr"] = "American Power Conversion";
        variables["ups.model"] = "Back-UPS BX1600MI";
        variables["ups.realpower.nominal"] = "900";
        variables["ups.status"] = StatusNow(now);
        foreach (var (name, value) in _overrides)
        {
            if (value is null) variables.Remove(name);
            else variables[name] = value;
        }
        if (_forcedShutdown && variables.TryGetValue("ups.status", out var status)) variables["ups.status"] = fsd + status;
        return variables;
    }

    private string StatusNow(DateTimeOffset now)
    {
        if (_statusOverride is { } given) return given;
        var charge = _battery.ChargeAt(now);
        var flags = _battery.OnMains
            ? charge >= 100 ? "OL" : "OL CHRG"
            : charge <= LowAt() ? "OB DISCHRG LB" : "OB DISCHRG";
        return _outputOff ? flags + " OFF" : flags;
    }

    /// <summary>Percent at which LB begins: by charge or by reported runtime, whichever is first.</summary>
    private double LowAt()
    {
        var reportedFull = _battery.FullRuntime * _options.Optimism;
        return Math.Max(_chargeLow, reportedFull > TimeSpan.Zero ? Math.Min(100, 100 * (_runtimeLow / reportedFull)) : 100);
    }

    private TimeSpan ReportedAt(DateTimeOffset now) => _battery.FullRuntime * _options.Optimism * (_battery.ChargeAt(now) / 100);

    private void Change(Action<DateTimeOffset> change)
    {
        lock (_lock) change(_clock.GetUtcNow());
        Settle();
    }

    /// <summary>Tells of a new status, and sets the clock for the next one that comes by itself.</summary>
    private void Settle()
    {
        bool changed;
        lock (_lock)
        {
            if (_end.IsCancellationRequested) return;
            var now = _clock.GetUtcNow();
            ScheduleCrossing(now);
            var seen = Seen();
            changed = seen != _lastStatus;
            _lastStatus = seen;
        }
        if (changed) Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>What a client that polls the status would notice a change of.</summary>
    private string Seen() => $"{Unavailable} {VariablesNow().GetValueOrDefault("ups.status")}";

    private void ScheduleCrossing(DateTimeOffset now)
    {
        double[] marks = _battery.OnMains ? [100] : [LowAt(), 0];
        var next = marks.Select(_battery.WhenAt).Where(when => when > now).Min();
        // A little late rather than a little early, when the status would still be the old one; a day at most, because timers
        // have a longest time and looking again is harmless.
        var wait = next is { } at ? at - now + TimeSpan.FromMilliseconds(1) : Timeout.InfiniteTimeSpan;
        _crossing.Change(wait > LongestTimer ? LongestTimer : wait, Timeout.InfiniteTimeSpan);
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (_listener is not null) await _listener.DisposeAsync();
        await _crossing.DisposeAsync();
        _end.Dispose();
    }
}
