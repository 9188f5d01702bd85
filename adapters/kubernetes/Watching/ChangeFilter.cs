using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Watching;

/// <summary>
/// Tells changes that matter from those that do not: KEDA and the HPA controller write statuses many times a minute, and whoever works out
/// anew what thousands of ScaledObjects are told with each of them does little else. Safe from several threads.
/// </summary>
/// <param name="same">Whether two versions of one object say the same to whoever reads them.</param>
internal sealed class ChangeFilter<T>(Func<T, T, bool> same) : IWatchObserver<T>
    where T : class, IKubernetesObject
{
    private readonly Lock _lock = new();
    private bool _pending = true;
    private (bool Synced, WatchTrouble? Trouble) _state;

    void IWatchObserver<T>.Changed(T? before, T? after)
    {
        if (before is not null && after is not null && before.Metadata.Uid == after.Metadata.Uid && same(before, after))
            return;
        lock (_lock)
            _pending = true;
    }

    /// <summary>Whether something that matters changed since this was asked last; whether the kind can be read always matters.</summary>
    public bool Take(Watched<T> watched)
    {
        var state = (watched.Synced, watched.Trouble);
        lock (_lock)
        {
            var matters = _pending || state != _state;
            (_pending, _state) = (false, state);
            return matters;
        }
    }
}
