namespace Ebb.Tests.Harness;

/// <summary>One start for several tests. One that failed is not kept: the next test starts again.</summary>
internal sealed class SharedStart<T>(Func<Task<T>> start)
    where T : class
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private T? _started;

    public async Task<T> GetAsync()
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _started ??= await start();
        }
        finally
        {
            _gate.Release();
        }
    }
}
