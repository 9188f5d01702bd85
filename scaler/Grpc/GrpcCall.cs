using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Ebb.Scaler.Grpc.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Http.Features;

namespace Ebb.Scaler.Grpc;

/// <summary>
/// One call on one HTTP/2 stream. Its token, and with it a timer, exists only when somebody asks for it. Never used again after its
/// end: a handler may still hold it.
/// </summary>
internal sealed class GrpcCall(
    HttpContext http,
    GrpcOptions options,
    TimeProvider time,
    Waiting waiting,
    CancellationToken stopping
) : ServerCallContext, IDisposable
{
    private const int CancelCode = 8;

    // Few calls make a token, so one lock does for all of them.
    private static readonly Lock Making = new();
    private long? _deadline;
    private CancellationTokenSource? _clock;
    private CancellationTokenSource? _ended;

    public static Status TooLate => new(StatusCode.DeadlineExceeded, "the deadline has come");

    public override string Method => http.Request.Path.Value ?? "";

    public override string Peer =>
        http.Connection.RemoteIpAddress is { } address ? $"{address}:{http.Connection.RemotePort}" : "";

    public bool Aborted => http.RequestAborted.IsCancellationRequested;

    public bool Stopping => stopping.IsCancellationRequested;

    /// <summary>The client's deadline has come.</summary>
    public bool Over =>
        (_deadline is { } deadline && time.GetTimestamp() >= deadline) || _clock?.IsCancellationRequested == true;

    public override CancellationToken CancellationToken
    {
        get
        {
            lock (Making)
            {
                if (_ended is not null)
                    return _ended.Token;
                if (Left is { } left)
                    _clock = new CancellationTokenSource(left, time);
                _ended = CancellationTokenSource.CreateLinkedTokenSource(
                    http.RequestAborted,
                    stopping,
                    _clock?.Token ?? CancellationToken.None
                );
                return _ended.Token;
            }
        }
    }

    private TimeSpan? Left
    {
        get
        {
            if (_deadline is not { } deadline)
                return null;
            var left = TimeSpan.FromSeconds((deadline - time.GetTimestamp()) / (double)time.TimestampFrequency);
            return left <= TimeSpan.Zero ? TimeSpan.Zero : left;
        }
    }

    public void Until(TimeSpan? timeout)
    {
        if (timeout is { } span)
            _deadline = time.GetTimestamp() + (long)Math.Ceiling(span.TotalSeconds * time.TimestampFrequency);
    }

    public void ThrowIfOver()
    {
        if (Over)
            throw new RpcException(TooLate);
    }

    /// <summary>The one message of the request; it has ended then.</summary>
    public ValueTask<MessageFrame> ReadAsync(MessageEncoding encoding)
    {
        var reader = http.Request.BodyReader;
        return
            reader.TryRead(out var result)
            && MessageReader.TryTake(reader, result, encoding, options.MaxReceiveMessageSize, out var frame)
            ? ValueTask.FromResult(frame)
            : ReadLaterAsync(reader, encoding);
    }

    /// <summary>The next of those whose request has not ended; theirs to set.</summary>
    public GrpcCall? NextWaiting { get; set; }

    /// <summary>The one before; theirs to set.</summary>
    public GrpcCall? BeforeWaiting { get; set; }

    /// <summary>It is one of them; theirs to set.</summary>
    public bool Waits { get; set; }

    /// <summary>When the request must have ended, as a timestamp of the time that the server was given.</summary>
    public long WaitsUntil { get; private set; }

    /// <summary>Ends the wait for the rest of the request.</summary>
    public void GiveUp() => http.Request.BodyReader.CancelPendingRead();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<MessageFrame> ReadLaterAsync(PipeReader reader, MessageEncoding encoding)
    {
        var entered = false;
        try
        {
            while (true)
            {
                var read = reader.ReadAsync(CancellationToken.None);
                if (!read.IsCompleted && !entered)
                {
                    entered = true;
                    var patience = Left is { } left && left < options.RequestWithin ? left : options.RequestWithin;
                    WaitsUntil =
                        time.GetTimestamp() + (long)Math.Ceiling(patience.TotalSeconds * time.TimestampFrequency);
                    waiting.Enter(this);
                }

                var result = await read;
                if (result.IsCanceled)
                    throw new RpcException(
                        Over
                            ? TooLate
                            : new Status(
                                StatusCode.DeadlineExceeded,
                                $"the request did not end within {options.RequestWithin.TotalSeconds:0.#} s"
                            )
                    );
                if (MessageReader.TryTake(reader, result, encoding, options.MaxReceiveMessageSize, out var frame))
                    return frame;
            }
        }
        finally
        {
            if (entered)
                waiting.Leave(this);
        }
    }

    public async Task<T> WithinBounds<T>(Task<T> answer)
    {
        try
        {
            return await answer.WaitAsync(options.AnswerWithin, time, CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new RpcException(
                new Status(StatusCode.Unavailable, $"no answer within {options.AnswerWithin.TotalSeconds:0.#} s")
            );
        }
    }

    public Task OpenAsync() => http.Response.StartAsync(CancellationToken);

    public void Write(IMessage message) => MessageWriter.Write(http.Response.BodyWriter, message);

    /// <summary>An answer that has its prefix already.</summary>
    public void Write(byte[] framed)
    {
        var writer = http.Response.BodyWriter;
        framed.CopyTo(writer.GetSpan(framed.Length));
        writer.Advance(framed.Length);
    }

    /// <summary>Calls back when Kestrel has sent all of the response.</summary>
    public void OnSent(Func<object, Task> callback, object state) => http.Response.OnCompleted(callback, state);

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var flush = http.Response.BodyWriter.FlushAsync(CancellationToken.None);
        if (!flush.IsCompleted)
        {
            // Whoever keeps its window closed is told CANCEL; a flush that is cancelled by itself would say INTERNAL_ERROR.
            await using var cut = cancellationToken.UnsafeRegister(static of => ((GrpcCall)of!).Reset(), this);
            var late = await flush;
            if (late.IsCompleted || late.IsCanceled)
                throw new OperationCanceledException();
            return;
        }

        var flushed = flush.Result;
        if (flushed.IsCompleted || flushed.IsCanceled)
            throw new OperationCanceledException();
    }

    /// <summary>Trailers; when nothing was sent yet, the response's headers take their place.</summary>
    public void End(Status status)
    {
        // Nothing of an answer that was begun may precede a refusal.
        var trailersOnly = !http.Response.HasStarted && status.StatusCode != StatusCode.OK;
        if (trailersOnly)
        {
            GrpcHeaders.Put(http.Response.Headers, status);
            return;
        }

        if (http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers is { IsReadOnly: false } trailers)
            GrpcHeaders.Put(trailers, status);
    }

    /// <summary>Sees to it that a stream which was cut short really ends, with its window open or closed.</summary>
    public async Task PushEndAsync()
    {
        try
        {
            await http.Response.CompleteAsync().WaitAsync(options.TakeEndWithin, time);
            await Task.Delay(options.TakeEndWithin, time, http.RequestAborted);
        }
        catch (Exception ended) when (ended is TimeoutException or OperationCanceledException or IOException)
        {
            // It does not take the end, or went away: the reset says the rest.
        }

        Reset();
    }

    private void Reset() => http.Features.Get<IHttpResetFeature>()?.Reset(CancelCode);

    public void Dispose()
    {
        if (_ended is null)
            return;
        lock (Making)
        {
            _ended.Dispose();
            _clock?.Dispose();
        }
    }
}
