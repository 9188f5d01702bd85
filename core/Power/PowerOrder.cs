using Ebb.Core.Conditions;
using NodaTime;

namespace Ebb.Core.Power;

/// <summary>What a person can ask of the whole cluster.</summary>
public enum OrderAction
{
    /// <summary>Go to sleep and wake again.</summary>
    Drill,

    /// <summary>Go to sleep and stay asleep until restore.</summary>
    Shutdown,

    /// <summary>Wake without waiting for <c>MainsFor</c> and <c>RestoreCharge</c>.</summary>
    Restore,

    /// <summary>Touch nothing.</summary>
    Hold,
}

/// <summary>The state of a stored order.</summary>
public enum OrderPhase
{
    /// <summary>No leader has looked at it yet.</summary>
    Pending,

    /// <summary>It counts.</summary>
    InForce,

    /// <summary>It was carried out, replaced, released, or its end has come.</summary>
    Done,

    /// <summary>It never counted; the message says why.</summary>
    Refused,
}

/// <summary>The status of a stored order.</summary>
/// <param name="Phase">The state.</param>
/// <param name="Message">One sentence.</param>
/// <param name="TurnedAt">When everything was asleep in a drill and it turned; null: it has not.</param>
/// <param name="EndedAt">Since when it no longer counts; null: it counts.</param>
public sealed record OrderStatus(OrderPhase Phase, string Message, Instant? TurnedAt = null, Instant? EndedAt = null)
{
    /// <summary>No leader has looked at it yet.</summary>
    public static readonly OrderStatus Pending = new(OrderPhase.Pending, "");

    /// <summary>It no longer counts.</summary>
    public bool IsOver => Phase is OrderPhase.Done or OrderPhase.Refused;

    /// <summary>The same as conditions: ready when it was carried out.</summary>
    public IReadOnlyList<ObjectCondition> Conditions =>
        ObjectCondition.Of(
            Phase == OrderPhase.Done,
            Phase == OrderPhase.InForce,
            Phase == OrderPhase.Refused,
            Phase.ToString(),
            Message
        );
}

/// <summary>An order as it is stored in the cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Version">Its resourceVersion; while nobody has looked at it, a later order has a greater one.</param>
/// <param name="Action">What is asked.</param>
/// <param name="At">When it was stored, by the server's clock, in whole seconds.</param>
/// <param name="Reason">In the person's words.</param>
/// <param name="Until">When a hold ends by itself, excluded; null: when it is taken back.</param>
/// <param name="By">Who asked; null: not known.</param>
/// <param name="Status">What became of it.</param>
public sealed record PowerOrder(
    string Name,
    string Uid,
    string Version,
    OrderAction Action,
    Instant At,
    string Reason,
    Instant? Until,
    string? By,
    OrderStatus Status
)
{
    /// <summary>
    /// Why it must not count whatever it asks, in one sentence: it cannot be read, or comes from a copy; null: it may.
    /// </summary>
    public string? Fault { get; init; }
}
