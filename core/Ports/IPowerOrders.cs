using Ebb.Core.Power;
using NodaTime;

namespace Ebb.Core.Ports;

/// <summary>
/// The orders that are stored in the cluster; those that a watch has read are in the view of the cluster.
/// </summary>
public interface IPowerOrders
{
    /// <summary>Stores an order; it counts, or is refused in its status, from the moment that this is done.</summary>
    /// <param name="action">What is asked.</param>
    /// <param name="reason">Why, 1 to 500 characters.</param>
    /// <param name="until">When a hold ends by itself; null for anything else.</param>
    /// <param name="by">Who asks; null: not known.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>The name that it has when it is stored.</returns>
    Task<(string Name, WriteResult Result)> CreateAsync(
        OrderAction action,
        string reason,
        Instant? until,
        string? by,
        CancellationToken cancellationToken
    );

    /// <summary>All of them, asked of the server now; null: why they could not be read is in the result.</summary>
    Task<(IReadOnlyList<PowerOrder>? Orders, WriteResult Result)> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Replaces the status.</summary>
    Task<WriteResult> SetStatusAsync(PowerOrder order, OrderStatus status, CancellationToken cancellationToken);

    /// <summary>Deletes it.</summary>
    Task<WriteResult> DeleteAsync(PowerOrder order, CancellationToken cancellationToken);
}
