namespace Ebb.Simulation;

/// <summary>What goes wrong with a request.</summary>
public abstract record Fault
{
    private Fault() { }

    /// <summary>An error answer; the request is not carried out.</summary>
    /// <param name="Code">HTTP status.</param>
    /// <param name="RetryAfterSeconds">For the Retry-After header.</param>
    /// <param name="Message">Null: the server's usual words for the code.</param>
    public sealed record Status(int Code, int? RetryAfterSeconds = null, string? Message = null) : Fault;

    /// <summary>409 Conflict, as if somebody else had always just been faster.</summary>
    public sealed record Conflict : Fault;

    /// <summary>The connection is cut before anything is done.</summary>
    public sealed record Reset : Fault;

    /// <summary>The request is carried out and the connection is cut in the middle of the answer.</summary>
    public sealed record ResetInAnswer : Fault;

    /// <summary>Nothing is said for so long (time on the wire), then the request is handled as usual.</summary>
    public sealed record Silence(TimeSpan For) : Fault;

    /// <summary>A body that is not JSON, with status 200.</summary>
    public sealed record Garbage(string Body) : Fault;
}
