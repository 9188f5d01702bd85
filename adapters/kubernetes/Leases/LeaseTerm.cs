namespace Ebb.Kubernetes.Leases;

/// <summary>The time for which this process holds a lease without a break. Guarded by its owner's lock.</summary>
/// <param name="begunAt">When the request that began it was sent, as a timestamp of the monotonic clock.</param>
internal sealed class LeaseTerm(long begunAt)
{
    /// <summary>When the newest confirmed renewal was sent.</summary>
    public long RenewedAt { get; private set; } = begunAt;

    /// <summary>The server said once that it is ours.</summary>
    public bool Confirmed { get; private set; }

    public void Confirm(long from)
    {
        Confirmed = true;
        // Answers may come in another order than their requests were sent.
        RenewedAt = Math.Max(RenewedAt, from);
    }
}
