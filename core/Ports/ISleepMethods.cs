using Ebb.Core.Workloads.Declared;

namespace Ebb.Core.Ports;

/// <summary>
/// How kinds sleep, as people have described it. What a watch has read of it is in the view of the cluster.
/// </summary>
public interface ISleepMethods
{
    /// <summary>Replaces the status.</summary>
    Task<WriteResult> SetStatusAsync(
        SleepMethodView method,
        SleepMethodStatus status,
        CancellationToken cancellationToken
    );
}
