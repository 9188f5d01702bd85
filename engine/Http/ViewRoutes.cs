using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Ebb.Engine.Learning;
using Ebb.Engine.Overrides;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;
using Ebb.Kubernetes.Api;

namespace Ebb.Engine.Http;

/// <summary>The function <c>View</c>: everything that may be looked at. Nothing here changes anything.</summary>
internal static class ViewRoutes
{
    public static void MapView(this IEndpointRouteBuilder api)
    {
        api.MapGet(
                "/status",
                (PowerPath path, EbbSettings settings) =>
                    path.View is { } view
                        ? Results.Json(
                            StatusReadings.Of(view, settings, path.Leads, path.Troubles),
                            AnswerJson.Default.StatusAnswer
                        )
                        : Problems.NotYet()
            )
            .Answers<StatusAnswer>("Power, phase, the wave that moves, counts, and why.", refusals: 503);

        api.MapGet(
                "/workloads",
                (PowerPath path, UnlistedWorkloads unlisted) =>
                    path.View is { } view
                        ? Results.Json(Readings.Workloads(view, unlisted), AnswerJson.Default.WorkloadsAnswer)
                        : Problems.NotYet()
            )
            .Answers<WorkloadsAnswer>("Each workload: size, baseline, state, and why.", refusals: 503);

        // A kind may hold slashes (group/version/Kind), so the middle takes all that is left.
        api.MapGet(
                "/workloads/{**rest}",
                async (string rest, PowerPath path, WorkloadSearch search, CancellationToken token) =>
                    path.View is { } view ? await WorkloadAsync(rest, view, search, token) : Problems.NotYet()
            )
            .Answers<WorkloadAnswer>("One workload, and what comes next.", 200, 404, 503);

        api.MapGet(
                "/plan",
                (PowerPath path, LearnedDurations learned, EbbSettings settings) =>
                    path.View is { } view
                        ? Results.Json(
                            Readings.Plan(view, learned.Known, settings.Power),
                            AnswerJson.Default.PlanAnswer
                        )
                        : Problems.NotYet()
            )
            .Answers<PlanAnswer>("The waves down and up as they would run now.", refusals: 503);

        api.MapGet(
                "/outages",
                (PowerPath path, PowerRecords records) =>
                {
                    var (kept, present) = (records.Reports, path.View?.Outage ?? records.Latest);
                    if (kept is null && present is null)
                        return NotRead();
                    var all = (kept ?? []).Where(o => o.Id != present?.Id);
                    if (present is not null)
                        all = all.Prepend(present);
                    return Results.Json(
                        new OutagesAnswer([
                            .. all.Select(o => new OutageSummary(
                                o.Id,
                                o.Began,
                                o.Ended,
                                o.Cause,
                                o.Drill,
                                o.Workloads.Count,
                                o.Workloads.Count(w => w.Late)
                            )),
                        ]),
                        AnswerJson.Default.OutagesAnswer
                    );
                }
            )
            .Answers<OutagesAnswer>("The last outages, the youngest first.", refusals: 503);

        api.MapGet(
                "/outages/{id}",
                (string id, HttpRequest request, PowerPath path, PowerRecords records) =>
                {
                    var kept = records.Reports;
                    var outage =
                        (path.View?.Outage ?? records.Latest) is { } present && present.Id == id
                            ? present
                            : kept?.FirstOrDefault(o => o.Id == id);
                    return outage is not null && MarkdownWanted.By(request)
                            ? Results.Text(Core.Outages.OutageMarkdown.Of(outage), "text/markdown; charset=utf-8")
                        : outage is not null ? Results.Json(Report(outage), ReportJson.Default.JsonObject)
                        : kept is null ? NotRead()
                        : Problems.NotFound($"there is no outage \"{id}\"; GET /api/outages lists them");
                }
            )
            .Answers<Core.Outages.OutageReport>("One outage; as Markdown with Accept: text/markdown.", 200, 404, 503);
    }

    private static IResult NotRead() =>
        Problems.Of(
            StatusCodes.Status503ServiceUnavailable,
            "Outages are not known yet",
            "the Outages in Ebb's namespace have not been read; GET /api/status says what is in the way"
        );

    /// <summary>With what is not back, which is not kept because it follows from the rest.</summary>
    private static JsonObject Report(Core.Outages.OutageReport outage)
    {
        var report = JsonSerializer.SerializeToNode(outage, AnswerJson.Default.OutageReport)!.AsObject();
        report["notBack"] = new JsonArray([.. outage.NotBack.Select(name => (JsonNode)name)]);
        return report;
    }

    private static async Task<IResult> WorkloadAsync(
        string rest,
        PowerView view,
        WorkloadSearch search,
        CancellationToken cancellationToken
    )
    {
        var parts = rest.Split('/');
        if (parts.Length < 3)
            return Problems.NotFound("expected /api/workloads/{namespace}/{kind}/{name}");
        // No namespace is called "-".
        var (space, kind, name) = (parts[0] == "-" ? "" : parts[0], string.Join('/', parts[1..^1]), parts[^1]);
        var found = view.Plan.Workloads.FirstOrDefault(s =>
            s.Member.Scaler.TargetNamespace == space
            && s.Member.Scaler.TargetName == name
            && Readings.Kind(s.Member).Equals(kind, StringComparison.OrdinalIgnoreCase)
        );
        if (found is not null)
            return Results.Json(Readings.Workload(found), AnswerJson.Default.WorkloadAnswer);
        var (subject, missing) = await search.FindAsync(space, kind, name, cancellationToken, looksOnly: true);
        return subject is null
            ? missing!
            : Results.Json(search.AnswerOn(subject, view), AnswerJson.Default.WorkloadAnswer);
    }
}

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ReportJson : JsonSerializerContext;
