using System.Security.Cryptography;
using Ebb.Engine.Http;
using Microsoft.Net.Http.Headers;

namespace Ebb.Engine.Dashboard;

/// <summary>
/// The function <c>Dashboard</c>: a page, its style and its scripts out of this assembly. It holds no data, so it needs
/// no key; what it shows it asks for like anybody else, with the cookie of a reader who signed in.
/// </summary>
internal static class DashboardRoutes
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private const string Folder = "page/";

    public static void MapDashboard(this IEndpointRouteBuilder api)
    {
        foreach (var file in Files)
        {
            var (bytes, type) = (Read(file), TypeOf(file));
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
            api.MapGet(
                    file == "index.html" ? "/dashboard" : $"/dashboard/{file}",
                    (HttpContext context) =>
                    {
                        context.Response.Headers.ContentSecurityPolicy = Policy;
                        context.Response.Headers.CacheControl = "no-cache";
                        return Results.File(bytes, type, entityTag: tag);
                    }
                )
                .ExcludeFromDescription();
        }
        api.MapGet(
                "/live",
                (string? since, LiveFeed feed) =>
                    feed.Since(since) is { } answer
                        ? Results.Json(answer, DashboardJson.Default.LiveAnswer)
                        : Problems.NotYet()
            )
            .Answers<LiveAnswer>("What the page shows, or what of it changed since.", refusals: 503);
        api.MapGet(
                "/history",
                (PowerHistory history) => Results.Json(history.Answer(), DashboardJson.Default.HistoryAnswer)
            )
            .Answers<HistoryAnswer>("Charge, load and phases of the last hours.");
    }

    private static IEnumerable<string> Files =>
        typeof(DashboardRoutes)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..]);

    private static string TypeOf(string file) =>
        Path.GetExtension(file) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new InvalidOperationException($"{file}: expected no file of the type {other}"),
        };

    private static byte[] Read(string file)
    {
        using var stream =
            typeof(DashboardRoutes).Assembly.GetManifestResourceStream(Folder + file)
            ?? throw new InvalidOperationException($"{file} is not in the assembly");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
