using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Simulation.Access;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;

namespace Ebb.Simulation.Api;

/// <summary>
/// Paths that are not resources: health, version, discovery, OpenAPI, and reviews of what the caller may do.
/// </summary>
internal sealed class PlainPaths(Registry registry, Authorizer authorizer, OpenApi openApi, Func<string> address)
{
    /// <summary>False: the path is a resource's, or unknown.</summary>
    public async Task<bool> Answers(Call call)
    {
        var path = call.Path.TrimEnd('/');
        switch (path)
        {
            case "/healthz" or "/livez" or "/readyz":
                await call.AnswerText(
                    200,
                    call.Http.Request.Query.ContainsKey("verbose")
                        ? $"[+]ping ok\n[+]etcd ok\n{path[1..]} check passed\n"
                        : "ok"
                );
                return true;
            case "/version":
                await call.Answer(200, DiscoveryDocuments.Version());
                return true;
            case "":
                await call.Answer(
                    200,
                    new JsonObject
                    {
                        ["paths"] = new JsonArray(
                            "/api",
                            "/api/v1",
                            "/apis",
                            "/healthz",
                            "/livez",
                            "/openapi/v3",
                            "/readyz",
                            "/version"
                        ),
                    }
                );
                return true;
            case "/api" or "/apis":
                await Groups(call, core: path == "/api");
                return true;
            case "/openapi/v2":
                await OpenApi2.Answer(call, (string)DiscoveryDocuments.Version()["gitVersion"]!);
                return true;
            case "/openapi/v3":
                await Index(call);
                return true;
        }

        if (
            path.StartsWith("/openapi/v3/", StringComparison.Ordinal)
            && path["/openapi/v3/".Length..] is var named
            && openApi.Document(named) is { } document
        )
        {
            await Document(call, named, document);
            return true;
        }

        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        JsonObject? resources = null;
        lock (registry.Store.SyncLock)
        {
            resources = parts switch
            {
                ["api", "v1"] => DiscoveryDocuments.Resources(registry.Catalogue, "", "v1"),
                ["apis", var group] => DiscoveryDocuments.OneGroup(registry.Catalogue, group),
                ["apis", var group, var version] => DiscoveryDocuments.Resources(registry.Catalogue, group, version),
                _ => null,
            };
        }

        if (resources is not null)
        {
            await call.Answer(200, resources);
            return true;
        }

        if (
            parts is ["apis", var reviewGroup, "v1", var plural]
            && DiscoveryDocuments.Reviews.Any(r => r.Group == reviewGroup && r.Plural == plural)
            && call.Method == "POST"
        )
        {
            call.Type = NamespaceResource.Type;
            var body = call.ReadObject();
            Reply reply;
            lock (registry.Store.SyncLock)
            {
                reply = AccessReviews.Answer(authorizer, call, plural, body, registry.Clock.GetUtcNow());
            }

            await call.Answer(reply.Status, reply.Body, reply.ContentType);
            return true;
        }

        return false;
    }

    private async Task Index(Call call)
    {
        JsonObject index;
        lock (registry.Store.SyncLock)
        {
            index = openApi.Index();
        }

        var headers = call.Http.Response.Headers;
        headers.LastModified = openApi.Since.ToString("R", CultureInfo.InvariantCulture);
        if (
            DateTimeOffset.TryParse(
                call.Http.Request.Headers.IfModifiedSince,
                CultureInfo.InvariantCulture,
                out var seen
            )
            && openApi.Since < seen + TimeSpan.FromSeconds(1)
        )
        {
            call.Http.Response.StatusCode = 304;
            return;
        }

        headers.AcceptRanges = "bytes";
        await call.Answer(200, index, "text/plain; charset=utf-8");
    }

    // An address with the present hash may be cached for ever; one with an old hash is redirected.
    private async Task Document(Call call, string path, JsonObject document)
    {
        var (response, hash) = (call.Http.Response, OpenApi.Hash(document));
        if (call.Query("hash") is { Length: > 0 } asked)
        {
            if (asked != hash)
            {
                response.StatusCode = 301;
                response.Headers.Location = openApi.Address(path);
                return;
            }

            response.Headers.CacheControl = "public, immutable";
            response.Headers.Expires = (registry.Clock.GetUtcNow() + TimeSpan.FromDays(365)).ToString(
                "R",
                CultureInfo.InvariantCulture
            );
        }

        response.Headers.Vary = "Accept";
        response.Headers.ETag = $"\"{hash}\"";
        if (call.Http.Request.Headers.IfNoneMatch == response.Headers.ETag)
        {
            response.StatusCode = 304;
            return;
        }

        await call.Answer(200, document);
    }

    private async Task Groups(Call call, bool core)
    {
        var accept = call.Http.Request.Headers.Accept.ToString();
        call.Http.Response.Headers.Vary = "Accept";
        foreach (var alternative in accept.Split(',', StringSplitOptions.TrimEntries))
        {
            if (
                alternative.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal)
                && alternative.Contains("v=v2;", StringComparison.Ordinal)
                && alternative.StartsWith("application/json", StringComparison.Ordinal)
            )
            {
                JsonObject all;
                lock (registry.Store.SyncLock)
                {
                    all = DiscoveryDocuments.All(registry.Catalogue, core);
                }

                var bytes = JsonSerializer.SerializeToUtf8Bytes(all);
                var tag = "\"" + Convert.ToHexString(SHA512.HashData(bytes)) + "\"";
                call.Http.Response.Headers.ETag = tag;
                call.Http.Response.Headers.CacheControl = "public";
                if (call.Http.Request.Headers.IfNoneMatch == tag)
                {
                    call.Http.Response.StatusCode = 304;
                    return;
                }

                await call.Answer(200, bytes, DiscoveryDocuments.Aggregated);
                return;
            }

            if (
                alternative.Length == 0
                || (
                    !alternative.Contains("as=", StringComparison.Ordinal)
                    && alternative.Split(';')[0] is "application/json" or "*/*"
                )
            )
            {
                JsonObject list;
                lock (registry.Store.SyncLock)
                {
                    list = core ? DiscoveryDocuments.Core(address()) : DiscoveryDocuments.Groups(registry.Catalogue);
                }

                await call.Answer(200, list);
                return;
            }
        }

        throw Negotiation.Unacceptable(accept, custom: false);
    }
}
