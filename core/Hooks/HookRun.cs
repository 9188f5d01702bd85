using NodaTime;

namespace Ebb.Core.Hooks;

/// <summary>What became of a run.</summary>
public enum HookOutcome
{
    /// <summary>It is under way.</summary>
    Running,

    /// <summary>It did what it should.</summary>
    Succeeded,

    /// <summary>It did not, or not in time.</summary>
    Failed,

    /// <summary>Whoever began it is gone, or heard no answer, and nothing tells whether it was done.</summary>
    MayHaveRun,
}

/// <summary>
/// One run of a hook. Stored before anything is sent, so that nobody sends it a second time.
/// </summary>
/// <param name="Number">1 for the first in an outage; each turn of the direction has one of its own.</param>
/// <param name="Down">On the way down; false: up.</param>
/// <param name="Begun">When it was stored.</param>
/// <param name="Deadline">When it is given up.</param>
/// <param name="By">The process that begins it; no other one sends what must not be sent twice.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Detail">One sentence; null: nothing to say.</param>
public sealed record HookRun(
    int Number,
    bool Down,
    Instant Begun,
    Instant Deadline,
    string By,
    HookOutcome Outcome = HookOutcome.Running,
    string? Detail = null
)
{
    /// <summary>It is under way.</summary>
    public bool IsOpen => Outcome == HookOutcome.Running;

    /// <summary>As it stands in EBB_DIRECTION.</summary>
    public string Direction => Down ? "down" : "up";
}
