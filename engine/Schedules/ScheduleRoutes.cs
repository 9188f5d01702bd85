using Ebb.Core.Time.Sizing;
using Ebb.Engine.Clocks;
using Ebb.Engine.Http;
using Ebb.Engine.Settings;

namespace Ebb.Engine.Schedules;

/// <summary>Schedules as they are evaluated now, and previews of manifests.</summary>
internal static class ScheduleRoutes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void MapSchedules(this IEndpointRouteBuilder api)
    {
        api.MapGet(
                "/schedules",
                (SchedulePath path, IScheduleCluster cluster, EngineClocks clocks, HttpContext context) =>
                {
                    var (stretch, faults) = ScheduleStretch.Read(context.Request.Query, clocks.Wall.Now());
                    if (stretch is null)
                        return Task.FromResult(Problems.BadRequest(string.Join("; ", faults)));
                    return path.View is { } view
                        ? Bounded(
                            context,
                            clocks,
                            token =>
                                Task.FromResult(
                                    ScheduleReadings.Answer(view.Entries, cluster, stretch, view.Sleepers, token)
                                )
                        )
                        : Task.FromResult(Problems.NotYet());
                }
            )
            .Answers<SchedulesAnswer>("What the clock asks and will ask for.", 200, 400, 503)
            .Query("at", "an instant; else now")
            .Query("from", "with to: the stretch to write out, at most a year")
            .Query("to", "its end, excluded");

        api.MapPost(
                "/schedules/preview",
                async (IScheduleCluster cluster, EbbSettings settings, EngineClocks clocks, HttpContext context) =>
                {
                    var (stretch, faults) = ScheduleStretch.Read(context.Request.Query, clocks.Wall.Now());
                    if (stretch is null)
                        return Problems.BadRequest(string.Join("; ", faults));
                    var yaml =
                        context.Request.ContentType?.StartsWith("application/yaml", StringComparison.OrdinalIgnoreCase)
                        == true;
                    if (!yaml && !context.Request.HasJsonContentType())
                        return Problems.Of(
                            StatusCodes.Status415UnsupportedMediaType,
                            "Unsupported media type",
                            "expected application/yaml or application/json"
                        );
                    using var reader = new StreamReader(context.Request.Body);
                    var text = await reader.ReadToEndAsync(context.RequestAborted);
                    if (string.IsNullOrWhiteSpace(text))
                        return Problems.BadRequest("expected a manifest, found nothing");
                    var preview = new Preview(cluster, settings.AdminNamespaces);
                    return await OwnThread.RunAsync(
                        () => Bounded(context, clocks, token => preview.AnswerAsync(text, yaml, stretch, token)),
                        context.RequestAborted
                    );
                }
            )
            .Answers<SchedulesAnswer>("What a manifest that is not applied would ask for.", 200, 400, 413, 415, 429)
            .Takes("application/yaml", "kind: Schedule\n…")
            .Query("from", "with to: the stretch to write out, at most a year")
            .Query("to", "its end, excluded");
    }

    /// <summary>A thousand ranges over a year are many intervals: one request must not occupy the process.</summary>
    private static async Task<IResult> Bounded(
        HttpContext context,
        EngineClocks clocks,
        Func<CancellationToken, Task<SchedulesAnswer>> answer
    )
    {
        using var deadline = new CancellationTokenSource(Patience, clocks.Deadlines);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
        try
        {
            return Results.Json(await answer(either.Token), ScheduleJson.Default.SchedulesAnswer);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Problems.BadRequest($"not written out within {Patience.TotalSeconds:0} s: ask for a shorter range");
        }
    }
}
