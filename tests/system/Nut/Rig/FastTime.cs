namespace Ebb.Tests.Nut.Rig;

/// <summary>
/// Time that runs <paramref name="speed"/> times as fast, so that a deadline of seconds can be seen to strike.
/// </summary>
internal sealed class FastTime(double speed) : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private readonly long _startStamp = System.GetTimestamp();

    public override long GetTimestamp() => _startStamp + (long)((System.GetTimestamp() - _startStamp) * speed);

    public override DateTimeOffset GetUtcNow() => _start + GetElapsedTime(_startStamp);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Shorter(dueTime), Shorter(period));

    private TimeSpan Shorter(TimeSpan time) =>
        time <= TimeSpan.Zero ? time : TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds / speed));
}
