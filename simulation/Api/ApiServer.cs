using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Simulation.Access;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.World;
using Microsoft.AspNetCore.Http;

namespace Ebb.Simulation.Api;

/// <summary>Takes a request apart, lets the faults at it, asks who it is, and hands it to a verb.</summary>
internal sealed class ApiServer(
    Registry registry,
    ControlPlane plane,
    Authorizer authorizer,
    RequestLog log,
    FaultInjector faults,
    TimeProvider wire) : IDisposable
{
    private readonly Lists lists = new(registry);
    private readonly OpenApi openApi = new(registry.Catalogue);
    private CancellationTokenSource cut = new();

    public string Address { get; set; } = "";

    private Verbs Verbs => field ??= new Verbs(registry, lists);

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
        var entry = log.Begin(request.Method, request.Path.Value ?? "", request.QueryString.Value ?? "", request.Headers.UserAgent.ToString(), registry.Clock.GetUtcNow());
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

            using (var buffer = new MemoryStream())
            {
                await request.Body.CopyToAsync(buffer, ended.Token);
                call.Body = buffer.ToArray();
            }

            log.Note(entry, bodySize: call.Body.Length);
            if (!Hook(faults.BeforeRequest, entry.Value, http))
            {
                return;
            }

            var fault = faults.For(entry.Value);
            if (fault is not null && await Misbehave(call, fault, ended.Token))
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
            log.Note(entry, status: http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted ? 0 : http.Response.StatusCode);
        }
    }

    private async Task Dispatch(Call call, LinkedListNode<ApiRequest> entry, Fault? fault, CancellationToken stop)
    {
        call.User = authorizer.Authenticate(call.Http.Request.Headers.Authorization.ToString());
        if (await Plain(call))
        {
            return;
        }

        if (!Route(call))
        {
            await call.AnswerText(404, "404 page not found\n");
            return;
        }

        lock (registry.Store.Gate)
        {
            authorizer.Check(call);
        }

        call.Wanted = Negotiation.Choose(call.Http.Request.Headers.Accept.ToString());
        if (call.Verb == "watch")
        {
            await Watches.Run(call, stop);
            return;
        }

        Reply reply;
        lock (registry.Store.Gate)
        {
            // The answer shows the object as written; the controllers act on it right after.
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
            call.Http.Response.Headers.Append("Warning", $"299 - \"{warning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
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

    private static bool Hook(Action<ApiRequest>? hook, ApiRequest request, HttpContext http)
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
            // The hook says: this client is dead.
            http.Abort();
            return false;
        }

        // A hook may have killed the client in its own way, by cutting it off.
        return !http.RequestAborted.IsCancellationRequested;
    }

    // True: the fault was all there is to this request.
    private async Task<bool> Misbehave(Call call, Fault fault, CancellationToken stop)
    {
        switch (fault)
        {
            case Fault.Silence silence:
                await Task.Delay(silence.For, wire, stop);
                return false;
            case Fault.Reset:
                call.Http.Abort();
                return true;
            case Fault.Garbage garbage:
                await call.AnswerText(200, garbage.Body);
                return true;
            case Fault.Conflict:
                throw Route(call) && call.Type is not null
                    ? Failure.Conflict(call.Type, call.Name)
                    : new Failure(409, "Conflict", "the object has been modified; please apply your changes to the latest version and try again");
            case Fault.Status { Code: 429 } status:
                throw new Failure(429, "TooManyRequests", status.Message ?? "Too many requests, please try again later.", new JsonObject { ["retryAfterSeconds"] = status.RetryAfterSeconds ?? 1 })
                {
                    RetryAfter = status.RetryAfterSeconds ?? 1,
                };
            case Fault.Status { Code: 503 } status:
                throw new Failure(503, "ServiceUnavailable", status.Message ?? "the server is currently unable to handle the request") { RetryAfter = status.RetryAfterSeconds };
            case Fault.Status { Code: 403 } status:
                throw new Failure(403, "Forbidden", status.Message ?? "forbidden: refused by a fault") { RetryAfter = status.RetryAfterSeconds };
            case Fault.Status { Code: 504 } status:
                throw new Failure(504, "Timeout", status.Message ?? "Timeout: request did not complete within requested timeout") { RetryAfter = status.RetryAfterSeconds };
            case Fault.Status status:
                throw new Failure(status.Code, status.Code == 500 ? "InternalError" : null, status.Message ?? $"Internal error occurred: simulated failure {status.Code}") { RetryAfter = status.RetryAfterSeconds };
            default:
                return false;
        }
    }

    // Paths that are about no resource.
    private async Task<bool> Plain(Call call)
    {
        var path = call.Path.TrimEnd('/');
        switch (path)
        {
            case "/healthz" or "/livez" or "/readyz":
                await call.AnswerText(200, call.Http.Request.Query.ContainsKey("verbose") ? $"[+]ping ok\n[+]etcd ok\n{path[1..]} check passed\n" : "ok");
                return true;
            case "/version":
                await call.Answer(200, Discovery.Version());
                return true;
            case "":
                await call.Answer(200, new JsonObject { ["paths"] = new JsonArray("/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version") });
                return true;
            case "/api" or "/apis":
                await Groups(call, core: path == "/api");
                return true;
            case "/openapi/v2":
                await OpenApi2.Answer(call, (string)Discovery.Version()["gitVersion"]!);
                return true;
            case "/openapi/v3":
                await call.Answer(200, openApi.Index(), "text/plain; charset=utf-8");
                return true;
        }

        if (path.StartsWith("/openapi/v3/", StringComparison.Ordinal) && openApi.Document(path["/openapi/v3/".Length..]) is { } document)
        {
            await call.Answer(200, document);
            return true;
        }

        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        JsonObject? resources = null;
        lock (registry.Store.Gate)
        {
            resources = parts switch
            {
                ["api", "v1"] => Discovery.Resources(registry.Catalogue, "", "v1"),
                ["apis", var group] => Discovery.OneGroup(registry.Catalogue, group),
                ["apis", var group, var version] => Discovery.Resources(registry.Catalogue, group, version),
                _ => null,
            };
        }

        if (resources is not null)
        {
            await call.Answer(200, resources);
            return true;
        }

        if (parts is ["apis", var reviewGroup, "v1", var plural] && Discovery.Reviews.Any(r => r.Group == reviewGroup && r.Plural == plural) && call.Method == "POST")
        {
            call.Type = Namespace.Type;
            var body = call.ReadObject();
            Reply reply;
            lock (registry.Store.Gate)
            {
                reply = AccessReviews.Answer(authorizer, call, plural, body);
            }

            await call.Answer(reply.Status, reply.Body, reply.ContentType);
            return true;
        }

        return false;
    }

    private async Task Groups(Call call, bool core)
    {
        var accept = call.Http.Request.Headers.Accept.ToString();
        call.Http.Response.Headers.Vary = "Accept";
        foreach (var alternative in accept.Split(',', StringSplitOptions.TrimEntries))
        {
            if (alternative.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal) && alternative.Contains("v=v2;", StringComparison.Ordinal) && alternative.StartsWith("application/json", StringComparison.Ordinal))
            {
                JsonObject all;
                lock (registry.Store.Gate)
                {
                    all = Discovery.All(registry.Catalogue, core);
                }

                var bytes = JsonSerializer.SerializeToUtf8Bytes(all);
                var tag = "\"" + Convert.ToHexString(SHA512.HashData(bytes)) + "\"";
                call.Http.Response.Headers.ETag = tag;
                if (call.Http.Request.Headers.IfNoneMatch == tag)
                {
                    call.Http.Response.StatusCode = 304;
                    return;
                }

                await call.Answer(200, bytes, Discovery.Aggregated);
                return;
            }

            if (alternative.Length == 0 || (!alternative.Contains("as=", StringComparison.Ordinal) && alternative.Split(';')[0] is "application/json" or "*/*"))
            {
                JsonObject list;
                lock (registry.Store.Gate)
                {
                    list = core ? Discovery.Core(Address) : Discovery.Groups(registry.Catalogue);
                }

                await call.Answer(200, list);
                return;
            }
        }

        throw new Failure(406, "NotAcceptable", "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf", []);
    }

    // False: no such path.
    private bool Route(Call call)
    {
        var parts = call.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string group, version;
        ReadOnlySpan<string> rest;
        switch (parts)
        {
            case ["api", var v, _, ..]:
                (group, version) = ("", v);
                rest = parts.AsSpan(2);
                break;
            case ["apis", var g, var v, _, ..]:
                (group, version) = (g, v);
                rest = parts.AsSpan(3);
                break;
            default:
                return false;
        }

        string? ns = null;
        if (rest.Length >= 3 && rest[0] == "namespaces" && !(rest.Length == 3 && rest[2] is "status" or "finalize"))
        {
            ns = Uri.UnescapeDataString(rest[1]);
            rest = rest[2..];
        }

        (ResourceType Type, ServedVersion Version)? found;
        lock (registry.Store.Gate)
        {
            found = registry.Catalogue.ByPath(group, version, rest[0]);
        }

        if (found is null && group.Length > 0 && registry.Catalogue.Versions(group).Count > 0)
        {
            throw new Failure(404, "NotFound", "the server could not find the requested resource", []);
        }

        if (found is not { } resource || rest.Length > 3)
        {
            return false;
        }

        call.Type = resource.Type;
        call.Version = resource.Version;
        call.Name = rest.Length > 1 ? Uri.UnescapeDataString(rest[1]) : "";
        call.Subresource = rest.Length > 2 ? rest[2] : "";
        call.Namespace = call.Type.Namespaced ? ns : "";
        if (call.Type.Namespaced ? ns is null && call.Name.Length > 0 : ns is not null)
        {
            return false;
        }

        Subresource(call);
        call.Verb = Verb(call);
        return true;
    }

    private static void Subresource(Call call)
    {
        var there = call.Subresource switch
        {
            "" => true,
            "status" => call.Type.HasStatus,
            "scale" => call.Type.Scale is not null,
            var other => call.Type.OtherSubresources.Contains(other),
        };
        if (!there)
        {
            throw new Failure(404, "NotFound", "the server could not find the requested resource", []);
        }
    }

    private static string Verb(Call call)
    {
        var named = call.Name.Length > 0;
        return (call.Method, named) switch
        {
            ("GET" or "HEAD", false) => call.Asked("watch") ? "watch" : "list",
            ("GET" or "HEAD", true) => call.Asked("watch") ? "watch" : "get",
            ("POST", false) => call.Namespace is null ? throw Failure.MethodNotAllowed() : "create",
            ("POST", true) when call.Subresource == "eviction" => "create",
            ("PUT", true) => "update",
            ("PATCH", true) => "patch",
            ("DELETE", true) when call.Subresource.Length == 0 => "delete",
            ("DELETE", false) => "deletecollection",
            _ => throw Failure.MethodNotAllowed(),
        };
    }
}
