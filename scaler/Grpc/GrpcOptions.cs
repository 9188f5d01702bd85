namespace Ebb.Scaler.Grpc;

/// <summary>The bounds of every call.</summary>
internal sealed record GrpcOptions
{
    /// <summary>The largest message that is read, in bytes, also after it was decompressed (4 MiB).</summary>
    public int MaxReceiveMessageSize { get; init; } = 4 << 20;

    /// <summary>A request must be there completely within this, whatever its own deadline; default 10 s.</summary>
    public TimeSpan RequestWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A unary call is answered within this or with UNAVAILABLE: a scaler that hangs stalls every HPA of the cluster. Default 2 s.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Calls open at one time, streams included; more are RESOURCE_EXHAUSTED. Default 50,000, about 10 KiB each.</summary>
    public int MaxOpenCalls { get; init; } = 50_000;

    /// <summary>
    /// How long a client has to take the end of a call that was cut short, before its stream is reset: a closed flow-control window
    /// would hold it back for ever. Default 100 ms.
    /// </summary>
    public TimeSpan TakeEndWithin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long calls have to end when the process stops, before their connections are closed. Default 1 s.</summary>
    public TimeSpan EndWithin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a client has to hang up after that, when the process stops. Default 1 s.</summary>
    public TimeSpan HangUpWithin { get; init; } = TimeSpan.FromSeconds(1);
}
