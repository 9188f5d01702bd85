using Ebb.Core.Ports;
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

    /// <summary>What the API server did not store; whether it did is known unless its answer was lost.</summary>
    /// <param name="result">Not <see cref="WriteOutcome.Done"/>.</param>
    /// <param name="what">The object, as <c>kubectl get</c> shows it.</param>
    public static IResult NotStored(WriteResult result, string what) =>
        result.Outcome == WriteOutcome.TimedOut
            ? Of(
                StatusCodes.Status503ServiceUnavailable,
                "Not confirmed",
                $"whether {what} was written is not known, and if it was, it counts: {result.Detail}"
            )
            : Of(
                StatusCodes.Status503ServiceUnavailable,
                "Not stored",
                $"{what} was not written, so it does not count: {result.Detail}"
            );

    public static IResult NotYet() =>
        Of(StatusCodes.Status503ServiceUnavailable, "Not yet", "nothing has been decided yet; ask again in a moment");
}
