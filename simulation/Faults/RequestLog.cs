namespace Ebb.Simulation.Faults;

/// <summary>One API request as the server saw it.</summary>
/// <param name="Status">0 while it is being answered, and when the connection was cut instead of answered.</param>
/// <param name="BodySize">Bytes of the request's body.</param>
/// <param name="At">Virtual time at which the request arrived.</param>
public sealed record LoggedRequest(
    long Number,
    string Method,
    string Path,
    string Query,
    string UserAgent,
    int Status,
    int BodySize,
    DateTimeOffset At
)
{
    /// <summary>True for POST, PUT, PATCH and DELETE.</summary>
    public bool IsWrite => Method is not ("GET" or "HEAD" or "OPTIONS");
}

/// <summary>Every API request, oldest first. Bounded: the oldest are dropped, the count is not.</summary>
public sealed class RequestLog
{
    private const int Limit = 50_000;

    private readonly Lock sync = new();
    private readonly LinkedList<LoggedRequest> requests = new();
    private long count;

    /// <summary>How many requests have come since the start or the last <see cref="Clear"/>.</summary>
    public long Count
    {
        get
        {
            lock (sync)
            {
                return count;
            }
        }
    }

    public IReadOnlyList<LoggedRequest> All
    {
        get
        {
            lock (sync)
            {
                return [.. requests];
            }
        }
    }

    public int CountOf(Func<LoggedRequest, bool> wanted)
    {
        lock (sync)
        {
            return requests.Count(wanted);
        }
    }

    public void Clear()
    {
        lock (sync)
        {
            requests.Clear();
            count = 0;
        }
    }

    internal LinkedListNode<LoggedRequest> Begin(
        string method,
        string path,
        string query,
        string agent,
        DateTimeOffset at
    )
    {
        lock (sync)
        {
            var node = requests.AddLast(new LoggedRequest(++count, method, path, query, agent, 0, 0, at));
            if (requests.Count > Limit)
            {
                requests.RemoveFirst();
            }

            return node;
        }
    }

    internal void Note(LinkedListNode<LoggedRequest> node, int? status = null, int? bodySize = null)
    {
        lock (sync)
        {
            node.Value = node.Value with
            {
                Status = status ?? node.Value.Status,
                BodySize = bodySize ?? node.Value.BodySize,
            };
        }
    }
}
