using Ebb.Scaler.Grpc.Wire;

namespace Ebb.Scaler.Grpc;

/// <summary>
/// gRPC over the HTTP/2 of Kestrel: unary and server-streaming calls. Every call ends with a status, and a unary one in bounded time.
/// </summary>
internal sealed class GrpcServer(
    GrpcServices services,
    GrpcOptions options,
    TimeProvider time,
    ILogger<GrpcServer> log,
    IHostApplicationLifetime life
) : IDisposable
{
    private readonly Waiting _waiting = new(time);
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Tally _unknown = new();
    private int _open;

    /// <summary>Calls that have ended, by method and status; those to methods that there are not count as one.</summary>
    public IEnumerable<(string Method, StatusCode Code, long Count)> Calls =>
        services
            .All.Select(one => (one.Path, one.Method.Ended))
            .Append(("unknown", _unknown))
            .SelectMany(one => one.Item2.All.Select(counted => (one.Item1, counted.Code, counted.Count)));

    /// <summary>Calls open now, streams included.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>
    /// Once the process stops: completes when all calls have ended and their ends are sent, at the latest after
    /// <see cref="GrpcOptions.EndWithin"/>, since a client that reads nothing takes no end.
    /// </summary>
    public async Task QuietAsync(CancellationToken cancellationToken)
    {
        if (Open == 0)
            _quiet.TrySetResult();
        try
        {
            await _quiet.Task.WaitAsync(options.EndWithin, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Somebody does not take the end of a call; it has had its time.
        }
    }

    public void Dispose() => _waiting.Dispose();

    public Task HandleAsync(HttpContext http)
    {
        var request = http.Request;
        if (request.Method != HttpMethods.Post)
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = HttpMethods.Post;
            return Task.CompletedTask;
        }

        if (!GrpcHeaders.IsGrpc(request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }

        http.Response.ContentType = GrpcHeaders.ContentType;
        var call = new GrpcCall(http, options, time, _waiting, life.ApplicationStopping);
        if (!services.TryFind(request.Path.Value ?? "", out var method))
            return Refuse(call, null, StatusCode.Unimplemented, $"there is no method {request.Path.Value}");
        if (!GrpcHeaders.TryTimeout(request.Headers, out var timeout))
            return Refuse(
                call,
                method,
                StatusCode.Internal,
                "grpc-timeout is not 1 to 8 digits and one of H M S m u n"
            );
        if (!GrpcHeaders.TryEncoding(request.Headers, out var encoding))
        {
            http.Response.Headers[GrpcHeaders.AcceptEncoding] = GrpcHeaders.Encodings;
            return Refuse(
                call,
                method,
                StatusCode.Unimplemented,
                $"the encoding {request.Headers[GrpcHeaders.Encoding]} is not known"
            );
        }

        if (life.ApplicationStopping.IsCancellationRequested)
            return Refuse(call, method, StatusCode.Unavailable, "the scaler is stopping");
        if (Interlocked.Increment(ref _open) > options.MaxOpenCalls)
        {
            Interlocked.Decrement(ref _open);
            return Refuse(
                call,
                method,
                StatusCode.ResourceExhausted,
                $"more than {options.MaxOpenCalls} calls are open"
            );
        }

        call.Until(timeout);
        return RunAsync(call, method, encoding);
    }

    private Task Refuse(GrpcCall call, GrpcMethod? method, StatusCode code, string detail)
    {
        log.Refused(call.Method, call.Peer, code, detail);
        (method?.Ended ?? _unknown).Count(code);
        call.End(new Status(code, detail));
        return Task.CompletedTask;
    }

    private async Task RunAsync(GrpcCall call, GrpcMethod method, MessageEncoding encoding)
    {
        try
        {
            var status = Status.DefaultSuccess;
            try
            {
                call.ThrowIfOver();
                await method.HandleAsync(await call.ReadAsync(encoding), call);
                // A stream whose deadline has come ends so, also when its handler ended in good order.
                if (method.Lasts && call.Over)
                    status = GrpcCall.TooLate;
            }
            catch (RpcException refusal)
            {
                status = refusal.Status;
            }
            catch (Exception) when (call.Aborted)
            {
                // The client went away: there is nobody to tell.
                return;
            }
            catch (OperationCanceledException) when (call.Over)
            {
                status = GrpcCall.TooLate;
            }
            catch (OperationCanceledException) when (call.Stopping)
            {
                if (!method.Lasts)
                    status = new Status(StatusCode.Unavailable, "the scaler is stopping");
            }
#pragma warning disable CA1031 // Whatever a handler throws becomes a status here, and is logged; what it says may be nobody's business.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                log.HandlerFailed(call.Method, fault);
                status = new Status(StatusCode.Unknown, "the handler failed");
            }

            // What a trigger asks wrongly is told once where it is found, not at each poll.
            if (status.StatusCode is StatusCode.Internal or StatusCode.ResourceExhausted)
                log.Refused(call.Method, call.Peer, status.StatusCode, status.Detail);
            method.Ended.Count(status.StatusCode);
            call.End(status);
            if (call.Over)
                await call.PushEndAsync();
        }
        finally
        {
            // While the process stops a call counts until its end is on the wire, so that nothing is cut off.
            if (call.Stopping)
                call.OnSent(static server => ((GrpcServer)server).Sent(), this);
            else
                Ended();
            call.Dispose();
        }
    }

    private Task Sent()
    {
        Ended();
        return Task.CompletedTask;
    }

    private void Ended()
    {
        if (Interlocked.Decrement(ref _open) == 0 && life.ApplicationStopping.IsCancellationRequested)
            _quiet.TrySetResult();
    }
}
