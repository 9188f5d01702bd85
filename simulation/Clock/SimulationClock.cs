using System.Diagnostics;

namespace Ebb.Simulation.Clock;

/// <summary>
/// The one clock of a simulated world: real time, real time times <see cref="Speed"/>, or moved by hand.
/// Changing the speed never makes the clock jump: the new speed counts from the instant of the change.
/// </summary>
public sealed class SimulationClock : TimeProvider
{
    private readonly Lock sync = new();
    private readonly Lock advancing = new();
    private readonly SortedSet<Alarm> alarms = new(AlarmOrder.Instance);
    private readonly ITimer pump;
    private readonly DateTimeOffset start;
    private DateTimeOffset markVirtual;
    private long markReal;
    private double speed;
    private long sequence;

    /// <param name="start">What the clock says now.</param>
    /// <param name="speed">Virtual seconds per real second; 0 is a clock that only <see cref="Advance"/> moves.</param>
    public SimulationClock(DateTimeOffset start, double speed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(speed);
        this.start = start;
        this.speed = speed;
        markVirtual = start;
        markReal = Stopwatch.GetTimestamp();
        pump = System.CreateTimer(_ => Pump(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A clock that stands still until <see cref="Advance"/> is called.</summary>
    public static SimulationClock ByHand(DateTimeOffset start) => new(start, 0);

    /// <summary>Virtual seconds per real second. Settable while running. 0: by hand.</summary>
    public double Speed
    {
        get
        {
            lock (sync)
            {
                return speed;
            }
        }
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            lock (sync)
            {
                var now = Now();
                markVirtual = now;
                markReal = Stopwatch.GetTimestamp();
                speed = value;
                Aim();
            }
        }
    }

    /// <summary>Ticks are virtual, so that elapsed time agrees with <see cref="GetUtcNow"/>.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (sync)
        {
            return Now();
        }
    }

    public override long GetTimestamp() => (GetUtcNow() - start).Ticks;

    /// <summary>
    /// Moves the clock forward and fires, on the caller's thread, every timer that falls due on the way, each at its
    /// own instant and those of one instant in the order in which they were set. Returns when all have run.
    /// </summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        lock (advancing)
        {
            var target = GetUtcNow() + by;
            while (true)
            {
                Alarm due;
                lock (sync)
                {
                    if (alarms.Min is not { } first || first.Due > target)
                    {
                        Move(target);
                        Aim();
                        return;
                    }

                    due = first;
                    Move(due.Due);
                    Rearm(due);
                }

                due.Fire();
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var alarm = new Alarm(this, callback, state);
        alarm.Change(dueTime, period);
        return alarm;
    }

    private DateTimeOffset Now() =>
        speed == 0
            ? markVirtual
            : markVirtual + TimeSpan.FromTicks((long)(Stopwatch.GetElapsedTime(markReal).Ticks * speed));

    private void Move(DateTimeOffset to)
    {
        if (to > Now())
        {
            markVirtual = to;
            markReal = Stopwatch.GetTimestamp();
        }
    }

    private bool Set(Alarm alarm, TimeSpan dueTime, TimeSpan period)
    {
        lock (sync)
        {
            if (alarm.Disposed)
            {
                return false;
            }

            alarms.Remove(alarm);
            alarm.Period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                alarm.Due = Now() + dueTime;
                alarm.Sequence = ++sequence;
                alarms.Add(alarm);
            }

            Aim();
            return true;
        }
    }

    private void Forget(Alarm alarm)
    {
        lock (sync)
        {
            alarm.Disposed = true;
            alarms.Remove(alarm);
        }
    }

    private void Rearm(Alarm alarm)
    {
        alarms.Remove(alarm);
        if (alarm.Period > TimeSpan.Zero)
        {
            alarm.Due += alarm.Period;
            alarm.Sequence = ++sequence;
            alarms.Add(alarm);
        }
    }

    // Sets the one real timer for the earliest alarm. Callers hold the lock.
    private void Aim()
    {
        if (speed == 0 || alarms.Min is not { } first)
        {
            pump.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        var wait = (first.Due - Now()) / speed;
        pump.Change(
            wait <= TimeSpan.Zero ? TimeSpan.Zero : wait + TimeSpan.FromMilliseconds(1),
            Timeout.InfiniteTimeSpan
        );
    }

    private void Pump()
    {
        while (true)
        {
            Alarm due;
            lock (sync)
            {
                if (speed == 0 || alarms.Min is not { } first || first.Due > Now())
                {
                    Aim();
                    return;
                }

                due = first;
                Rearm(due);
            }

            // A callback may block; the next one must not wait for it.
            ThreadPool.UnsafeQueueUserWorkItem(static alarm => alarm.Fire(), due, preferLocal: false);
        }
    }

    private sealed class Alarm(SimulationClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; set; }

        public long Sequence { get; set; }

        public bool Disposed { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Set(this, dueTime, period);

        public void Dispose() => clock.Forget(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class AlarmOrder : IComparer<Alarm>
    {
        public static readonly AlarmOrder Instance = new();

        public int Compare(Alarm? x, Alarm? y)
        {
            var byTime = x!.Due.CompareTo(y!.Due);
            return byTime != 0 ? byTime : x.Sequence.CompareTo(y.Sequence);
        }
    }
}
