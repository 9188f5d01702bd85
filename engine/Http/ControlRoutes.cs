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
    private static readonly string[] Known = ["reason", "for", "until"];

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
                    var (request, refusal) = await ReadAsync(context, verb);
                    if (refusal is not null)
                        return refusal;
                    var reason = request!.Reason!;
                    var (until, fault) = Ending.Read(request.For, request.Until, clocks.Wall.Now());
                    if (fault is not null)
                        return Problems.BadRequest(fault);
                    if (until is not null && verb != "hold")
                        return Problems.BadRequest(
                            $"$.{(request.For is null ? "until" : "for")}: only a hold has an end"
                        );
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
                    if (OrderResults.Refusal(asked, view.Power, outage, settings.Act) is { } why)
                        return Problems.Conflict(why);
                    var (name, result) = await cluster.Orders.CreateAsync(
                        asked,
                        reason,
                        until,
                        Requester.Of(context.Request, settings),
                        cancellationToken
                    );
                    return result.Outcome == WriteOutcome.Done
                        ? Accepted(verb, reason, name)
                        : Problems.NotStored(result, $"PowerOrder {name}");
                }
            )
            .Answers<AskedAnswer>("Asks: drill, shutdown, restore, hold or release.", 202, 400, 404, 409, 503)
            .Takes("application/json", """{"reason": "work on the UPS", "for": "PT2H"}""", required: false);

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
                return Problems.Of(
                    StatusCodes.Status503ServiceUnavailable,
                    "Not stored",
                    $"the holds could not be read{Besides(released)}: {read.Detail}"
                );
            (WriteResult Result, string Name)? failed = null;
            foreach (var hold in stored.Where(o => o is { Action: OrderAction.Hold, Status.IsOver: false }))
            {
                var status = StoredOrders.Release(hold, reason, clocks.Wall.Now());
                var result = await orders.SetStatusAsync(hold, status, cancellationToken);
                if (result.Outcome is not (WriteOutcome.Done or WriteOutcome.Gone))
                {
                    failed = (result, hold.Name);
                    continue;
                }
                released.Add(hold.Name);
                journal.Record(who, "asked for release", $"PowerOrder {hold.Name}", reason);
            }
            if (failed is not var (last, name))
                return Accepted("release", reason, released.Count == 0 ? null : string.Join(", ", released));
            // The leader has written into its status meanwhile.
            if (last.Outcome != WriteOutcome.Conflict || tries == MostTries)
                return Problems.NotStored(last, $"the release of PowerOrder {name}{Besides(released)}");
        }
    }

    private static IResult Accepted(string verb, string reason, string? name) =>
        Results.Json(
            new AskedAnswer(verb, reason, name),
            AnswerJson.Default.AskedAnswer,
            statusCode: StatusCodes.Status202Accepted
        );

    /// <summary>What was released before something failed stays released.</summary>
    private static string Besides(List<string> released) =>
        released.Count == 0 ? "" : $" ({string.Join(", ", released)} is released)";

    /// <summary>What leaves the cluster asleep or unguarded is not done without saying why.</summary>
    private static bool NeedsReason(string verb) => verb is "shutdown" or "hold";

    /// <summary>
    /// The guard in front of the routes has read it whole; no body at all asks for nothing but the verb.
    /// </summary>
    private static async Task<(PowerRequest? Request, IResult? Refusal)> ReadAsync(HttpContext context, string verb)
    {
        PowerRequest? request = new(null);
        try
        {
            // Not by its type, which an empty body need not say.
            if (context.Request.Body is MemoryStream { Length: > 0 } body)
            {
                request = await JsonSerializer.DeserializeAsync(
                    body,
                    AnswerJson.Default.PowerRequest,
                    context.RequestAborted
                );
                body.Position = 0;
                using var whole = await JsonDocument.ParseAsync(body, default, context.RequestAborted);
                // A misspelt end would make a hold for ever.
                if (
                    request is not null
                    && UnknownMembers.Of(whole.RootElement, Known).ToList() is { Count: > 0 } faults
                )
                    return (null, Problems.BadRequest(string.Join("; ", faults)));
            }
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
        if (request is null)
            return (null, Problems.BadRequest("expected a JSON object {\"reason\": \"…\"}, found null"));
        if (string.IsNullOrWhiteSpace(request.Reason))
            return NeedsReason(verb)
                ? (
                    null,
                    Problems.BadRequest($"$.reason: expected why, in a few words, found nothing: a {verb} needs one")
                )
                : (request with { Reason = "no reason was given" }, null);
        return request.Reason.Length > LongestReason
            ? (
                null,
                Problems.BadRequest(
                    $"$.reason: expected at most {LongestReason} characters, found {request.Reason.Length}"
                )
            )
            : (request with { Reason = request.Reason.Trim() }, null);
    }
}
