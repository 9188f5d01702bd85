namespace Ebb.Scaler.Calls;

/// <summary>The bounds of every gRPC call.</summary>
internal sealed record CallLimits
{
    /// <summary>
    /// The largest message that is read, also after decompression. Bytes, 256 KiB by default: a ScaledObject is at most
    /// 1.5 MiB in
    /// etcd and its triggers a few KiB, and a whole message must fit into the stream's flow-control window of 768 KiB.
    /// </summary>
    public int MaxMessageSize { get; init; } = 256 << 10;

    /// <summary>A request must have arrived whole within this. Default 10 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Calls open at one time, streams included. Default 50,000, about 10 KiB each.</summary>
    public int MaxOpenCalls { get; init; } = 50_000;

    /// <summary>
    /// How long open calls have to end when the process stops, before their connections are closed. Default 1 s.
    /// </summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a client has to take the end of a stream when the process stops, before the stream is reset. Default
    /// 100 ms.
    /// </summary>
    public TimeSpan EndTimeout { get; init; } = TimeSpan.FromMilliseconds(100);
}
