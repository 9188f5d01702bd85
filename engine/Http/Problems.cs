using Ebb.Kubernetes.Api;

namespace Ebb.Engine.Http;

/// <summary>Refusals as <c>application/problem+json</c> (RFC 9457).</summary>
internal static class Problems
{
    public static IResult Of(int status, string title, string detail) =>
        Results.Json(
            new Problem("about:blank", title, status, detail),
            AnswerJson.Default.Problem,
            "application/problem+json",
            status
        );

    public static IResult BadRequest(string detail) => Of(StatusCodes.Status400BadRequest, "Bad request", detail);

    public static IResult NotFound(string detail) => Of(StatusCodes.Status404NotFound, "Not found", detail);

    public static IResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, "Conflict", detail);

    public static IResult NotYet() =>
        Of(StatusCodes.Status503ServiceUnavailable, "Not yet", "nothing has been decided yet; ask again in a moment");
}
