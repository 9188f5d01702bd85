using NodaTime;

namespace Ebb.Core.Claims;

/// <summary>Who asks, the strongest first.</summary>
public enum ClaimSource
{
    /// <summary>The power path.</summary>
    Power,

    /// <summary>A person.</summary>
    Override,

    /// <summary>A schedule.</summary>
    Schedule,

    /// <summary>Spare capacity.</summary>
    Capacity,
}

/// <summary>What is asked of a size.</summary>
public enum ClaimEffect
{
    /// <summary>Nothing of it may run; for what has no replicas this is its own way of sleeping.</summary>
    Asleep,

    /// <summary>At most this many replicas.</summary>
    AtMost,

    /// <summary>At least this many replicas.</summary>
    AtLeast,

    /// <summary>Exactly this many replicas.</summary>
    Exactly,
}

/// <summary>What one source asks of one workload.</summary>
/// <param name="Source">Who asks.</param>
/// <param name="Effect">What.</param>
/// <param name="Value">Replicas, 0 or more; not read for <see cref="ClaimEffect.Asleep"/>.</param>
/// <param name="Reason">Why, in one sentence.</param>
/// <param name="Since">From when on, included; null: always.</param>
/// <param name="Until">Until when, excluded; null: until it is taken back.</param>
/// <param name="Then">What the same source asks from then on, in words; null: nothing, or not known.</param>
public sealed record Claim(
    ClaimSource Source,
    ClaimEffect Effect,
    int Value,
    string Reason,
    Instant? Since = null,
    Instant? Until = null,
    string? Then = null
)
{
    /// <summary>Whether it holds at <paramref name="now"/>: start included, end excluded.</summary>
    public bool HoldsAt(Instant now) => (Since is null || now >= Since) && (Until is null || now < Until);

    /// <summary>
    /// A schedule that asks for nothing now and for something later: it decides nothing and has something to tell.
    /// </summary>
    public bool AsksNothing => this is { Source: ClaimSource.Schedule, Effect: ClaimEffect.AtLeast, Value: 0 };

    /// <summary>It asks for no size, and nobody weaker writes to the workload.</summary>
    public static Claim AsItIs(ClaimSource source, string reason) => new(source, ClaimEffect.AtLeast, 0, reason);

    /// <summary>
    /// A floor, a ceiling or both, as the claims that they are: one, two, or none where nothing is asked and nothing
    /// will be.
    /// </summary>
    public static IReadOnlyList<Claim> Between(
        ClaimSource source,
        int? least,
        int? most,
        string reason,
        Instant? until,
        string? then
    ) =>
        (least, most) switch
        {
            (null, null) when until is null => [],
            (null, null) => [new(source, ClaimEffect.AtLeast, 0, reason, null, until, then)],
            (_, 0) => [new(source, ClaimEffect.Asleep, 0, reason, null, until, then)],
            ({ } floor, { } ceiling) when floor >= ceiling =>
            [
                new(source, ClaimEffect.Exactly, ceiling, reason, null, until, then),
            ],
            ({ } floor, null) => [new(source, ClaimEffect.AtLeast, floor, reason, null, until, then)],
            (null, { } ceiling) => [new(source, ClaimEffect.AtMost, ceiling, reason, null, until, then)],
            ({ } floor, { } ceiling) =>
            [
                new(source, ClaimEffect.AtLeast, floor, reason, null, until, then),
                new(source, ClaimEffect.AtMost, ceiling, reason, null, until, then),
            ],
        };

    /// <summary>The least size it allows; null: any.</summary>
    public int? Floor =>
        Effect switch
        {
            ClaimEffect.AtLeast or ClaimEffect.Exactly => Value,
            ClaimEffect.Asleep or ClaimEffect.AtMost => null,
            _ => throw new InvalidOperationException($"unexpected effect {Effect}"),
        };

    /// <summary>The greatest size it allows; null: any.</summary>
    public int? Ceiling =>
        Effect switch
        {
            ClaimEffect.Asleep => 0,
            ClaimEffect.AtMost or ClaimEffect.Exactly => Value,
            ClaimEffect.AtLeast => null,
            _ => throw new InvalidOperationException($"unexpected effect {Effect}"),
        };
}
