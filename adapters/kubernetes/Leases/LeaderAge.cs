using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Leases;

/// <summary>
/// How long ago the leader's Lease was renewed, looked at now and then as long as anybody wants to know. From the
/// second look on by this process's own clock, so that another one's does not matter. Safe from several threads.
/// </summary>
internal sealed class LeaderAge : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly LeaseObject _lease;
    private readonly TimeProvider _time;
    private readonly Func<bool> _isWanted;
    private readonly Action _changed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private DateTime? _seen;
    private long _renewedAt = long.MinValue;
    private bool _wasOld;

    /// <summary>Older than this the leader does not lead any more.</summary>
    public static readonly Duration Oldest = Duration.FromMinutes(2);

    /// <param name="api">The server.</param>
    /// <param name="namespace">Where the Lease is.</param>
    /// <param name="time">The clock by which it ages.</param>
    /// <param name="isWanted">Whether anybody wants to know.</param>
    /// <param name="changed">Called after <see cref="IsOld"/> has changed.</param>
    public LeaderAge(KubernetesApi api, string @namespace, TimeProvider time, Func<bool> isWanted, Action changed)
    {
        _lease = new LeaseObject(api, @namespace, "ebb", "", TimeSpan.Zero, TimeSpan.FromSeconds(10));
        (_time, _isWanted, _changed) = (time, isWanted, changed);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Nobody has renewed it for <see cref="Oldest"/>; false also as long as it was not seen.</summary>
    public bool IsOld =>
        Volatile.Read(ref _renewedAt) is var at
        && at != long.MinValue
        && _time.GetElapsedTime(at) > Oldest.ToTimeSpan();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var wanted = _isWanted();
            if (wanted)
                await LookAsync().ConfigureAwait(false);
            if (IsOld is var old && old != _wasOld)
            {
                _wasOld = old;
                _changed();
            }
            await Task.Delay(wanted ? Interval : Soon, _time, _stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync()
    {
        try
        {
            if (await _lease.ReadAsync(_stop.Token).ConfigureAwait(false) is not { Spec.RenewTime: { } renewed })
                return;
            if (renewed == _seen)
                return;
            var age = _seen is null ? _time.GetUtcNow().UtcDateTime - renewed : TimeSpan.Zero;
            _seen = renewed;
            var ticks = (long)(Math.Max(0, age.TotalSeconds) * _time.TimestampFrequency);
            Volatile.Write(ref _renewedAt, _time.GetTimestamp() - ticks);
        }
        catch (KubernetesException)
        {
            // It goes on ageing; that the server does not answer is told elsewhere.
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It ends.
        }
    }
}
