using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Leases;

/// <summary>
/// Leadership through a <c>coordination.k8s.io</c> Lease, with the rules of client-go: a lease of somebody else is taken only when it
/// has not changed for its whole duration as measured here, so that clocks need not agree; the holder stops by itself after two thirds
/// of it. Time is measured by the monotonic clock: setting the machine's clock moves nothing. Safe from several threads.
/// </summary>
public sealed class LeaseLeadership : ILeadership, IDisposable
{
    private readonly KubernetesApi _api;
    private readonly TimeProvider _time;
    private readonly string _namespace;
    private readonly string _name;
    private readonly string _identity;
    private readonly TimeSpan _duration;
    private readonly SemaphoreSlim _one = new(1);
    private (Lease Lease, long At)? _seen;
    private Lease? _ours;
    private volatile Held? _held;
    private volatile string? _holder;
    private volatile string? _problem;

    /// <param name="api">The server; not disposed by this.</param>
    /// <param name="namespace">Where the Lease is; it must exist.</param>
    /// <param name="name">The Lease; it is made when there is none.</param>
    /// <param name="identity">Of this process and no other, nor of its successor.</param>
    /// <param name="duration">How long others must see no renewal before they take it: whole seconds, at least 3, default 15.</param>
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
        (_api, _time, _namespace, _name, _identity) = (api, api.Time, @namespace, name, identity);
    }

    /// <inheritdoc/>
    public Instant? HeldUntil
    {
        get
        {
            if (_held is not { } held)
                return null;
            var left = (_duration * 2 / 3) - _time.GetElapsedTime(held.From);
            return left > TimeSpan.Zero
                ? Instant.FromDateTimeOffset(_time.GetUtcNow()) + Duration.FromTimeSpan(left)
                : null;
        }
    }

    /// <inheritdoc/>
    public string? Holder => _holder;

    /// <summary>Why the last attempt failed, for people; null when it did not.</summary>
    public string? Problem => _problem;

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    /// <inheritdoc/>
    public Task RenewAsync(CancellationToken cancellationToken) => AloneAsync(TakeAsync, cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(CancellationToken cancellationToken) => AloneAsync(GiveBackAsync, cancellationToken);

    private async Task AloneAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
            _problem = null;
        }
        catch (KubernetesException fault)
        {
            _problem = fault.Message;
            // What is stored is not known any more: ask before the next write.
            if (fault is KubernetesTimeoutException or { Code: 409 })
                _ours = null;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        if (_ours is { } ours)
        {
            try
            {
                await WriteAsync(ours, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (KubernetesException fault) when (fault.Code is 409 or 404)
            {
                // Somebody changed it, or an earlier renewal arrived although its answer did not: look, then decide.
                _ours = null;
            }
        }

        var present = await ReadAsync(cancellationToken).ConfigureAwait(false);
        var holder = present?.Spec?.HolderIdentity;
        if (!string.IsNullOrEmpty(holder) && holder != _identity)
        {
            _held = null;
            if (!HasExpired(present!))
                return;
        }

        await WriteAsync(present, cancellationToken).ConfigureAwait(false);
    }

    private async Task GiveBackAsync(CancellationToken cancellationToken)
    {
        // It stops acting first and says so afterwards.
        _held = null;
        var present = _ours ?? await ReadAsync(cancellationToken).ConfigureAwait(false);
        _ours = null;
        if (present?.Spec?.HolderIdentity != _identity)
            return;
        var body = Body(present, "", 1, present.Spec.AcquireTime, present.Spec.LeaseTransitions ?? 0);
        await _api.ReplaceAsync(Kinds.Leases, _namespace, _name, body, cancellationToken).ConfigureAwait(false);
        _holder = null;
    }

    private async Task<Lease?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var request = new ApiRequest("get", Kinds.Leases, _namespace, _name);
            var lease = await _api.ReadAsync(request, KubernetesJson.Default.Lease, cancellationToken)
                .ConfigureAwait(false);
            if (_seen is not { } seen || seen.Lease.Metadata.ResourceVersion != lease.Metadata.ResourceVersion)
                _seen = (lease, _time.GetTimestamp());
            _holder = string.IsNullOrEmpty(lease.Spec?.HolderIdentity) ? null : lease.Spec.HolderIdentity;
            return lease;
        }
        catch (KubernetesException fault) when (fault.Code == 404 && fault.Details?.Kind != "namespaces")
        {
            _holder = null;
            return null;
        }
    }

    private bool HasExpired(Lease lease)
    {
        var seconds = Math.Max(1, lease.Spec?.LeaseDurationSeconds ?? (int)_duration.TotalSeconds);
        return _seen is { } seen && _time.GetElapsedTime(seen.At) >= TimeSpan.FromSeconds(seconds);
    }

    private async Task WriteAsync(Lease? present, CancellationToken cancellationToken)
    {
        var from = _time.GetTimestamp();
        var mine = present?.Spec?.HolderIdentity == _identity;
        var acquired = mine ? present!.Spec!.AcquireTime : null;
        var transitions = (present?.Spec?.LeaseTransitions ?? 0) + (present is null || mine ? 0 : 1);
        var body = Body(present, _identity, (int)_duration.TotalSeconds, acquired, transitions);
        var answer = present is null
            ? await _api.CreateAsync(Kinds.Leases, _namespace, body, cancellationToken).ConfigureAwait(false)
            : await _api.ReplaceAsync(Kinds.Leases, _namespace, _name, body, cancellationToken).ConfigureAwait(false);
        _ours = answer.Read(KubernetesJson.Default.Lease);
        _holder = _identity;
        _held = new Held(from);
    }

    private JsonObject Body(Lease? present, string holder, int seconds, Instant? acquired, int transitions)
    {
        var now = Instant.FromDateTimeOffset(_time.GetUtcNow());
        var meta = new JsonObject { ["name"] = _name, ["namespace"] = _namespace };
        if (present is not null)
            meta["resourceVersion"] = present.Metadata.ResourceVersion;
        return new JsonObject
        {
            ["apiVersion"] = Kinds.Leases.ApiVersion,
            ["kind"] = Kinds.Leases.Kind,
            ["metadata"] = meta,
            ["spec"] = new JsonObject
            {
                ["holderIdentity"] = holder,
                ["leaseDurationSeconds"] = seconds,
                ["acquireTime"] = Times.FormatMicro(acquired ?? now),
                ["renewTime"] = Times.FormatMicro(now),
                ["leaseTransitions"] = transitions,
            },
        };
    }

    /// <summary>From when the time that it is held counts: before the request that took it was sent.</summary>
    private sealed record Held(long From);
}
