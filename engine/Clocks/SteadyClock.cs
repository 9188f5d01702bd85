namespace Ebb.Engine.Clocks;

/// <summary>
/// The machine's clock at the start plus the monotonic time since: a machine without a battery behind
/// its clock starts in the wrong year, and NTP sets it right in the middle of an outage. Durations must not jump with
/// it.
/// </summary>
internal sealed class SteadyClock(TimeProvider machine) : TimeProvider
{
    private readonly Lock _lock = new();
    private DateTimeOffset _began = machine.GetUtcNow();
    private long _beganAt = machine.GetTimestamp();

    public TimeProvider Machine => machine;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override long GetTimestamp() => machine.GetTimestamp();

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _began + machine.GetElapsedTime(_beganAt);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>
    /// Takes over what the machine's clock says now: to be called when nothing is going on that is counted in
    /// durations.
    /// </summary>
    public void Agree()
    {
        lock (_lock)
            (_began, _beganAt) = (machine.GetUtcNow(), machine.GetTimestamp());
    }
}
