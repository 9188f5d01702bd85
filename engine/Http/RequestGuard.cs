using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ebb.Engine.Settings;
using Microsoft.AspNetCore.Http.Features;

namespace Ebb.Engine.Http;

/// <summary>
/// Keys, body sizes and origins, before any route is reached. The rule is the same under the Functions host, whose own
/// keys are not
/// used: GET and HEAD take the view key or the control key, everything else the control key.
/// </summary>
internal static class RequestGuard
{
    /// <summary>A ConfigMap may have 1 MiB, which is more as YAML or JSON.</summary>
    public const int LargestManifest = 2 * 1024 * 1024;

    private const int LargestBody = 64 * 1024;

    public static void UseRequestGuard(this IApplicationBuilder app, EbbSettings settings) =>
        app.Use(
            async (context, next) =>
            {
                if (!IsGuarded(context.Request))
                {
                    await next(context);
                    return;
                }
                var refusal = Refusal(context.Request, settings) ?? await ReadBodyAsync(context);
                if (refusal is not null)
                    await refusal.ExecuteAsync(context);
                else
                    await next(context);
            }
        );

    /// <summary>
    /// The page of the dashboard holds no data, so whoever finds it may have it; the calls it makes carry a key.
    /// </summary>
    private static bool IsGuarded(HttpRequest request) =>
        (
            request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            || request.Path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase)
        )
        && !(
            HttpMethods.IsGet(request.Method)
            && request.Path.StartsWithSegments("/api/dashboard", StringComparison.OrdinalIgnoreCase)
        );

    private static IResult? Refusal(HttpRequest request, EbbSettings settings)
    {
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        var given = request.Headers["x-functions-key"].FirstOrDefault() ?? request.Query["code"].FirstOrDefault();
        var wanted = reads ? new[] { settings.ViewKey, settings.ControlKey } : [settings.ControlKey];
        if (wanted.Any(key => key is not null) && !wanted.Any(key => Same(given, key)))
            return Problems.Of(
                StatusCodes.Status401Unauthorized,
                "Unauthorized",
                $"expected the {(reads ? "view" : "control")} key in the header x-functions-key or in ?code="
            );
        // A page of somebody else can give its own name this address; it cannot give this process another name.
        if (wanted.All(key => key is null) && !IsLoopback(request.Host.Host))
            return Problems.Of(
                StatusCodes.Status421MisdirectedRequest,
                "Misdirected request",
                "without keys this answers to localhost and loopback addresses only"
            );
        if (reads)
            return null;
        if (request.ContentLength > Largest(request))
            return TooLarge(request);
        if (HasBody(request) && !request.HasJsonContentType() && !(TakesYaml(request) && IsYaml(request)))
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "Unsupported media type",
                TakesYaml(request) ? "expected application/json or application/yaml" : "expected application/json"
            );
        // A text in another encoding would be read as something that nobody wrote.
        if (
            request.GetTypedHeaders().ContentType?.Charset is { HasValue: true } charset
            && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            && !charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase)
        )
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type", "expected UTF-8");
        if (IsForeign(request))
            return Problems.Of(
                StatusCodes.Status403Forbidden,
                "Forbidden",
                "this does not take requests from pages of other origins"
            );
        return null;
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool TakesYaml(HttpRequest request) =>
        request.Path.Equals("/api/schedules/preview", StringComparison.OrdinalIgnoreCase);

    private static bool IsYaml(HttpRequest request) =>
        request.ContentType?.StartsWith("application/yaml", StringComparison.OrdinalIgnoreCase) == true;

    private static bool HasBody(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true
        && request.ContentLength != 0;

    /// <summary>
    /// Reads a body whole before its route, so that a chunked one is bounded like any other and none is left half-read:
    /// a server that
    /// closes a connection on which a client still sends takes the answer from it.
    /// </summary>
    private static async Task<IResult?> ReadBodyAsync(HttpContext context)
    {
        if (!HasBody(context.Request))
            return null;
        var body = new MemoryStream();
        var buffer = new byte[8192];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            if (body.Length + read > Largest(context.Request))
                return TooLarge(context.Request);
            body.Write(buffer, 0, read);
        }
        body.Position = 0;
        context.Request.Body = body;
        return null;
    }

    private static int Largest(HttpRequest request) => TakesYaml(request) ? LargestManifest : LargestBody;

    public static string SizeWords(HttpRequest request) => $"expected a body of at most {Largest(request)} bytes";

    private static IResult TooLarge(HttpRequest request) =>
        Problems.Of(StatusCodes.Status413PayloadTooLarge, "Too large", SizeWords(request));

    /// <summary>
    /// A browser says where a request comes from; a page of somebody else must not act with a key that a person typed
    /// here.
    /// </summary>
    private static bool IsForeign(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].FirstOrDefault() is { } site && site is not ("same-origin" or "none"))
            return true;
        return request.Headers.Origin.FirstOrDefault() is { } origin && origin != "null"
            ? !Uri.TryCreate(origin, UriKind.Absolute, out var from) || from.Authority != request.Host.Value
            : request.Headers.Origin.Count > 0;
    }

    /// <summary>
    /// Takes the same time whatever is wrong: both sides are hashed first, so that not even the length shows.
    /// </summary>
    private static bool Same(string? given, string? key) =>
        given is not null
        && key is not null
        && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given)),
            SHA256.HashData(Encoding.UTF8.GetBytes(key))
        );
}
