namespace Ebb.Simulation.Faults;

/// <summary>A fault of the API server in one request.</summary>
public abstract record Fault
{
    private Fault() { }

    /// <summary>An error answer; the request is not carried out.</summary>
    /// <param name="Code">HTTP status.</param>
    /// <param name="RetryAfterSeconds">For the Retry-After header.</param>
    /// <param name="Message">Null: the server's usual message for the code.</param>
    public sealed record ErrorStatus(int Code, int? RetryAfterSeconds = null, string? Message = null) : Fault;

    /// <summary>409 Conflict, as if another writer had been first.</summary>
    public sealed record Conflict : Fault;

    /// <summary>The connection is cut before anything is done.</summary>
    public sealed record Reset : Fault;

    /// <summary>The request is carried out and the connection is cut in the middle of the answer.</summary>
    public sealed record ResetInAnswer : Fault;

    /// <summary>
    /// The request waits for so long (real time unless WireTime says otherwise), then is handled as usual.
    /// </summary>
    public sealed record Delay(TimeSpan For) : Fault;

    /// <summary>A body that is not JSON, with status 200.</summary>
    public sealed record InvalidBody(string Body) : Fault;
}
