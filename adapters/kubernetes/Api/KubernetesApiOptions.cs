namespace Ebb.Kubernetes.Api;

/// <summary>How long to wait and how often to try. No value is infinite.</summary>
public sealed record KubernetesApiOptions
{
    /// <summary>A connection must be established within this; default 3 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>One attempt of a read or write must be answered within this; default 5 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>All attempts of one write together; default 10 s.</summary>
    public TimeSpan WriteDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A write that the server keeps while it answers others is waited for so long: a webhook has 10 s by default
    /// before the server says that it does not answer, and which one it is; default 14 s.
    /// </summary>
    public TimeSpan WritePatience { get; init; } = TimeSpan.FromSeconds(14);

    /// <summary>All attempts of one read together; default 10 s.</summary>
    public TimeSpan ReadDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>One page of a list, retries included; default 60 s, the API server's own bound.</summary>
    public TimeSpan ListDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Objects in a page of a list; default 500.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>
    /// The server is asked to end a watch after a random time from this to one and a half of it; default 5 min.
    /// </summary>
    public TimeSpan WatchFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>No list and no watch begins before this task has completed; default: at once.</summary>
    public Task Begin { get; init; } = Task.CompletedTask;

    /// <summary>Attempts of one request at most, whatever time is left; default 8.</summary>
    public int Attempts { get; init; } = 8;

    /// <summary>A number from 0 (included) to 1 (excluded) that spreads retries; default random.</summary>
    public Func<double> Chance { get; init; } = Random.Shared.NextDouble;
}
