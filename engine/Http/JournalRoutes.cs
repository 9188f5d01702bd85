using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ebb.Core.Ports;
using Ebb.Engine.Clocks;
using Ebb.Engine.Journal;

namespace Ebb.Engine.Http;

/// <summary>
/// <c>GET /api/journal</c> and <c>GET /api/outages/archive</c>, page by page: <c>?limit=</c> (1 to 1,000, else 100) and
/// <c>?after=</c>, the <c>next</c> of the page before.
/// </summary>
internal static partial class JournalRoutes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void MapJournal(this IEndpointRouteBuilder api)
    {
        api.MapGet(
                "/journal",
                async (HttpContext context, ActJournal journal, EngineClocks clocks) =>
                {
                    var (limit, after, fault) = Page(context.Request.Query);
                    if (fault is not null)
                        return Problems.BadRequest(fault);
                    if (journal.Archive is not { } archive)
                        return Results.Json(journal.Recent(after, limit), JournalJson.Default.JournalAnswer);
                    var (page, away) = await AskAsync(
                        archive,
                        ArchiveKind.Journal,
                        after,
                        limit,
                        clocks,
                        context.RequestAborted
                    );
                    return page is null
                        ? away!
                        : Results.Json(
                            new JournalAnswer(
                                "archive",
                                [.. page.Entries.Select(Entry).OfType<JournalEntry>()],
                                page.Next
                            ),
                            JournalJson.Default.JournalAnswer
                        );
                }
            )
            .Answers<JournalAnswer>("Who did what, why, and what came of it, page by page.", 200, 400, 503)
            .Query("limit", "1 to 1000 entries, else 100")
            .Query("after", "the next of the page before");
        api.MapGet(
                "/outages/archive",
                async (HttpContext context, ActJournal journal, EngineClocks clocks) =>
                {
                    var (limit, after, fault) = Page(context.Request.Query);
                    if (fault is not null)
                        return Problems.BadRequest(fault);
                    if (journal.Archive is not { } archive)
                        return Problems.NotFound("no archive is configured (Archive__Connection, Archive__Endpoint)");
                    var (page, away) = await AskAsync(
                        archive,
                        ArchiveKind.Outages,
                        after,
                        Math.Min(limit, 100),
                        clocks,
                        context.RequestAborted
                    );
                    if (page is null)
                        return away!;
                    // The documents are what GET /api/outages/{id} gives, and are passed on as they are.
                    var next = page.Next is { } token ? $",\"next\":\"{token}\"" : "";
                    return Results.Text(
                        $$"""{"items":[{{string.Join(',', page.Entries.Select(e => e.Json))}}]{{next}}}""",
                        "application/json"
                    );
                }
            )
            .AnswersText("Outages beyond those that the cluster keeps.", "application/json", 400, 404, 503)
            .Query("limit", "1 to 100 outages")
            .Query("after", "the next of the page before");
    }

    private static async Task<(ArchivePage? Page, IResult? Away)> AskAsync(
        IArchive archive,
        ArchiveKind kind,
        string? after,
        int limit,
        EngineClocks clocks,
        CancellationToken aborted
    )
    {
        using var deadline = new CancellationTokenSource(Patience, clocks.Deadlines);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        try
        {
            return (await archive.PageAsync(kind, after, limit, either.Token), null);
        }
        catch (ArchiveException away)
        {
            return (null, Away(away.Message));
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return (null, Away($"it did not answer within {Patience.TotalSeconds:0} s"));
        }
    }

    private static IResult Away(string why) =>
        Problems.Of(StatusCodes.Status503ServiceUnavailable, "The archive is away", why);

    private static (int Limit, string? After, string? Fault) Page(IQueryCollection query)
    {
        var (limit, after) = (query["limit"].FirstOrDefault(), query["after"].FirstOrDefault());
        var most = 100;
        if (
            limit is not null
            && (
                !int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > 1000
            )
        )
            return (0, null, $"limit: expected a whole number from 1 to 1000, found \"{limit}\"");
        if (after is not null && !Token().IsMatch(after))
            return (0, null, "after: expected the next of the page before");
        return (most, after, null);
    }

    private static JournalEntry? Entry(ArchiveEntry archived)
    {
        try
        {
            return JsonSerializer.Deserialize(archived.Json, JournalJson.Default.JournalEntry);
        }
        catch (JsonException)
        {
            // Somebody else has put it there.
            return null;
        }
    }

    [GeneratedRegex(@"\A[0-9a-z-]{1,100}\z")]
    private static partial Regex Token();
}
