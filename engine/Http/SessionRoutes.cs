using System.Text.Json;
using Ebb.Engine.Clocks;
using Ebb.Engine.Settings;

namespace Ebb.Engine.Http;

/// <summary>
/// <c>POST /api/session</c> with <c>{"key": "…"}</c> signs in, <c>DELETE</c> signs out: a browser shows a key once, and
/// keeps a cookie that no script can read and no other site can send.
/// </summary>
internal static class SessionRoutes
{
    public static void MapSession(this IEndpointRouteBuilder api)
    {
        api.MapPost("/session", InAsync)
            .Answers<SignInAnswer>("Signs a browser in: a cookie for seven days.", 200, 400, 401, 409)
            .Takes("application/json", """{"key": "the view key or the control key"}""");
        api.MapDelete(
                "/session",
                (HttpContext context) =>
                {
                    context.Response.Cookies.Delete(SessionCookie.Name, Cookie(context));
                    return Results.NoContent();
                }
            )
            .WithSummary("Signs a browser out.")
            .Produces(StatusCodes.Status204NoContent);
    }

    /// <summary>Whoever signs in has shown no key yet, and whoever signs out needs none.</summary>
    public static bool NeedsNoKey(HttpRequest request) =>
        request.Path.Equals("/api/session", StringComparison.OrdinalIgnoreCase)
        && (HttpMethods.IsPost(request.Method) || HttpMethods.IsDelete(request.Method));

    private static async Task<IResult> InAsync(HttpContext context, EbbSettings settings, EngineClocks clocks)
    {
        SignInRequest? request;
        try
        {
            request = await context.Request.ReadFromJsonAsync(AnswerJson.Default.SignInRequest, context.RequestAborted);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            request = null;
        }
        if (request?.Key is not { Length: > 0 } key)
            return Problems.BadRequest("expected a JSON object {\"key\": \"…\"}");
        if (settings.ViewKey is null && settings.ControlKey is null)
            return Problems.Conflict("no keys are set here (Keys__View, Keys__Control): everybody may do everything");
        var may =
            RequestGuard.Same(key, settings.ControlKey) ? "control"
            : RequestGuard.Same(key, settings.ViewKey) ? "view"
            : null;
        if (may is null)
            return Problems.Of(
                StatusCodes.Status401Unauthorized,
                "Unauthorized",
                "this is neither the view key nor the control key"
            );
        var ends = clocks.Deadlines.GetUtcNow() + SessionCookie.Lasts;
        var cookie = Cookie(context);
        cookie.MaxAge = SessionCookie.Lasts;
        context.Response.Cookies.Append(SessionCookie.Name, SessionCookie.Of(key, ends), cookie);
        return Results.Json(new SignInAnswer(may), AnswerJson.Default.SignInAnswer);
    }

    private static CookieOptions Cookie(HttpContext context) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Path = "/",
        };
}
