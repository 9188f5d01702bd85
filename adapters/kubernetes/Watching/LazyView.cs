namespace Ebb.Kubernetes.Watching;

/// <summary>
/// A view of what is watched, computed when it is read after a change; readers of one view can wait for the next. Safe
/// from several threads.
/// </summary>
/// <param name="initial">The view before anything was read.</param>
/// <param name="computing">Held while a view is computed.</param>
/// <param name="compute">
/// Computes a view from the last one; returns the last one itself when nothing in it changed.
/// </param>
internal sealed class LazyView<T>(T initial, Lock computing, Func<T, T> compute)
    where T : class
{
    private volatile T _view = initial;
    private volatile TaskCompletionSource _change = NewChange();
    private long _changes = 1;
    private long _computed;

    /// <summary>The view as of now.</summary>
    public T View
    {
        get
        {
            if (Volatile.Read(ref _computed) == Volatile.Read(ref _changes))
                return _view;
            lock (computing)
            {
                // The count is read before the view is computed and stored after it, so that a change in between leads
                // to another view.
                var changes = Volatile.Read(ref _changes);
                if (_computed == changes)
                    return _view;
                _view = compute(_view);
                Volatile.Write(ref _computed, changes);
                return _view;
            }
        }
    }

    /// <summary>Something changed. Cheap: nothing is computed until the view is read.</summary>
    public void MarkChanged()
    {
        Interlocked.Increment(ref _changes);
        Interlocked.Exchange(ref _change, NewChange()).TrySetResult();
    }

    /// <summary>Waits until there is another view than the one that was seen.</summary>
    /// <exception cref="OperationCanceledException">The caller's token.</exception>
    public async Task WaitForChangeAsync(T seen, CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = _change.Task;
            if (!ReferenceEquals(View, seen))
                return;
            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
