using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// What was last written to a workload; limits how often the same is written when it is refused or undone.
/// </summary>
/// <param name="Direction">Which way.</param>
/// <param name="At">When it was last asked.</param>
/// <param name="Count">How often in this direction, 1 or more.</param>
/// <param name="Failure">What came of it; null: it was done.</param>
/// <param name="Against">Who had written the size before it was asked again; null: nobody but Ebb, or not
/// known.</param>
public sealed record Attempt(Direction Direction, Instant At, int Count, string? Failure, string? Against = null)
{
    /// <summary>A right, a policy or a webhook refused it, and would again.</summary>
    public bool Refused
    {
        get => field || BlockedByWebhook.Is(Failure);
        init;
    }

    /// <summary>
    /// How long the answer took. A webhook that drops what is sent to it takes its whole time-out, and the turn with
    /// it.
    /// </summary>
    public Duration Took { get; init; }

    private bool IsSlowlyRefused => Refused && Took >= Duration.FromSeconds(3);

    /// <summary>When it was done first in this direction; null: it never was.</summary>
    public Instant? DoneAt { get; init; } = Failure is null ? At : null;

    /// <summary>It was done, and then somebody undid it.</summary>
    public bool Undone { get; init; }

    /// <summary>What was done so far in this direction, each once.</summary>
    private IReadOnlyList<Write> Done { get; init; } = [];

    /// <summary>Somebody undoes it on the way down, and may not have left a name: who takes a field away does not.</summary>
    public bool IsUndone => Undone && Failure is null && Direction == Direction.Down;

    /// <summary>
    /// When an owner that somebody resumes may be held back again: at once after the first, then after pauses that grow
    /// to a minute. What it would undo is asked by itself meanwhile.
    /// </summary>
    public Instant NextHoldAt =>
        Undone && Failure is null && Count > 2
            ? At + Duration.FromSeconds(Math.Min(5 * Math.Pow(2, Math.Min(Count - 3, 6)), 60))
            : NextAt;

    /// <summary>
    /// It goes on being asked and is waited for no more: it was refused for some seconds, or somebody undoes what was
    /// done.
    /// </summary>
    public bool IsHopeless =>
        (Refused && Count > 3)
        || IsSlowlyRefused
        || (Count > 2 && (IsUndone || (Against is not null && Failure is null)));

    /// <summary>
    /// When it may be asked again: at once after the first, then 1 s, 2 s and 5 s after the one before. A longer pause
    /// would let run what somebody else keeps starting. A refusal that takes long is not to hold the others most of the
    /// time.
    /// </summary>
    public Instant NextAt =>
        At
        + Count switch
        {
            _ when IsSlowlyRefused => Took * 2,
            <= 1 => Duration.Zero,
            2 => Duration.FromSeconds(1),
            3 => Duration.FromSeconds(2),
            _ => Duration.FromSeconds(5),
        };

    /// <summary>
    /// The attempt after this one. Somebody is at fault only if what is asked again had been done before: a fence, or
    /// the pause of a ScaledObject that was not seen before, is asked for the first time.
    /// </summary>
    public static Attempt After(
        Attempt? before,
        Direction direction,
        Instant now,
        string? failure,
        IReadOnlyList<Write> writes,
        WorkloadView? workload = null,
        bool refused = false,
        Duration took = default
    )
    {
        ArgumentNullException.ThrowIfNull(writes);
        var last = before?.Direction == direction ? before : null;
        var done = last?.Done ?? [];
        var again = writes.Any(write => done.Any(write.AsksAgain));
        return new(direction, now, (last?.Count ?? 0) + 1, failure, (again ? workload?.SizedBy : null) ?? last?.Against)
        {
            Refused = refused,
            Took = took,
            DoneAt = last?.DoneAt ?? (failure is null ? now : null),
            Undone = again || last?.Undone == true,
            Done = failure is null ? [.. done, .. writes.Where(write => !done.Any(write.AsksTheSameAs))] : done,
        };
    }
}
