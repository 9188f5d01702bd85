using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Hooks;

/// <summary>One run that is to be made or looked at.</summary>
/// <param name="Scaler">The UpsScaler.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Spec">What is run.</param>
/// <param name="Run">The run, as it is stored.</param>
/// <param name="Outage">What tells this outage from others: when the hook was captured in it.</param>
/// <param name="Reason">Why, for EBB_REASON and {reason}.</param>
public sealed record HookOrder(
    ObjectRef Scaler,
    string Uid,
    HookSpec Spec,
    HookRun Run,
    Instant? Outage,
    string Reason
);

/// <summary>How far a run is.</summary>
public enum HookStep
{
    /// <summary>It did what it should.</summary>
    Done,

    /// <summary>It is under way, or cannot be looked at now.</summary>
    Waiting,

    /// <summary>It certainly did not do what it should.</summary>
    Failed,

    /// <summary>It may or may not have been sent.</summary>
    Unknown,
}

/// <summary>What came of sending a run or of looking at it.</summary>
/// <param name="Step">How far it is.</param>
/// <param name="Sentence">For people, without secrets.</param>
public sealed record HookReply(HookStep Step, string Sentence);
