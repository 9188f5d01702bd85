using Ebb.Core.Ports;
using Ebb.Engine.Clocks;

namespace Ebb.Engine.Loops;

/// <summary>
/// Whether this replica acts: it holds the Lease, and what Ebb remembers was listed after this term began. A watch that
/// was cut off without a word would tell of a hold that was released, or not tell of one. Safe from several threads.
/// </summary>
internal sealed class LeadingTerm(ILeadership leadership, ICluster cluster, EngineClocks clocks) : IDisposable
{
    /// <summary>A turn waits for the lists no longer.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A server that takes the Lease and does not list is not waited for longer: an outage would go by. What the
    /// watches tell counts then, and it is told as a trouble.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private (object Term, Task Read, long Since)? _asked;
    private object? _begun;
    private volatile bool _blind;

    /// <summary>The term in which it acts, compared by reference; null: it does not act.</summary>
    public object? Current
    {
        get
        {
            var term = leadership.Term;
            lock (_lock)
                return ReferenceEquals(term, _begun) ? term : null;
        }
    }

    /// <summary>Whether this replica acts.</summary>
    public bool Acts => Current is not null;

    /// <summary>What a person should know; null: nothing.</summary>
    public string? Trouble =>
        _blind && Acts
            ? "what people ask could not be listed when this replica began to lead: what its watches told counts"
            : null;

    /// <summary>Begins a term that was not begun yet, as far as that can be done now.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (leadership.Term is not { } term)
            return;
        (object Term, Task Read, long Since) asked;
        lock (_lock)
        {
            if (ReferenceEquals(term, _begun))
                return;
            if (_asked is not { } before || !ReferenceEquals(before.Term, term))
                _asked = (term, cluster.ReadMemoryAgainAsync(_stop.Token), clocks.Deadlines.GetTimestamp());
            asked = _asked.Value;
        }

        try
        {
            await asked.Read.WaitAsync(LongestWait, clocks.Deadlines, cancellationToken);
        }
        catch (TimeoutException) when (clocks.Deadlines.GetElapsedTime(asked.Since) < Patience)
        {
            return;
        }
        catch (TimeoutException)
        {
            // Decided on what is known, below.
        }

        lock (_lock)
            (_begun, _blind) = (term, !asked.Read.IsCompletedSuccessfully);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }
}
