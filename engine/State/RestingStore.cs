using Ebb.Core.Ports;
using Ebb.Nut;

namespace Ebb.Engine.State;

/// <summary>
/// A store that could not be asked is left alone for a while: it says at once what it said last, so that nobody who
/// remembers on
/// the way to something else waits for it over and over.
/// </summary>
internal sealed class RestingStore(IStateStore store, TimeProvider time) : IStateStore
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private volatile Fault? _fault;

    public long? Version => store.Version;

    public Task<StateEntry?> GetAsync(string key, CancellationToken cancellationToken) =>
        AskAsync(() => store.GetAsync(key, cancellationToken), cancellationToken);

    public Task<string> PutAsync(string key, string json, string? etag, CancellationToken cancellationToken) =>
        AskAsync(() => store.PutAsync(key, json, etag, cancellationToken), cancellationToken);

    public Task DeleteAsync(string key, string? etag, CancellationToken cancellationToken) =>
        AskAsync(
            async () =>
            {
                await store.DeleteAsync(key, etag, cancellationToken);
                return true;
            },
            cancellationToken
        );

    public Task<IReadOnlyList<StateEntry>> ListAsync(string prefix, CancellationToken cancellationToken) =>
        AskAsync(() => store.ListAsync(prefix, cancellationToken), cancellationToken);

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        if (_fault is { } fault && time.GetElapsedTime(fault.At) < Rest)
            throw new StateStoreException($"{fault.Message} (asked again soon)");
        try
        {
            var answer = await ask();
            _fault = null;
            return answer;
        }
        catch (StateConflictException)
        {
            _fault = null;
            throw;
        }
        catch (StateStoreException failure)
        {
            _fault = new Fault(time.GetTimestamp(), failure.Message);
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller lost patience: the next one should not lose it too.
            _fault = new Fault(time.GetTimestamp(), "the state store did not answer in time");
            throw;
        }
    }

    private sealed record Fault(long At, string Message);
}
