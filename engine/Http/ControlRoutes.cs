using System.Text.Json;
using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Engine.Clocks;
using Ebb.Engine.Journal;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;
using Ebb.Kubernetes.Api;
using NodaTime.Text;

namespace Ebb.Engine.Http;

/// <summary>The function <c>Control</c>: what a person may ask of the power path.</summary>
internal static class ControlRoutes
{
    private const int LongestReason = 500;
    private const int MostTries = 5;

    public static void MapControl(this IEndpointRouteBuilder api) =>
        api.MapPost(
            "/power/{verb}",
            async (
                string verb,
                HttpContext context,
                PowerPath path,
                ICluster cluster,
                EngineClocks clocks,
                EbbSettings settings,
                ActJournal journal,
                CancellationToken cancellationToken
            ) =>
            {
                var (request, refusal) = await ReadAsync(context);
                if (refusal is not null)
                    return refusal;
                var reason = request!.Reason!.Trim();
                var (until, fault) = Ending.Read(request.For, request.Until, clocks.World.Now());
                if (fault is not null)
                    return Problems.BadRequest(fault);
                if (until is not null && verb != "hold")
                    return Problems.BadRequest($"$.{(request.For is null ? "until" : "for")}: only a hold has an end");
                if (verb == "release")
                    return await ReleaseAsync(
                        reason,
                        Requester.Of(context.Request, settings),
                        cluster.Orders,
                        journal,
                        clocks,
                        cancellationToken
                    );
                OrderAction? action = verb switch
                {
                    "drill" => OrderAction.Drill,
                    "shutdown" => OrderAction.Shutdown,
                    "restore" => OrderAction.Restore,
                    "hold" => OrderAction.Hold,
                    _ => null,
                };
                if (action is not { } asked)
                    return Problems.NotFound("expected /api/power/drill, shutdown, restore, hold or release");
                if (path.View is not { } view)
                    return Problems.NotYet();
                var outage = view.Plan.Progress.Began is null ? null : view.Plan.Reason;
                if (OrderResults.Refusal(asked, view.Power, outage) is { } why)
                    return Problems.Conflict(why);
                var (name, result) = await cluster.Orders.CreateAsync(
                    asked,
                    reason,
                    until,
                    Requester.Of(context.Request, settings),
                    cancellationToken
                );
                return name is null ? NotStored(result) : Accepted(verb, reason, name);
            }
        );

    /// <summary>Every hold that the server has now, whichever replica was asked for it.</summary>
    private static async Task<IResult> ReleaseAsync(
        string reason,
        string who,
        IPowerOrders orders,
        ActJournal journal,
        EngineClocks clocks,
        CancellationToken cancellationToken
    )
    {
        List<string> released = [];
        for (var tries = 1; ; tries++)
        {
            var (stored, read) = await orders.ReadAsync(cancellationToken);
            if (stored is null)
                return NotStored(read);
            WriteResult? failed = null;
            foreach (var hold in stored.Where(o => o is { Action: OrderAction.Hold, Status.IsOver: false }))
            {
                var status = StoredOrders.Release(hold, reason, clocks.World.Now());
                var result = await orders.SetStatusAsync(hold, status, cancellationToken);
                if (result.Outcome is not (WriteOutcome.Done or WriteOutcome.Gone))
                {
                    failed = result;
                    continue;
                }
                released.Add(hold.Name);
                journal.Record(who, "asked for release", $"PowerOrder {hold.Name}", reason);
            }
            if (failed is null)
                return Accepted("release", reason, released.Count == 0 ? null : string.Join(", ", released));
            // The leader has written into its status meanwhile.
            if (failed.Outcome != WriteOutcome.Conflict || tries == MostTries)
                return NotStored(failed);
        }
    }

    private static IResult Accepted(string verb, string reason, string? name) =>
        Results.Json(
            new AskedAnswer(verb, reason, name),
            AnswerJson.Default.AskedAnswer,
            statusCode: StatusCodes.Status202Accepted
        );

    private static IResult NotStored(WriteResult result) =>
        Problems.Of(
            StatusCodes.Status503ServiceUnavailable,
            "The order could not be stored, so it does not count",
            result.Detail
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
