namespace Ebb.Kubernetes.Watching;

/// <summary>
/// Follows a watched collection change by change. Called under its lock: quick, and without calling back.
/// </summary>
internal interface IWatchObserver<in T>
{
    /// <summary>One object came (before is null), changed, or went (after is null).</summary>
    void Changed(T? before, T? after);
}
