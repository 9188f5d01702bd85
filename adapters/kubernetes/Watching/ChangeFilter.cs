using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Watching;

/// <summary>
/// Filters changes that nobody reads: KEDA and the HPA controller write statuses many times a minute, and each change
/// that passes makes the answers of thousands of ScaledObjects be computed again. Safe from several threads.
/// </summary>
/// <param name="same">Whether two versions of one object are equal in the fields that are read.</param>
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

    /// <summary>
    /// Whether something that is read changed since the last call; whether the kind can be read counts too.
    /// </summary>
    public bool Take(Informer<T> watched)
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
