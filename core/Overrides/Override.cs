using Ebb.Core.Claims;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Overrides;

/// <summary>What a person asks of a workload for a while.</summary>
public enum OverrideEffect
{
    /// <summary>This many replicas; for what has none, 0 is asleep and 1 awake.</summary>
    Replicas,

    /// <summary>Asleep in the way of its kind.</summary>
    Asleep,

    /// <summary>As it is.</summary>
    Freeze,
}

/// <summary>A workload as overrides name it.</summary>
/// <param name="Kind">As addresses write it: lower case, or <c>group/version/Kind</c>.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
public sealed record OverrideKey(string Kind, string Namespace, string Name)
{
    /// <summary>Of its baseline.</summary>
    public BaselineKey Baseline => new(BaselineSource.Override, Kind, Namespace, Name);

    /// <summary>The workload of a baseline.</summary>
    public static OverrideKey Of(BaselineKey key) => new(key.Type, key.Namespace, key.Name);

    /// <summary><c>kind namespace/name</c>, for messages.</summary>
    public override string ToString() => $"{Kind} {Namespace}/{Name}";
}

/// <summary>What a person asked of one workload, and until when.</summary>
public sealed record Override
{
    /// <summary>The kind as addresses write it: lower case, or <c>group/version/Kind</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The workload's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The workload's name.</summary>
    public required string Name { get; init; }

    /// <summary>What is asked.</summary>
    public required OverrideEffect Effect { get; init; }

    /// <summary>
    /// How many, 0 or more; for <see cref="OverrideEffect.Freeze"/> the number it had, null until that is known. Null:
    /// none is asked.
    /// </summary>
    public int? Replicas { get; init; }

    /// <summary>In the person's words.</summary>
    public required string Reason { get; init; }

    /// <summary>Who asks; null: not known.</summary>
    public string? By { get; init; }

    /// <summary>When it was asked.</summary>
    public required Instant At { get; init; }

    /// <summary>When it ends, excluded; at most <see cref="Longest"/> after <see cref="At"/>.</summary>
    public required Instant Until { get; init; }

    /// <summary>As the definition's schema says.</summary>
    public const int MostReplicas = 100_000;

    /// <summary>An override that lasts longer should be a manifest.</summary>
    public static readonly Duration Longest = Duration.FromDays(30);

    /// <summary>Whoever asked for the longest time may have another clock.</summary>
    public static readonly Duration Slack = Duration.FromHours(1);

    /// <summary>Whether it has ended at <paramref name="now"/>.</summary>
    public bool IsOver(Instant now) => now >= Until;

    /// <summary>The workload.</summary>
    public OverrideKey Key => new(Kind, Namespace, Name);

    /// <summary>The number that it comes to; null: freeze of something without a number.</summary>
    public int? Size => Effect == OverrideEffect.Asleep ? 0 : Replicas;

    /// <summary>
    /// What it asks, to be weighed against the others; null: nothing any more. It holds from before it was asked, so
    /// that a clock that is set back does not suspend it.
    /// </summary>
    public Claim? Claim(Instant now) =>
        IsOver(now)
            ? null
            : Effect switch
            {
                OverrideEffect.Asleep => new Claim(ClaimSource.Override, ClaimEffect.Asleep, 0, Reason, null, Until),
                OverrideEffect.Replicas or OverrideEffect.Freeze when Replicas is { } n => new Claim(
                    ClaimSource.Override,
                    ClaimEffect.Exactly,
                    n,
                    Reason,
                    null,
                    Until
                ),
                OverrideEffect.Replicas or OverrideEffect.Freeze => new Claim(
                    ClaimSource.Override,
                    ClaimEffect.AtLeast,
                    0,
                    Reason,
                    null,
                    Until
                ),
                _ => throw new InvalidOperationException($"unexpected effect {Effect}"),
            };

    /// <summary><c>kind namespace/name</c>, for messages.</summary>
    public override string ToString() => Key.ToString();
}

/// <summary>What a workload was before an override first wrote to it.</summary>
/// <param name="What">Size, suspension, annotations and bounds, bound to its UID.</param>
/// <param name="Sizes">What overrides have asked since, the last one last: a size that is none of these is somebody
/// else's and is kept. Empty: not known.</param>
public sealed record OverrideBaseline(Baseline What, IReadOnlyList<int> Sizes)
{
    /// <summary>As it is stored.</summary>
    public static OverrideBaseline Of(StoredBaseline stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return new OverrideBaseline(stored.Before, stored.Notes.Sizes)
        {
            IsScheduled = stored.Holders.Contains(BaselineSource.Schedule),
            IsEmptied = stored.Notes.EmptiedFrom is not null,
        };
    }

    /// <summary>A schedule holds it too: what size it is afterwards is left to that.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>A schedule has emptied it, and it stays so.</summary>
    public bool IsEmptied { get; init; }

    /// <summary>So many sizes are remembered; the oldest go first.</summary>
    public const int MostSizes = 16;

    /// <summary>Whether a size may be one that an override has written.</summary>
    public bool IsAsked(int size) => Sizes.Count == 0 || Sizes.Contains(size);

    /// <summary>With one more size.</summary>
    public OverrideBaseline Asked(int size) =>
        this with
        {
            Sizes = [.. Sizes.Where(s => s != size).TakeLast(MostSizes - 1), size],
        };
}
