namespace Ebb.Scaler.Grpc;

/// <summary>
/// Calls whose request has not ended yet, looked at together some times a second while there are any: a timer for each would cost more
/// than the call, since most wait for microseconds. Safe from several threads.
/// </summary>
internal sealed class Waiting : IDisposable
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(25);
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private GrpcCall? _first;
    private bool _runs;

    public Waiting(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(
            static waiting => ((Waiting)waiting!).Look(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>From now on <see cref="GrpcCall.GiveUp"/> is called on it once, soon after its time has come.</summary>
    public void Enter(GrpcCall call)
    {
        lock (_lock)
        {
            call.NextWaiting = _first;
            call.BeforeWaiting = null;
            if (_first is not null)
                _first.BeforeWaiting = call;
            _first = call;
            call.Waits = true;
            if (_runs)
                return;
            _runs = true;
            _timer.Change(Often, Often);
        }
    }

    /// <summary>It waits no more.</summary>
    public void Leave(GrpcCall call)
    {
        lock (_lock)
            Remove(call);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            for (var call = _first; call is not null; )
            {
                var next = call.NextWaiting;
                if (now >= call.WaitsUntil)
                {
                    Remove(call);
                    call.GiveUp();
                }

                call = next;
            }

            if (_first is not null)
                return;
            _runs = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void Remove(GrpcCall call)
    {
        if (!call.Waits)
            return;
        call.Waits = false;
        if (call.BeforeWaiting is { } before)
            before.NextWaiting = call.NextWaiting;
        else
            _first = call.NextWaiting;
        if (call.NextWaiting is { } after)
            after.BeforeWaiting = call.BeforeWaiting;
        (call.NextWaiting, call.BeforeWaiting) = (null, null);
    }
}
