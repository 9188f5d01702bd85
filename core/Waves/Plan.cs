using Ebb.Core.Claims;
using Ebb.Core.Gates;
using Ebb.Core.Power;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>A baseline to be captured.</summary>
/// <param name="Member">Whose.</param>
/// <param name="Baseline">What.</param>
public sealed record Capture(Member Member, Baseline Baseline);

/// <summary>Writes to one workload, in this order.</summary>
/// <param name="Member">Whose.</param>
/// <param name="Writes">At least one.</param>
public sealed record Move(Member Member, IReadOnlyList<Write> Writes);

/// <summary>
/// What to do with one wave: all captures first and side by side; then the moves of those whose baseline is kept, side
/// by side; then the releases. One wave after the other.
/// </summary>
/// <param name="Priority">The wave; null: not part of any (UpsScalers that were deleted).</param>
/// <param name="Captures">Baselines to be captured; a move of the same member waits for its own and is dropped when it
/// fails.</param>
/// <param name="Moves">Writes to workloads.</param>
/// <param name="Releases">Members that are awake, or whose workload is gone.</param>
public sealed record WaveSteps(
    int? Priority,
    IReadOnlyList<Capture> Captures,
    IReadOnlyList<Move> Moves,
    IReadOnlyList<Member> Releases
)
{
    internal bool IsEmpty => Captures.Count == 0 && Moves.Count == 0 && Releases.Count == 0;
}

/// <summary>A gate that somebody waits at, and that is to be looked at.</summary>
/// <param name="Key">Whose it is, and what it waits for.</param>
/// <param name="Member">Who waits; null: the gate says by itself all that it looks at.</param>
public sealed record AskedGate(GateKey Key, Member? Member = null);

/// <summary>The wave that moves now.</summary>
/// <param name="Direction">Down or up.</param>
/// <param name="Priority">Its priority in that direction.</param>
/// <param name="Position">1 for the first.</param>
/// <param name="Of">How many there are.</param>
public sealed record WavePosition(Direction Direction, int Priority, int Position, int Of);

/// <summary>Where one workload stands.</summary>
/// <param name="Member">Which.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Late">Its wave has gone on without it.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="Decision">What the claims on it add up to.</param>
/// <param name="ChangedBy">Who keeps changing it against Ebb; null: nobody.</param>
/// <param name="Failure">Why the last attempt did not succeed; null: it did, or there was none.</param>
/// <param name="Gate">What it waits for at a gate; null: it does not.</param>
/// <param name="Passed">The gate that was passed at its deadline; null: none.</param>
public sealed record WorkloadState(
    Member Member,
    WorkloadPhase Phase,
    bool Late,
    string Reason,
    Decision Decision,
    string? ChangedBy = null,
    string? Failure = null,
    string? Gate = null,
    string? Passed = null
)
{
    /// <summary>
    /// The phase as people see it: the power path leaves alone what an override keeps asleep, and none of it runs.
    /// </summary>
    public WorkloadPhase Shown =>
        Phase == WorkloadPhase.Awake
        && Decision.Winner is { Source: ClaimSource.Override, Effect: ClaimEffect.Asleep }
        && Member.IsAsleep == true
            ? WorkloadPhase.Asleep
            : Phase;
}

/// <summary>What follows from everything that is known and asked, at one instant.</summary>
public sealed record Plan
{
    /// <summary>The phase of the whole cluster.</summary>
    public required Phase Phase { get; init; }

    /// <summary>Which way.</summary>
    public required Direction Direction { get; init; }

    /// <summary>Which way it would go that is observed only; None also where Ebb acts.</summary>
    public Direction Would { get; init; }

    /// <summary>Only what has no power goes to sleep; the whole has it.</summary>
    public bool IsPartial { get; init; }

    /// <summary>The wave that moves; null: none does.</summary>
    public required WavePosition? Wave { get; init; }

    /// <summary>The priorities of the waves that have begun in this direction and are not over.</summary>
    public required IReadOnlySet<int> Moving { get; init; }

    /// <summary>How long each wave that moves in this direction is waited for at most, by its priority.</summary>
    public required IReadOnlyDictionary<int, Duration> Waits { get; init; }

    /// <summary>What to do now, in this order; empty: nothing.</summary>
    public required IReadOnlyList<WaveSteps> Steps { get; init; }

    /// <summary>
    /// What power asks of a workload, whether or not it is a member; null: nothing, so that others may write to it.
    /// </summary>
    /// <param name="hasIt">Power has put it to sleep and has not given it back.</param>
    public Claim? ClaimOn(bool hasIt) =>
        Phase == Phase.Held ? Claim.AsItIs(ClaimSource.Power, Reason)
        : Direction == Direction.Down ? new Claim(ClaimSource.Power, ClaimEffect.Asleep, 0, Reason)
        : hasIt ? Claim.AsItIs(ClaimSource.Power, "power has it asleep")
        : null;

    /// <summary>Every UpsScaler, in the order of the roster.</summary>
    public required IReadOnlyList<WorkloadState> Workloads { get; init; }

    /// <summary>What to remember from now on.</summary>
    public required OutageProgress Progress { get; init; }

    /// <summary>What is still asked from now on.</summary>
    public required Orders Orders { get; init; }

    /// <summary>The gates that are to be looked at; empty: none.</summary>
    public IReadOnlyList<AskedGate> Gates { get; init; } = [];

    /// <summary>How many workloads start at once on the way up.</summary>
    public WakeLimit WakeLimit { get; init; } = WakeLimit.None;

    /// <summary>One sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>When this may change without a new reading; null: only with one.</summary>
    public required Instant? NextChange { get; init; }
}
