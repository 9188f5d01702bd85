using System.Text.Json;
using Ebb.Core.Outages;
using Ebb.Core.Power;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;
using Ebb.Engine.Power;
using Ebb.Kubernetes.Api;
using NodaTime.Text;

namespace Ebb.Engine.Http;

/// <summary>The function <c>Control</c>: what a person may ask of the power path.</summary>
internal static class ControlRoutes
{
    private const int LongestReason = 500;

    public static void MapControl(this IEndpointRouteBuilder api) =>
        api.MapPost(
            "/power/{verb}",
            async (string verb, HttpContext context, PowerPath path, EngineClocks clocks) =>
            {
                var (request, refusal) = await ReadAsync(context);
                if (refusal is not null)
                    return refusal;
                var reason = request!.Reason!.Trim();
                var now = clocks.World.Now();
                var (until, fault) = Ending.Read(request.For, request.Until, now);
                if (fault is not null)
                    return Problems.BadRequest(fault);
                if (until is not null && verb != "hold")
                    return Problems.BadRequest($"$.{(request.For is null ? "until" : "for")}: only a hold has an end");
                var ask = new Order(now, reason, until);
                Func<Orders, Orders>? change = verb switch
                {
                    "drill" => asks => asks.WithDrill(ask),
                    "shutdown" => asks => asks.WithShutdown(ask),
                    "restore" => asks => asks.WithRestore(ask),
                    "hold" => asks => asks with { Hold = ask },
                    "release" => asks => asks with { Hold = null },
                    _ => null,
                };
                if (change is null)
                    return Problems.NotFound("expected /api/power/drill, shutdown, restore, hold or release");
                if (path.View is not { } view)
                    return Problems.NotYet();
                if (verb == "restore" && view.Power.Mains == Mains.Battery)
                    return Problems.Conflict($"mains is not on: {view.Power.Verdict.Reason}");
                if (verb == "drill" && view.Plan.Progress.Began is not null)
                    return Problems.Conflict($"an outage is going on: {view.Plan.Reason}");
                path.Note(
                    new PersonAction(
                        now,
                        $"asked for {verb}{(until is { } end ? $" until {InstantPattern.General.Format(end)}" : "")}: {reason}",
                        null
                    )
                );
                var kept = await path.AskAsync(change, context.RequestAborted);
                return Results.Json(
                    new AskedAnswer(verb, reason, kept, Wording.Of(path.View!.Plan.Phase)),
                    AnswerJson.Default.AskedAnswer,
                    statusCode: StatusCodes.Status202Accepted
                );
            }
        );

    private static async Task<(PowerRequest? Request, IResult? Refusal)> ReadAsync(HttpContext context)
    {
        PowerRequest? request;
        try
        {
            request = await context.Request.ReadFromJsonAsync(AnswerJson.Default.PowerRequest, context.RequestAborted);
        }
        catch (JsonException failure)
        {
            return (
                null,
                Problems.BadRequest(
                    $"expected a JSON object {{\"reason\": \"…\"}}, found something else at {failure.Path ?? "$"}"
                )
            );
        }
        if (string.IsNullOrWhiteSpace(request?.Reason))
            return (null, Problems.BadRequest("$.reason: expected why, in a few words, found nothing"));
        return request.Reason.Length > LongestReason
            ? (
                null,
                Problems.BadRequest(
                    $"$.reason: expected at most {LongestReason} characters, found {request.Reason.Length}"
                )
            )
            : (request, null);
    }
}
