using Ebb.Core.Overrides;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Power;

/// <summary>What has become of stored orders, as far as their status does not say it yet.</summary>
public static class OrderResults
{
    /// <summary>So many orders that are over are kept, the youngest.</summary>
    public const int Kept = 20;

    /// <summary>
    /// Why an order that nobody has looked at must not count: what <c>POST /api/power/…</c> refuses as well.
    /// </summary>
    /// <param name="action">What is asked.</param>
    /// <param name="power">The power.</param>
    /// <param name="outage">The reason of the outage that goes on; null: there is none.</param>
    /// <param name="acts">False: nothing would be done.</param>
    public static string? Refusal(OrderAction action, PowerState power, string? outage, bool acts)
    {
        ArgumentNullException.ThrowIfNull(power);
        return action switch
        {
            not OrderAction.Hold when !acts => "this Ebb observes only (Power__Act=false), so nothing would be done",
            OrderAction.Restore when power.Mains == Mains.Battery => $"mains is not on: {power.Verdict.Reason}",
            OrderAction.Drill when outage is not null => $"an outage is going on: {outage}",
            _ => null,
        };
    }

    /// <summary>
    /// Why a stored order must not count: it has a fault, or nobody has looked at it and it is refused.
    /// </summary>
    public static string? Refusal(PowerOrder order, PowerState power, string? outage, bool acts)
    {
        ArgumentNullException.ThrowIfNull(order);
        return order.Fault
            ?? (
                order.Status.Phase == OrderPhase.Pending
                    ? TooLong(order) ?? Refusal(order.Action, power, outage, acts)
                    : null
            );
    }

    /// <summary>Null: it ends within what may be asked for, or when it is taken back.</summary>
    private static string? TooLong(PowerOrder order) =>
        order.Until is { } until && until - order.At > Override.Longest + Override.Slack
            ? $"spec.until: expected at most {Override.Longest.Days} days from now, found "
                + InstantPattern.General.Format(until)
            : null;

    /// <summary>The status of each order whose status changes.</summary>
    /// <param name="stored">The orders.</param>
    /// <param name="orders">What the decision has left in force.</param>
    /// <param name="failing">Power asks for sleep, which overtakes a restore.</param>
    /// <param name="now">The instant of the decision.</param>
    public static IEnumerable<(PowerOrder Order, OrderStatus Status)> Of(
        IReadOnlyList<PowerOrder> stored,
        Orders orders,
        bool failing,
        Instant now
    )
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(orders);
        foreach (var order in stored.Where(o => !o.Status.IsOver && o.Fault is null))
        {
            var status = Of(order, stored, orders, failing, now);
            if (status != order.Status)
                yield return (order, status);
        }
    }

    /// <summary>
    /// Those that are no longer needed: over, older than the youngest, and not the last restore that was accepted,
    /// which answers an FSD that still stands.
    /// </summary>
    public static IEnumerable<PowerOrder> Obsolete(IReadOnlyList<PowerOrder> stored)
    {
        var last = stored
            .Where(o => o.Action == OrderAction.Restore && o.Status.Phase != OrderPhase.Refused)
            .Max(CreationOrder.Instance);
        return stored
            .Where(o => o.Status.IsOver && o.Uid != last?.Uid)
            .OrderDescending(CreationOrder.Instance)
            .Skip(Kept);
    }

    private static OrderStatus Of(
        PowerOrder order,
        IReadOnlyList<PowerOrder> stored,
        Orders orders,
        bool failing,
        Instant now
    )
    {
        if (order.Action == OrderAction.Hold)
            return order.Until <= now
                ? Done(order, "its end has come", now)
                : order.Status with
                {
                    Phase = OrderPhase.InForce,
                    Message = "nothing is touched",
                };
        if (orders.Contains(order))
            return order.Uid == orders.Drill?.Uid && orders.DrillTurned is { } turned
                ? new OrderStatus(OrderPhase.InForce, "everything was asleep; waking", turned)
                : new OrderStatus(OrderPhase.InForce, "it counts");
        var later = stored.FirstOrDefault(o =>
            o.Action != OrderAction.Hold
            && o.Status.Phase != OrderPhase.Refused
            && CreationOrder.Instance.Compare(o, order) > 0
        );
        return Done(
            order,
            later is not null ? $"replaced by {later.Name}"
                : failing && order.Action == OrderAction.Restore ? "power has failed again"
                : "everything is awake",
            now
        );
    }

    private static OrderStatus Done(PowerOrder order, string message, Instant now) =>
        order.Status with
        {
            Phase = OrderPhase.Done,
            Message = message,
            EndedAt = now,
        };
}
