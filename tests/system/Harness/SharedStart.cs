namespace Ebb.Tests.Harness;

/// <summary>One start for several tests. One that failed is not kept: the next test starts again.</summary>
internal sealed class SharedStart<T>(Func<Task<T>> start)
    where T : class
{
    private readonly Lock _lock = new();
    private Task<T>? _started;

    public Task<T> GetAsync()
    {
        lock (_lock)
        {
            if (_started is null or { IsFaulted: true } or { IsCanceled: true })
                _started = start();
            return _started;
        }
    }
}
