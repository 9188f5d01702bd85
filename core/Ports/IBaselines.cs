using Ebb.Core.Hooks;
using Ebb.Core.Workloads;

namespace Ebb.Core.Ports;

/// <summary>
/// What objects were before Ebb changed them, stored before the first write and deleted when they are that again. What
/// a watch has read of them is in the views of the cluster.
/// </summary>
public interface IBaselines
{
    /// <summary>
    /// Creates a baseline. One that is there already for the same object is kept as it is; one of another object of
    /// that name is a <see cref="WriteOutcome.Conflict"/>.
    /// </summary>
    /// <returns>
    /// <see cref="WriteResult.Done"/> when it was created now, <see cref="WriteResult.Found"/> when it was there.
    /// </returns>
    Task<WriteResult> CaptureAsync(
        BaselineKey key,
        Baseline before,
        BaselineNotes notes,
        CancellationToken cancellationToken
    );

    /// <summary>This replica leads from now on: what somebody deletes of what is known stays known.</summary>
    void BeginTerm();

    /// <summary>
    /// Takes one that another record has and that is not stored for one that somebody deleted, for this term.
    /// </summary>
    void Remember(BaselineKey key, Baseline before);

    /// <summary>Replaces what is noted in a baseline, in the version that was seen.</summary>
    Task<WriteResult> NoteAsync(StoredBaseline stored, BaselineNotes notes, CancellationToken cancellationToken);

    /// <summary>
    /// Stores the run of a hook in its baseline, in place of the one that was seen; another one that stands there by
    /// now is a <see cref="WriteOutcome.Conflict"/>.
    /// </summary>
    Task<WriteResult> NoteHookAsync(BaselineKey key, HookRun? seen, HookRun run, CancellationToken cancellationToken);

    /// <summary>
    /// Takes back one that this replica has created and after which somebody was faster than its first write: it counts
    /// no more from now on. Where it cannot be deleted yet, <see cref="SettleAsync"/> and the next capture try again.
    /// </summary>
    Task TakeBackAsync(BaselineKey key, CancellationToken cancellationToken);

    /// <summary>Deletes what was taken back and could not be deleted then.</summary>
    Task SettleAsync(CancellationToken cancellationToken);

    /// <summary>Deletes a baseline in the version that is known; one that is not there is deleted already.</summary>
    Task<WriteResult> ReleaseAsync(BaselineKey key, CancellationToken cancellationToken);
}
