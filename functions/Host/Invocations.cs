using Ebb.Functions.Power;
using Ebb.Functions.Schedules;

namespace Ebb.Functions.Host;

/// <summary>
/// What the Functions host calls on a custom handler that is not forwarded HTTP: the timers, and the probe. Never an empty body: the
/// host would wait for it until its own time-out.
/// </summary>
internal static class Invocations
{
    /// <summary>Well below the host's functionTimeout, after which it would kill this process.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The host's own calls; where no host is, whoever makes one acts, and needs the key to.</summary>
    public static bool IsOne(HttpRequest request) =>
        request.Path.StartsWithSegments("/PollUps", StringComparison.OrdinalIgnoreCase)
        || request.Path.StartsWithSegments("/EvaluateSchedules", StringComparison.OrdinalIgnoreCase);

    public static void MapInvocations(this WebApplication app)
    {
        app.MapGet("/", () => Results.Text("Ebb\n"));
        app.MapPost(
            "/PollUps",
            (Ticking ticking, PowerPath path, Clocks clocks, HttpContext context) =>
                RunAsync(
                    ticking.TickAsync,
                    () =>
                        path.View is { } view
                            ? $"{Api.Wording.Of(view.Plan.Phase)}: {view.Plan.Reason}"
                            : "nothing decided yet",
                    clocks,
                    context
                )
        );
        app.MapPost(
            "/EvaluateSchedules",
            (SchedulePath path, Clocks clocks, HttpContext context) =>
                RunAsync(
                    path.TurnAsync,
                    () =>
                        path.View is { } view
                            ? $"{view.Entries.Count} scaled objects, next change {view.NextChange?.ToString() ?? "never"}"
                            : "nothing decided yet",
                    clocks,
                    context
                )
        );
    }

    private static async Task<IResult> RunAsync(
        Func<CancellationToken, Task> act,
        Func<string> say,
        Clocks clocks,
        HttpContext context
    )
    {
        using var deadline = new CancellationTokenSource(Patience, clocks.Deadlines);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
        try
        {
            await act(linked.Token);
            return Answer(StatusCodes.Status200OK, say());
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Answer(StatusCodes.Status500InternalServerError, $"not done within {Patience.TotalSeconds:0} s");
        }
    }

    private static IResult Answer(int status, string line) =>
        Results.Json(
            new InvocationAnswer(new Dictionary<string, string>(), [line], null),
            Json.Default.InvocationAnswer,
            statusCode: status
        );
}
