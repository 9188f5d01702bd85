using NodaTime;

namespace Ebb.Core.Power;

/// <summary>What the stored orders add up to.</summary>
public sealed record Orders
{
    /// <summary>No order.</summary>
    public static readonly Orders None = new();

    /// <summary>Touch nothing. Of several holds the one that ends last.</summary>
    public PowerOrder? Hold { get; private init; }

    /// <summary>Go to sleep and stay asleep until restore.</summary>
    public PowerOrder? Shutdown { get; private init; }

    /// <summary>Go to sleep and wake again.</summary>
    public PowerOrder? Drill { get; private init; }

    /// <summary>When everything was asleep in the drill and it turned; null: it has not.</summary>
    public Instant? DrillTurned => Drill?.Status.TurnedAt;

    /// <summary>
    /// Wake without waiting for <c>MainsFor</c> and <c>RestoreCharge</c>; answers an FSD from before.
    /// </summary>
    public PowerOrder? Restore { get; private init; }

    /// <summary>
    /// When a person last asked for restore; stays when <see cref="Restore"/> is done, as the answer to an FSD that
    /// still stands.
    /// </summary>
    public Instant? Acknowledged { get; private init; }

    /// <summary>
    /// A later drill, shutdown or restore replaces an earlier one; holds stand beside them. What is over, was refused
    /// or has a fault does not count, but for the answer that a restore was.
    /// </summary>
    public static Orders Of(IEnumerable<PowerOrder> stored, Instant now)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var orders = None;
        foreach (var order in stored.Where(o => o.Fault is null).Order(CreationOrder.Instance))
        {
            if (order.Action == OrderAction.Restore && order.Status.Phase != OrderPhase.Refused)
                orders = orders with { Acknowledged = order.At };
            if (!order.Status.IsOver)
                orders = orders.With(order, now);
        }
        return orders;
    }

    /// <summary>Whether the order counts.</summary>
    public bool Contains(PowerOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return order.Uid == Shutdown?.Uid
            || order.Uid == Drill?.Uid
            || order.Uid == Restore?.Uid
            || (order.Action == OrderAction.Hold && Hold is not null);
    }

    /// <summary>Failing power has overtaken it.</summary>
    public Orders WithoutRestore() => this with { Restore = null };

    /// <summary>Everything is asleep: the drill turns.</summary>
    public Orders WithDrillTurned(Instant now) =>
        this with
        {
            Drill = Drill is null ? null : Drill with { Status = Drill.Status with { TurnedAt = now } },
        };

    /// <summary>Everything is awake: a restore and a drill that has turned are carried out.</summary>
    public Orders CarriedOut() => this with { Restore = null, Drill = DrillTurned is null ? Drill : null };

    private Orders With(PowerOrder order, Instant now) =>
        order.Action switch
        {
            OrderAction.Hold => order.Until <= now || !EndsLater(order) ? this : this with { Hold = order },
            OrderAction.Drill => this with { Drill = order, Shutdown = null, Restore = null },
            OrderAction.Shutdown => this with { Shutdown = order, Drill = null, Restore = null },
            OrderAction.Restore => this with { Restore = order, Shutdown = null, Drill = null },
            _ => throw new ArgumentOutOfRangeException(nameof(order), order.Action, "unexpected value"),
        };

    private bool EndsLater(PowerOrder order) =>
        Hold is null || order.Until is null || (Hold.Until is { } until && order.Until > until);
}
