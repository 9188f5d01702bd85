using Ebb.Simulation.Access;
using Ebb.Simulation.Faults;
using Ebb.Simulation.Rules;
using Ebb.Simulation.World;
using Microsoft.AspNetCore.Http;

namespace Ebb.Simulation.Api;

/// <summary>Parses a request, injects faults, authenticates and authorizes it, and passes it to its verb.</summary>
internal sealed class ApiServer(
    Registry registry,
    ControlPlane plane,
    Authorizer authorizer,
    RequestLog log,
    FaultInjector faults,
    TimeProvider wire
) : IDisposable
{
    private readonly Lists lists = new(registry);
    private readonly Routes routes = new(registry);
    private readonly AdmissionWebhooks webhooks = new(registry);
    private readonly ConversionWebhooks conversions = new(registry);
    private CancellationTokenSource cut = new();

    public string Address { get; set; } = "";

    private Verbs Verbs => field ??= new Verbs(registry, lists, authorizer.TokenFor);

    private PlainPaths PlainPaths =>
        field ??= new PlainPaths(registry, authorizer, new OpenApi(registry.Catalogue, registry.Clock), () => Address);

    private FaultResponses FaultResponses => field ??= new FaultResponses(routes, wire);

    private Watches Watches => field ??= new Watches(registry, lists, wire);

    /// <summary>Ends every open connection at once.</summary>
    public void CutAll()
    {
        var old = Interlocked.Exchange(ref cut, new CancellationTokenSource());
        old.Cancel();
    }

    public void Dispose() => cut.Dispose();

    public async Task Handle(HttpContext http)
    {
        var request = http.Request;
        var entry = log.Begin(
            request.Method,
            request.Path.Value ?? "",
            request.QueryString.Value ?? "",
            request.Headers.UserAgent.ToString(),
            registry.Clock.GetUtcNow()
        );
        var call = new Call(http);
        http.Response.Headers.CacheControl = "no-cache, private";
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, cut.Token);
        try
        {
            if (faults.CutOff)
            {
                http.Abort();
                return;
            }

            call.Body = await Body(request, ended.Token);
            log.Note(entry, bodySize: call.Body.Length);
            if (!Hook(faults.BeforeRequest, entry.Value, http))
            {
                return;
            }

            var fault = faults.For(entry.Value);
            if (fault is not null && await FaultResponses.Befalls(call, fault, ended.Token))
            {
                return;
            }

            await Dispatch(call, entry, fault, ended.Token);
        }
        catch (Failure failure)
        {
            if (!http.Response.HasStarted)
            {
                await call.Answer(failure);
            }
        }
        catch (OperationCanceledException)
        {
            http.Abort();
        }
        finally
        {
            log.Note(
                entry,
                status: http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted
                    ? 0
                    : http.Response.StatusCode
            );
        }
    }

    // The real server's limit for the body of a request.
    private static async Task<byte[]> Body(HttpRequest request, CancellationToken stop)
    {
        const int Limit = 3 * 1024 * 1024;
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (request.ContentLength is not > Limit && buffer.Length <= Limit)
        {
            var read = await request.Body.ReadAsync(chunk, stop);
            if (read == 0)
            {
                return buffer.ToArray();
            }

            buffer.Write(chunk, 0, read);
        }

        throw new Failure(413, "RequestEntityTooLarge", $"Request entity too large: limit is {Limit}");
    }

    private async Task Dispatch(Call call, LinkedListNode<LoggedRequest> entry, Fault? fault, CancellationToken stop)
    {
        call.User = authorizer.Authenticate(call.Http.Request.Headers.Authorization.ToString());
        if (await PlainPaths.Answers(call))
        {
            return;
        }

        if (!routes.Find(call))
        {
            await call.AnswerText(404, "404 page not found\n");
            return;
        }

        lock (registry.Store.SyncLock)
        {
            authorizer.Check(call);
            call.MayDelete = authorizer.MayDelete(call);
        }

        call.Wanted = Negotiation.Choose(call.Http.Request.Headers.Accept.ToString(), call.Type.IsCustom);
        if (call.Verb == "watch")
        {
            await Watches.Run(call, stop);
            return;
        }

        Reply reply;
        lock (registry.Store.SyncLock)
        {
            conversions.Check(call);
            webhooks.Check(call);
            // The answer has the object as it was written; the controllers act afterwards.
            reply = call.Verb switch
            {
                "get" => Verbs.Get(call),
                "list" => lists.List(call),
                "create" => Verbs.Create(call),
                "update" => Verbs.Update(call),
                "patch" => Verbs.Patch(call),
                "delete" => Verbs.Delete(call),
                "deletecollection" => Verbs.DeleteCollection(call),
                _ => throw Failure.MethodNotAllowed(),
            };
            plane.Run();
        }

        if (!Hook(faults.AfterApplied, entry.Value, call.Http))
        {
            return;
        }

        foreach (var warning in reply.Warnings)
        {
            call.Http.Response.Headers.Append(
                "Warning",
                $"299 - \"{warning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            );
        }

        if (fault is Fault.ResetInAnswer)
        {
            call.Http.Response.StatusCode = reply.Status;
            call.Http.Response.ContentLength = reply.Body.Length;
            await call.Http.Response.Body.WriteAsync(reply.Body[..(reply.Body.Length / 2)], stop);
            await call.Http.Response.Body.FlushAsync(stop);
            call.Http.Abort();
            return;
        }

        await call.Answer(reply.Status, reply.Body, reply.ContentType);
    }

    private static bool Hook(Action<LoggedRequest>? hook, LoggedRequest request, HttpContext http)
    {
        if (hook is null)
        {
            return true;
        }

        try
        {
            hook(request);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The hook asked for the connection to be cut.
            http.Abort();
            return false;
        }

        // A hook may have cut the connection itself.
        return !http.RequestAborted.IsCancellationRequested;
    }
}
