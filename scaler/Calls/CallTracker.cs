using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Ebb.Scaler.Calls;

/// <summary>
/// Stands in front of every gRPC method: counts calls, bounds how many are open and how long a request may take to
/// arrive, and ends
/// the open ones when the process stops.
/// </summary>
internal sealed class CallTracker(CallLimits limits, ILogger<CallTracker> log) : IDisposable
{
    private const int CancelCode = 8;
    private readonly ConcurrentDictionary<string, CallCounts> _ended = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;
    private int _most;

    /// <summary>
    /// Calls that have ended, by method and status; those to methods that do not exist count as one method.
    /// </summary>
    public IEnumerable<(string Method, StatusCode Code, long Count)> Ended =>
        _ended.SelectMany(method => method.Value.All.Select(counted => (method.Key, counted.Code, counted.Count)));

    /// <summary>Calls open now, streams included.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Calls open now, and the most that were since this was asked last.</summary>
    public (int Now, int Most) TakeMost()
    {
        var now = Open;
        return (now, Math.Max(now, Interlocked.Exchange(ref _most, now)));
    }

    /// <summary>To be applied to every endpoint that gRPC maps.</summary>
    public void Track(EndpointBuilder endpoint)
    {
        var handle = endpoint.RequestDelegate!;
        var method = endpoint.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault()?.Method;
        var ended = _ended.GetOrAdd(method?.FullName ?? "unknown", _ => new CallCounts());
        endpoint.RequestDelegate = method?.Type switch
        {
            null or MethodType.Unary => http => UnaryAsync(http, handle, ended),
            MethodType.ServerStreaming => http => StreamAsync(http, handle, ended, arrives: true),
            _ => http => StreamAsync(http, handle, ended, arrives: false),
        };
    }

    /// <summary>
    /// Ends streams with OK and refuses new calls. Completes when no call is open, at the latest after
    /// <see cref="CallLimits.StopTimeout"/>.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        _stop.TrySetResult();
        if (Open == 0)
            return;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limits.StopTimeout);
        await _idle.Task.WaitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private Task UnaryAsync(HttpContext http, RequestDelegate handle, CallCounts ended)
    {
        if (!TryEnter(http, ended))
            return Task.CompletedTask;
        var call = HasArrived(http.Request.BodyReader) ? handle(http) : LateAsync(http, handle);
        if (!call.IsCompletedSuccessfully)
            return LeaveAfterAsync(http, call, ended);
        Leave(http, ended);
        return call;
    }

    private async Task LateAsync(HttpContext http, RequestDelegate handle)
    {
        if (await ArrivesAsync(http))
            await handle(http);
    }

    private async Task LeaveAfterAsync(HttpContext http, Task call, CallCounts ended)
    {
        try
        {
            await call;
        }
        finally
        {
            Leave(http, ended);
        }
    }

    private async Task StreamAsync(HttpContext http, RequestDelegate handle, CallCounts ended, bool arrives)
    {
        if (!TryEnter(http, ended))
            return;
        try
        {
            if (arrives && !await ArrivesAsync(http))
                return;
            // What a handler waits for ends with the call and with the process.
            using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stopping.Token);
            http.RequestAborted = end.Token;
            var call = handle(http);
            if (await Task.WhenAny(call, _stop.Task) != call || _stop.Task.IsCompleted)
                await EndAsync(http, call);
            await call;
        }
        finally
        {
            Leave(http, ended);
        }
    }

    // A client that keeps its flow-control window closed would hold up the end of its stream for ever.
    private async Task EndAsync(HttpContext http, Task call)
    {
        var timeout = Task.Delay(limits.EndTimeout);
        if (await Task.WhenAny(call, timeout) == call)
            await http.Response.CompleteAsync();
        await timeout;
        http.Features.Get<IHttpResetFeature>()?.Reset(CancelCode);
    }

    // Most requests have: their message comes in the same packet as their headers.
    private static bool HasArrived(PipeReader body)
    {
        try
        {
            if (!body.TryRead(out var read))
                return false;
            body.AdvanceTo(read.Buffer.Start);
            return read.IsCompleted;
        }
        catch (IOException)
        {
            // The client reset the stream: whoever waits for the rest of the request finds the same.
            return false;
        }
    }

    /// <summary>Waits for the end of the request. False: it did not come, and the call has ended.</summary>
    private async Task<bool> ArrivesAsync(HttpContext http)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        timeout.CancelAfter(limits.RequestTimeout);
        var body = http.Request.BodyReader;
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(timeout.Token);
                // A message that is too large is refused from its prefix by whoever reads it.
                var whole = read.IsCompleted || read.Buffer.Length > limits.MaxMessageSize;
                body.AdvanceTo(read.Buffer.Start, whole ? read.Buffer.Start : read.Buffer.End);
                if (whole)
                    return true;
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            Refuse(
                http,
                _stopping.IsCancellationRequested ? StatusCode.Unavailable : StatusCode.DeadlineExceeded,
                _stopping.IsCancellationRequested
                    ? "the scaler is stopping"
                    : $"the request did not arrive within {limits.RequestTimeout.TotalSeconds:0.#} s"
            );
            return false;
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client reset the stream or closed the connection: nobody is left to be answered.
            return false;
        }
    }

    private bool TryEnter(HttpContext http, CallCounts ended)
    {
        var open = Interlocked.Increment(ref _open);
        // One that is overtaken by another here is missed, which moves nothing.
        if (open > Volatile.Read(ref _most))
            Volatile.Write(ref _most, open);
        if (open <= limits.MaxOpenCalls && !_stopping.IsCancellationRequested)
            return true;
        if (_stopping.IsCancellationRequested)
            Refuse(http, StatusCode.Unavailable, "the scaler is stopping");
        else
            Refuse(http, StatusCode.ResourceExhausted, $"more than {limits.MaxOpenCalls} calls are open");
        Leave(http, ended);
        return false;
    }

    private static void Refuse(HttpContext http, StatusCode code, string why)
    {
        http.Response.ContentType = "application/grpc";
        http.Response.Headers.GrpcStatus = ((int)code).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.GrpcMessage = why;
    }

    private void Leave(HttpContext http, CallCounts ended)
    {
        var (code, why) = StatusOf(http);
        ended.Add(code);
        // What a trigger asks wrongly is reported where it is found, once and not at each poll.
        if (code is StatusCode.Internal or StatusCode.ResourceExhausted or StatusCode.Unimplemented)
            log.CallRefused(
                http.Request.Path,
                $"{http.Connection.RemoteIpAddress}:{http.Connection.RemotePort}",
                code,
                why
            );
        if (Interlocked.Decrement(ref _open) == 0 && _stopping.IsCancellationRequested)
            _idle.TrySetResult();
    }

    private static (StatusCode Code, string Why) StatusOf(HttpContext http)
    {
        if (http.Features.Get<IServerCallContextFeature>()?.ServerCallContext.Status is { } status)
            return status.StatusCode == StatusCode.Unknown && http.RequestAborted.IsCancellationRequested
                ? (StatusCode.Cancelled, "")
                : (status.StatusCode, status.Detail ?? "");
        // Refused before it reached its method, or nothing was answered since the client went away.
        return int.TryParse(http.Response.Headers.GrpcStatus, CultureInfo.InvariantCulture, out var code)
            ? ((StatusCode)code, http.Response.Headers.GrpcMessage.ToString())
            : (StatusCode.Cancelled, "");
    }
}
