namespace Ebb.Engine.Http;

/// <summary>
/// Manifests may be large and many may come: so many are held at a time, from the first byte of the body to the answer.
/// </summary>
internal sealed class ManifestPlaces
{
    private const int Most = 2;
    private int _taken;

    /// <summary>Serves the request, or tells it to come again.</summary>
    public async Task TakeAsync(HttpContext context, Func<Task> serve)
    {
        try
        {
            if (Interlocked.Increment(ref _taken) > Most)
                await Problems.Busy(context).ExecuteAsync(context);
            else
                await serve();
        }
        finally
        {
            Interlocked.Decrement(ref _taken);
        }
    }
}
