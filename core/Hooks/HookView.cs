namespace Ebb.Core.Hooks;

/// <summary>A hook and its last run in the present outage.</summary>
/// <param name="Spec">What is run.</param>
/// <param name="Run">The last run; null: none yet.</param>
public sealed record HookView(HookSpec Spec, HookRun? Run)
{
    /// <summary>The act of a way is over: it succeeded, or its failure holds nobody.</summary>
    internal bool IsOver => Run is { IsOpen: false } run && (run.Outcome == HookOutcome.Succeeded || !Spec.Required);

    /// <summary>A run on the way down is still to begin.</summary>
    internal bool NeedsDown => Spec.Down && Run is not { IsOpen: true } && Run is not { Down: true };

    /// <summary>A run on the way up is still to begin; nothing to undo is nothing to run.</summary>
    internal bool NeedsUp =>
        Spec.Up && Run is not { IsOpen: true } && (Spec.Down ? Run is { Down: true } : Run is not { Down: false });

    /// <summary>It did not do what it should, or nobody knows.</summary>
    public bool HasFailed => Run?.Outcome is HookOutcome.Failed or HookOutcome.MayHaveRun;

    /// <summary>It is required, and failed: the waves wait for a person.</summary>
    public bool Holds => Spec.Required && HasFailed;

    /// <summary>What became of its last run; empty: there was none.</summary>
    public string Sentence =>
        Run is not { } run
            ? ""
            : run.Outcome switch
            {
                HookOutcome.Running => $"{Spec.Word} hook runs ({run.Direction})",
                HookOutcome.Succeeded => $"{Spec.Word} hook has run ({run.Direction})",
                HookOutcome.Failed => $"{Spec.Word} hook failed ({run.Direction})",
                HookOutcome.MayHaveRun => $"{Spec.Word} hook may have run ({run.Direction}), and is not sent again",
                _ => throw new InvalidOperationException($"unexpected outcome {run.Outcome}"),
            }
                + (run.Detail is { } detail ? $": {detail}" : "")
                + (Holds ? "; it is required, so the waves wait for it" : "");
}
