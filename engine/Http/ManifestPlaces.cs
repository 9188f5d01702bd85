namespace Ebb.Engine.Http;

/// <summary>
/// Manifests may be large and many may come: one of each caller and few in all are held at a time, from the first byte
/// of the body to the answer.
/// </summary>
internal sealed class ManifestPlaces
{
    private const int Most = 2;
    private readonly HashSet<string> _callers = new(StringComparer.Ordinal);

    /// <summary>Serves the request, or tells it to come again.</summary>
    public async Task TakeAsync(HttpContext context, string caller, Func<Task> serve)
    {
        bool isTaken;
        lock (_callers)
            isTaken = _callers.Count < Most && _callers.Add(caller);
        if (!isTaken)
        {
            await Problems.Busy(context).ExecuteAsync(context);
            return;
        }
        try
        {
            await serve();
        }
        finally
        {
            lock (_callers)
                _callers.Remove(caller);
        }
    }
}
