using Ebb.Core.Ports;
using Ebb.Kubernetes.Api;
using k8s.Models;
using NodaTime;

namespace Ebb.Kubernetes.Leases;

/// <summary>
/// Leadership through a <c>coordination.k8s.io</c> Lease. A lease of somebody else is taken only when it has not
/// changed for its whole duration as measured here, so that clocks need not agree; the holder stops by itself one
/// second before its own has passed since the last renewal that the server confirmed was sent. Renewals overlap: a slow
/// answer does not delay the next one, so that an API server that takes ten seconds an answer costs nobody the lead.
/// Time is monotonic. Safe from several threads.
/// </summary>
public sealed class LeaseLeadership : ILeadership, IDisposable
{
    /// <summary>How often <see cref="RenewAsync"/> is to be called: 2 s.</summary>
    public static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(0.5);
    private const int MostRenewals = 8;

    private readonly LeaseObject _lease;
    private readonly TimeProvider _time;
    private readonly TimeSpan _duration;
    private readonly string _identity;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private (string Version, long At)? _seen;
    private Task? _acquiring;
    private LeaseTerm? _term;
    private int _renewals;
    private int _releases;
    private volatile string? _holder;
    private volatile string? _problem;

    /// <param name="api">The server; not disposed by this.</param>
    /// <param name="namespace">Where the Lease is; it must exist.</param>
    /// <param name="name">The Lease; it is made when there is none.</param>
    /// <param name="identity">Of this process and no other, nor of its successor.</param>
    /// <param name="duration">
    /// How long others must see no renewal before they take it: whole seconds, at least 3, default 15.
    /// </param>
    public LeaseLeadership(
        KubernetesApi api,
        string @namespace,
        string name,
        string identity,
        TimeSpan? duration = null
    )
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentException.ThrowIfNullOrWhiteSpace(@namespace);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(identity);
        _duration = duration ?? TimeSpan.FromSeconds(15);
        ArgumentOutOfRangeException.ThrowIfLessThan(_duration, TimeSpan.FromSeconds(3), nameof(duration));
        (_time, _identity) = (api.Time, identity);
        _lease = new LeaseObject(api, @namespace, name, identity, _duration, _duration - Margin);
    }

    /// <inheritdoc/>
    public Instant? HeldUntil
    {
        get
        {
            TimeSpan left;
            lock (_lock)
            {
                if (_term is not { Confirmed: true } term)
                    return null;
                left = _duration - Margin - _time.GetElapsedTime(term.RenewedAt);
            }

            return left > TimeSpan.Zero
                ? Instant.FromDateTimeOffset(_time.GetUtcNow()) + Duration.FromTimeSpan(left)
                : null;
        }
    }

    /// <inheritdoc/>
    public object? Term
    {
        get
        {
            lock (_lock)
                return HeldUntil is null ? null : _term;
        }
    }

    /// <inheritdoc/>
    public string? Holder => _holder;

    /// <inheritdoc/>
    public string? Problem => _problem;

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    /// <inheritdoc/>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        Task attempt;
        lock (_lock)
        {
            if (_term is not null && _renewals >= MostRenewals)
                return;
            attempt = _term is null ? TellAsync(AcquireOnce) : RenewTermAsync(_term);
        }

        try
        {
            await attempt.WaitAsync(LongestWait, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The answer counts when it comes; the next renewal does not wait for it.
        }
    }

    /// <inheritdoc/>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        Task? acquiring;
        lock (_lock)
        {
            // It stops acting first and says so afterwards.
            _term = null;
            _releases++;
            acquiring = _acquiring;
        }

        await TellAsync(async () =>
            {
                if (acquiring is not null)
                    await acquiring.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (await _lease.ReleaseAsync(cancellationToken).ConfigureAwait(false))
                    _holder = null;
            })
            .ConfigureAwait(false);
    }

    private Task AcquireOnce()
    {
        lock (_lock)
            return _acquiring is { IsCompleted: false } ? _acquiring : _acquiring = AcquireAsync();
    }

    private async Task AcquireAsync()
    {
        var releases = Volatile.Read(ref _releases);
        var present = await _lease.ReadAsync(_stop.Token).ConfigureAwait(false);
        var holder = present?.Spec?.HolderIdentity;
        _holder = string.IsNullOrEmpty(holder) ? null : holder;
        if (_holder is not null && _holder != _identity && !HasExpired(present!))
            return;

        // Renewals of it begin before it is confirmed: they change nothing unless the server has done this first.
        var term = new LeaseTerm(_time.GetTimestamp());
        lock (_lock)
        {
            if (_releases != releases)
                return;
            _term = term;
        }

        try
        {
            await _lease.TakeAsync(present, _stop.Token).ConfigureAwait(false);
            Confirm(term, term.RenewedAt);
        }
        finally
        {
            lock (_lock)
            {
                if (!term.Confirmed && _term == term)
                    _term = null;
            }
        }
    }

    private async Task RenewTermAsync(LeaseTerm term)
    {
        var from = _time.GetTimestamp();
        Interlocked.Increment(ref _renewals);
        try
        {
            await TellAsync(async () =>
                {
                    if (await _lease.RenewAsync(_stop.Token).ConfigureAwait(false))
                        Confirm(term, from);
                    else
                        await LoseAsync(term).ConfigureAwait(false);
                })
                .ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _renewals);
        }
    }

    private void Confirm(LeaseTerm term, long from)
    {
        lock (_lock)
        {
            if (_term != term)
                return;
            term.Confirm(from);
            _holder = _identity;
        }
    }

    /// <summary>
    /// Somebody else holds it, or it was deleted. A term that is not confirmed yet was overtaken by its own renewal.
    /// </summary>
    private Task LoseAsync(LeaseTerm term)
    {
        lock (_lock)
        {
            if (_term != term || !term.Confirmed)
                return Task.CompletedTask;
            _term = null;
        }

        return AcquireOnce();
    }

    private bool HasExpired(V1Lease lease)
    {
        if (_seen is not { } seen || seen.Version != lease.Metadata.ResourceVersion)
            _seen = seen = (lease.Metadata.ResourceVersion, _time.GetTimestamp());
        var seconds = Math.Max(1, lease.Spec?.LeaseDurationSeconds ?? (int)_duration.TotalSeconds);
        return _time.GetElapsedTime(seen.At) >= TimeSpan.FromSeconds(seconds);
    }

    private async Task TellAsync(Func<Task> attempt)
    {
        try
        {
            await attempt().ConfigureAwait(false);
            _problem = null;
        }
        catch (KubernetesException fault)
        {
            _problem = fault.Message;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // This process ends; what is held is given back or runs out.
        }
    }
}
