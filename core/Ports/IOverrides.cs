using Ebb.Core.Overrides;

namespace Ebb.Core.Ports;

/// <summary>What people ask of single workloads. What a watch has read of it is in the view of the cluster.</summary>
public interface IOverrides
{
    /// <summary>
    /// Stores an override; it counts, or is refused in its status, from the moment that this is done.
    /// </summary>
    /// <param name="asked">What is asked.</param>
    /// <param name="replaces">The one that it takes the place of, in what it asked then; null: there must be none of
    /// Ebb's name for this workload.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>As it is stored; else why it is not, <see cref="WriteOutcome.Conflict"/> when somebody else asked
    /// meanwhile.</returns>
    Task<(StoredOverride? Stored, WriteResult Result)> PutAsync(
        Override asked,
        StoredOverride? replaces,
        CancellationToken cancellationToken
    );

    /// <summary>Deletes an override as long as it asks what it asked when it was read.</summary>
    Task<WriteResult> DeleteAsync(StoredOverride stored, CancellationToken cancellationToken);

    /// <summary>Replaces the status.</summary>
    Task<WriteResult> SetStatusAsync(StoredOverride stored, OverrideStatus status, CancellationToken cancellationToken);
}
