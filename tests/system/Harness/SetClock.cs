namespace Ebb.Tests.Harness;

/// <summary>The world's time with somebody's hand on the clock; what has really passed stays what it is.</summary>
internal sealed class SetClock(TimeProvider world) : TimeProvider
{
    public TimeSpan Off { get; set; }

    public override long TimestampFrequency => world.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => world.GetUtcNow() + Off;

    public override long GetTimestamp() => world.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        world.CreateTimer(callback, state, dueTime, period);
}
