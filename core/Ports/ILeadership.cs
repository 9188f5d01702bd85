using NodaTime;

namespace Ebb.Core.Ports;

/// <summary>Which of several replicas acts.</summary>
public interface ILeadership
{
    /// <summary>
    /// Until when this replica may act without asking again, start included, end excluded; null: it may not. A replica that
    /// cannot renew stops by itself at this instant, before another can begin.
    /// </summary>
    Instant? HeldUntil { get; }

    /// <summary>Who holds it, as last seen; null: not known.</summary>
    string? Holder { get; }

    /// <summary>Takes or renews the lease if that is possible now. One attempt, bounded in time; failure is an answer.</summary>
    Task RenewAsync(CancellationToken cancellationToken);

    /// <summary>Gives it back, so that another replica need not wait.</summary>
    Task ReleaseAsync(CancellationToken cancellationToken);
}
