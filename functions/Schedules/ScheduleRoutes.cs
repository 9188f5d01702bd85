using Ebb.Core.Schedules;
using Ebb.Functions.Api;

namespace Ebb.Functions.Schedules;

/// <summary>What the clock says, for whoever looks or wants to try something first.</summary>
internal static class ScheduleRoutes
{
    public static void MapSchedules(this IEndpointRouteBuilder api)
    {
        api.MapGet("/schedules", (SchedulePath path, IScheduleCluster cluster, Clocks clocks, HttpContext context) =>
        {
            var (stretch, faults) = Stretch.Read(context.Request.Query, clocks.World.Now());
            if (stretch is null) return Problems.BadRequest(string.Join("; ", faults));
            return path.View is { } view ? Answer(ScheduleReadings.Answer(view.Entries, cluster, stretch)) : Problems.NotYet();
        });

        api.MapPost("/schedules/preview", async (IScheduleCluster cluster, Clocks clocks, HttpContext context) =>
        {
            var (stretch, faults) = Stretch.Read(context.Request.Query, clocks.World.Now());
            if (stretch is null) return Problems.BadRequest(string.Join("; ", faults));
            var yaml = context.Request.ContentType?.StartsWith("application/yaml", StringComparison.OrdinalIgnoreCase) == true;
            if (!yaml && !context.Request.HasJsonContentType())
                return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type", "expected application/yaml or application/json");
            using var reader = new StreamReader(context.Request.Body);
            var text = await reader.ReadToEndAsync(context.RequestAborted);
            if (string.IsNullOrWhiteSpace(text)) return Problems.BadRequest("expected a manifest, found nothing");
            return Answer(await new Preview(cluster).AnswerAsync(text, yaml, stretch, context.RequestAborted));
        });
    }

    private static IResult Answer(SchedulesAnswer answer) => Results.Json(answer, ScheduleJson.Default.SchedulesAnswer);
}
