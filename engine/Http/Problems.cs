using Ebb.Kubernetes.Api;

namespace Ebb.Engine.Http;

/// <summary>
/// Refusals as <c>application/problem+json</c> (RFC 9457). <c>docs/problems.md</c> explains every type.
/// </summary>
internal static class Problems
{
    public static IResult Of(int status, string title, string detail) =>
        Results.Json(
            new Problem(TypeOf(title), title, status, detail),
            AnswerJson.Default.Problem,
            "application/problem+json",
            status
        );

    /// <summary>A name that stays; it is no address, because a document may move.</summary>
    public static string TypeOf(string title) => $"urn:ebb:problem:{title.ToLowerInvariant().Replace(' ', '-')}";

    public static IResult BadRequest(string detail) => Of(StatusCodes.Status400BadRequest, "Bad request", detail);

    public static IResult NotFound(string detail) => Of(StatusCodes.Status404NotFound, "Not found", detail);

    public static IResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, "Conflict", detail);

    public static IResult Busy(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return Of(
            StatusCodes.Status429TooManyRequests,
            "Too many requests",
            "other manifests are being read: ask again in a second"
        );
    }

    public static IResult NotYet() =>
        Of(StatusCodes.Status503ServiceUnavailable, "Not yet", "nothing has been decided yet; ask again in a moment");
}
