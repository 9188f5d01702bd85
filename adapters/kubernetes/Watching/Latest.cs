namespace Ebb.Kubernetes.Watching;

/// <summary>
/// A view of what is watched, made anew when somebody looks after a change, and awaited by whoever has seen the one before. Safe from several
/// threads.
/// </summary>
/// <param name="nothing">The view before anything was read.</param>
/// <param name="composing">Held while a view is made.</param>
/// <param name="compose">Makes a view after the last one; the last one itself when nothing in it is another.</param>
internal sealed class Latest<T>(T nothing, Lock composing, Func<T, T> compose)
    where T : class
{
    private volatile T _view = nothing;
    private volatile TaskCompletionSource _change = NewChange();
    private long _noted = 1;
    private long _composed;

    /// <summary>The view as of now.</summary>
    public T View
    {
        get
        {
            if (Volatile.Read(ref _composed) == Volatile.Read(ref _noted))
                return _view;
            lock (composing)
            {
                // Counted before, told after: what changes while a view is made asks for another one, and whoever looks meanwhile waits for
                // this one. With the last one in hand it would wait for a change that has been.
                var noted = Volatile.Read(ref _noted);
                if (_composed == noted)
                    return _view;
                _view = compose(_view);
                Volatile.Write(ref _composed, noted);
                return _view;
            }
        }
    }

    /// <summary>Something changed. Cheap: nothing is made until somebody looks.</summary>
    public void Note()
    {
        Interlocked.Increment(ref _noted);
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
