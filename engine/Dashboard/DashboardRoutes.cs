using System.Security.Cryptography;
using Ebb.Engine.Http;
using Microsoft.Net.Http.Headers;

namespace Ebb.Engine.Dashboard;

/// <summary>
/// The function <c>Dashboard</c>: a page, its style and its script out of this assembly. It holds no data, so it needs
/// no key; what it
/// shows it asks for like anybody else, with the key that its reader types in.
/// </summary>
internal static class DashboardRoutes
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly (string File, string Type)[] Files =
    [
        ("index.html", "text/html; charset=utf-8"),
        ("page.css", "text/css; charset=utf-8"),
        ("page.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ];

    public static void MapDashboard(this IEndpointRouteBuilder api)
    {
        foreach (var (file, type) in Files)
        {
            var bytes = Read(file);
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
            api.MapGet(
                file == "index.html" ? "/dashboard" : $"/dashboard/{file}",
                (HttpContext context) =>
                {
                    context.Response.Headers.ContentSecurityPolicy = Policy;
                    context.Response.Headers.CacheControl = "no-cache";
                    return Results.File(bytes, type, entityTag: tag);
                }
            );
        }
        api.MapGet(
            "/live",
            (string? since, LiveFeed feed) =>
                feed.Since(since) is { } answer
                    ? Results.Json(answer, DashboardJson.Default.LiveAnswer)
                    : Problems.NotYet()
        );
        api.MapGet(
            "/history",
            (PowerHistory history) => Results.Json(history.Answer(), DashboardJson.Default.HistoryAnswer)
        );
    }

    private static byte[] Read(string file)
    {
        using var stream =
            typeof(DashboardRoutes).Assembly.GetManifestResourceStream($"page/{file}")
            ?? throw new InvalidOperationException($"{file} is not in the assembly");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
