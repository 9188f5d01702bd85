using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ebb.Engine.Clocks;
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

    /// <summary>A body that comes drop by drop holds its place no longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void UseRequestGuard(this IApplicationBuilder app, EbbSettings settings)
    {
        var manifests = new ManifestPlaces();
        app.Use(
            async (context, next) =>
            {
                if (!IsGuarded(context.Request))
                {
                    await next(context);
                    return;
                }
                if (Refusal(context.Request, settings) is { } refusal)
                    await refusal.ExecuteAsync(context);
                else if (TakesYaml(context.Request))
                    await manifests.TakeAsync(
                        context,
                        $"{Requester.Of(context.Request, settings)} at {context.Connection.RemoteIpAddress}",
                        () => ServeAsync(context, next)
                    );
                else
                    await ServeAsync(context, next);
            }
        );
    }

    private static async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        if (await ReadBodyAsync(context) is { } refusal)
            await refusal.ExecuteAsync(context);
        else
            await next(context);
    }

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
        var given =
            request.Headers["x-functions-key"].FirstOrDefault()
            ?? Bearer(request)
            ?? request.Query["code"].FirstOrDefault();
        var wanted = reads ? new[] { settings.ViewKey, settings.ControlKey } : [settings.ControlKey];
        if (
            wanted.Any(key => key is not null)
            && !SessionRoutes.NeedsNoKey(request)
            && !wanted.Any(key => Same(given, key))
            && !IsSignedIn(request, wanted, reads)
        )
            return Problems.Of(
                StatusCodes.Status401Unauthorized,
                "Unauthorized",
                $"expected the {(reads ? "view" : "control")} key in the header x-functions-key, as a bearer token or in ?code=, or a browser that signed in with it"
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

    /// <summary>
    /// A cookie comes along without anybody asking, so it changes something only where the browser says that one of
    /// this origin's own pages asks.
    /// </summary>
    private static bool IsSignedIn(HttpRequest request, string?[] wanted, bool reads)
    {
        if (request.Cookies[SessionCookie.Name] is not { } cookie || !(reads || IsOwn(request)))
            return false;
        var now = request.HttpContext.RequestServices.GetRequiredService<EngineClocks>().Deadlines.GetUtcNow();
        return wanted.Any(key => SessionCookie.IsOf(cookie, key, now));
    }

    /// <summary>The browser says so; silence is no answer.</summary>
    private static bool IsOwn(HttpRequest request) =>
        !IsForeign(request)
        && (request.Headers["Sec-Fetch-Site"] == "same-origin" || request.Headers.Origin.Count == 1);

    /// <summary>Prometheus can read a token of this form from a Secret, and no other header.</summary>
    private static string? Bearer(HttpRequest request) =>
        request.Headers.Authorization.FirstOrDefault()?.Split(' ', 2) is [var scheme, var token]
        && scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            ? token
            : null;

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
        // Grown by doubling, a manifest would leave twice its size behind.
        var body = new MemoryStream((int)Math.Min(context.Request.ContentLength ?? 0, Largest(context.Request)));
        var buffer = new byte[8192];
        int read;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(Patience);
        try
        {
            while ((read = await context.Request.Body.ReadAsync(buffer, deadline.Token)) > 0)
            {
                if (body.Length + read > Largest(context.Request))
                    return TooLarge(context.Request);
                body.Write(buffer, 0, read);
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return Problems.Of(
                StatusCodes.Status408RequestTimeout,
                "Request timeout",
                $"expected the whole body within {Patience.TotalSeconds:0} s"
            );
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
    public static bool Same(string? given, string? key) =>
        given is not null
        && key is not null
        && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given)),
            SHA256.HashData(Encoding.UTF8.GetBytes(key))
        );
}
