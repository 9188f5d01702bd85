using NodaTime;

namespace Ebb.Core.Workloads;

/// <summary>What a person asked of the whole cluster, and why.</summary>
/// <param name="At">When.</param>
/// <param name="Reason">In the person's words.</param>
/// <param name="Until">When it ends by itself; null: when it is taken back.</param>
public sealed record Order(Instant At, string Reason, Instant? Until = null);

/// <summary>All orders that are in force: what people asked of the whole cluster.</summary>
public sealed record Orders
{
    /// <summary>No order.</summary>
    public static readonly Orders None = new();

    /// <summary>Touch nothing.</summary>
    public Order? Hold { get; init; }

    /// <summary>Go to sleep and stay asleep until restore.</summary>
    public Order? Shutdown { get; init; }

    /// <summary>Go to sleep and wake again.</summary>
    public Order? Drill { get; init; }

    /// <summary>When everything was asleep in the drill and it turned; null: it has not.</summary>
    public Instant? DrillTurned { get; init; }

    /// <summary>
    /// Wake without waiting for <c>MainsFor</c> and <c>RestoreCharge</c>; answers an FSD from before.
    /// </summary>
    public Order? Restore { get; init; }

    /// <summary>
    /// When a person last asked for restore; stays when <see cref="Restore"/> is done, as the answer to an FSD that
    /// still stands.
    /// </summary>
    public Instant? Acknowledged { get; init; }

    /// <summary>The same without what has ended by <paramref name="now"/>; the end is excluded.</summary>
    public Orders At(Instant now) => Hold?.Until is { } until && now >= until ? this with { Hold = null } : this;

    /// <summary>A new drill; whatever else was asked, except hold, is over.</summary>
    public Orders WithDrill(Order ask) =>
        this with
        {
            Drill = ask,
            DrillTurned = null,
            Shutdown = null,
            Restore = null,
        };

    /// <summary>A new shutdown; drill and restore are over.</summary>
    public Orders WithShutdown(Order ask) =>
        this with
        {
            Shutdown = ask,
            Drill = null,
            DrillTurned = null,
            Restore = null,
        };

    /// <summary>A new restore; drill and shutdown are over.</summary>
    public Orders WithRestore(Order ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        return this with { Restore = ask, Acknowledged = ask.At, Shutdown = null, Drill = null, DrillTurned = null };
    }
}
