namespace Ebb.Engine.Schedules;

/// <summary>
/// So many manifests are parsed at a time, each on a thread of its own: documents from outside must not take the threads
/// on which the UPS is polled and the lease renewed.
/// </summary>
internal sealed class PreviewPlaces : IDisposable
{
    private const int Most = 2;
    private readonly SemaphoreSlim _places = new(Most);

    /// <summary>What the answer is, or null: all places are taken.</summary>
    public async Task<T?> TryAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
        where T : class
    {
        if (!await _places.WaitAsync(0, cancellationToken))
            return null;
        try
        {
            return await Task
                .Factory.StartNew(
                    work,
                    cancellationToken,
                    TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
                    TaskScheduler.Default
                )
                .Unwrap();
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}
