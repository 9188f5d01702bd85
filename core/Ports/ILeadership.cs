using NodaTime;

namespace Ebb.Core.Ports;

/// <summary>Which of several replicas acts.</summary>
public interface ILeadership
{
    /// <summary>
    /// Until when this replica may act without asking again, end excluded; null: it may not act now. A replica that
    /// cannot renew finds null here as soon as the instant has come, before another can begin.
    /// </summary>
    Instant? HeldUntil { get; }

    /// <summary>
    /// The time for which it has been held without a break, compared by reference; null: it may not act now.
    /// </summary>
    object? Term { get; }

    /// <summary>Who holds it, as last seen; null: not known.</summary>
    string? Holder { get; }

    /// <summary>Why the last attempt to take or renew it failed; null: it did not fail.</summary>
    string? Problem { get; }

    /// <summary>
    /// Takes or renews the lease if that is possible now. One attempt, bounded in time; failure is an answer.
    /// </summary>
    Task RenewAsync(CancellationToken cancellationToken);

    /// <summary>Gives it back, so that another replica need not wait.</summary>
    Task ReleaseAsync(CancellationToken cancellationToken);
}
