using System.Text.Json;
using Ebb.Core.Outages;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Engine.Claims;
using Ebb.Engine.Clocks;
using Ebb.Engine.Journal;
using Ebb.Engine.Overrides;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;
using NodaTime.Text;

namespace Ebb.Engine.Http;

/// <summary>
/// Overrides: <c>PUT</c> and <c>DELETE /api/workloads/{namespace}/{kind}/{name}/override</c>, <c>GET
/// /api/overrides</c>.
/// </summary>
internal static class OverrideRoutes
{
    private const string Suffix = "/override";
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private const string Expected = "expected /api/workloads/{namespace}/{kind}/{name}/override";

    public static IServiceCollection AddOverrides(this IServiceCollection services) =>
        services
            .AddSingleton<OverrideBook>()
            .AddSingleton<IClaims>(s => s.GetRequiredService<OverrideBook>())
            .AddSingleton<ClockClaims>()
            .AddSingleton<IClaims>(s => s.GetRequiredService<ClockClaims>())
            .AddSingleton<CapacityClaims>()
            .AddSingleton<IClaims>(s => s.GetRequiredService<CapacityClaims>())
            .AddSingleton<UnlistedWorkloads>()
            .AddSingleton<OverrideTargets>()
            .AddSingleton<WorkloadSearch>()
            .AddSingleton<WorkloadSentences>()
            .AddSingleton<PersonClaims>()
            .AddSingleton<OverridePath>()
            .AddHostedService<OverrideTicking>();

    public static void MapOverrides(this IEndpointRouteBuilder api)
    {
        api.MapGet(
                "/overrides",
                (OverrideBook book, OverridePath path) =>
                    Results.Json(
                        new OverridesAnswer([.. book.All.Select(k => Answer(k, path))]),
                        OverrideJson.Default.OverridesAnswer
                    )
            )
            .Answers<OverridesAnswer>("What people ask of single workloads.");
        // A kind may hold slashes (group/version/Kind), so the middle takes all that is left.
        api.MapPut("/workloads/{**rest}", PutAsync)
            .Answers<OverrideAnswer>("Overrides a workload until an end.", 201, 400, 403, 404, 409, 422, 503)
            // One that stood, replaced with If-Match.
            .Produces<OverrideAnswer>()
            .Takes("application/json", """{"replicas": 3, "for": "PT2H", "reason": "load test"}""");
        api.MapDelete("/workloads/{**rest}", DeleteAsync)
            .Answers<OverrideAnswer>("Takes an override back.", 202, 403, 404, 409, 503);
    }

    private static async Task<IResult> PutAsync(
        string rest,
        HttpContext context,
        OverrideBook book,
        OverridePath path,
        PowerPath power,
        WorkloadSearch search,
        EbbSettings settings,
        EngineClocks clocks,
        IHostApplicationLifetime lifetime
    )
    {
        if (power.View is null)
            return Problems.NotYet();
        if (Split(rest) is not (var (space, kind, name), _))
            return Problems.NotFound(Expected);
        var (subject, missing) = await search.FindAsync(space, kind, name, context.RequestAborted);
        if (subject is null)
            return missing!;
        var now = clocks.Wall.Now();
        OverrideRequest? request;
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, Strict, context.RequestAborted);
            (request, var faults) = OverrideRequest.Read(body.RootElement, now);
            if (faults is not null)
                return Problems.BadRequest(faults);
        }
        catch (JsonException fault)
        {
            return Problems.BadRequest($"expected JSON, found something else in line {fault.LineNumber + 1}");
        }
        catch (InvalidOperationException)
        {
            return Problems.BadRequest("expected JSON, found a name that is no text");
        }
        if (OverrideStep.Refusal(subject, request!.Effect, request.Replicas) is { } refusal)
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "Refused", refusal);

        var present = book.Find(subject.Type.Name, subject.Namespace, subject.Name);
        if (present is null && search.Twin(subject, book) is { } twin)
            return Conflict(
                $"it is the workload of {twin.Override}, which is overridden; end that one first",
                twin,
                path
            );
        var match = context.Request.Headers.IfMatch.FirstOrDefault()?.Trim('"');
        if (match is not null && match != "*" && present?.Tag != match)
            return Conflict("it is another one by now", present, path);
        if (match is null && present is { Override: var there } && !there.IsOver(now))
            return Conflict(
                "somebody has overridden this already; send If-Match with its etag to replace it",
                present,
                path
            );
        var asked = new Override
        {
            Kind = subject.Type.Name,
            Namespace = subject.Namespace,
            Name = subject.Name,
            Effect = request.Effect,
            Replicas = request.Replicas,
            Reason = request.Reason,
            By = Requester.Of(context.Request, settings),
            At = now,
            Until = request.Until,
        };
        var (stored, result) = await book.PutAsync(asked, present, context.RequestAborted);
        if (stored is null)
            return NotStored(
                result,
                $"the Override of {asked.Key}",
                book.Find(asked.Kind, asked.Namespace, asked.Name),
                path
            );
        await TurnsAsync(power, path, lifetime).WaitAsync(context.RequestAborted);
        stored = book.Find(asked.Kind, asked.Namespace, asked.Name) ?? stored;
        context.Response.Headers.ETag = $"\"{stored.Tag}\"";
        return Results.Json(
            Answer(stored, path),
            OverrideJson.Default.OverrideAnswer,
            statusCode: present is null ? StatusCodes.Status201Created : StatusCodes.Status200OK
        );
    }

    private static async Task<IResult> DeleteAsync(
        string rest,
        HttpContext context,
        OverrideBook book,
        OverridePath path,
        PowerPath power,
        WorkloadSearch search,
        EbbSettings settings,
        ActJournal journal,
        IHostApplicationLifetime lifetime
    )
    {
        var (parts, malformed) = Split(rest);
        if (parts is not var (space, kind, name))
            return malformed!;
        var present = book.Find(WorkloadType.Parse(kind)?.Name ?? kind, space, name);
        if (
            present is null
            && book.All.Count > 0
            && (await search.FindAsync(space, kind, name, context.RequestAborted, looksOnly: true)).Subject
                is { } subject
        )
            present = book.Find(subject.Type.Name, subject.Namespace, subject.Name);
        if (present is null)
            return Problems.NotFound(
                $"nobody overrides {kind} {space}/{name}; GET /api/overrides lists those that stand"
            );
        var match = context.Request.Headers.IfMatch.FirstOrDefault()?.Trim('"');
        if (match is not null && match != "*" && match != present.Tag)
            return Conflict("it is another one by now", present, path);
        var result = await book.DeleteAsync(present, context.RequestAborted);
        if (result.Outcome is not (WriteOutcome.Done or WriteOutcome.Gone))
            return NotStored(
                result,
                $"the end of the Override of {present.Key}",
                book.Find(present.Override.Kind, present.Override.Namespace, present.Override.Name),
                path
            );
        journal.Record(
            Requester.Of(context.Request, settings),
            "took the override back",
            present.Key.ToString(),
            present.Override.Reason
        );
        await TurnsAsync(power, path, lifetime).WaitAsync(context.RequestAborted);
        return Results.Json(
            Answer(present, path),
            OverrideJson.Default.OverrideAnswer,
            statusCode: StatusCodes.Status202Accepted
        );
    }

    /// <summary>409: somebody else asked meanwhile. 503: the API server does not store it now.</summary>
    private static IResult NotStored(WriteResult result, string what, StoredOverride? present, OverridePath path) =>
        result.Outcome switch
        {
            WriteOutcome.Conflict or WriteOutcome.Gone => Conflict("somebody was faster", present, path),
            WriteOutcome.Forbidden => Problems.Of(StatusCodes.Status403Forbidden, "Forbidden", result.Detail),
            WriteOutcome.Invalid => Problems.Of(StatusCodes.Status422UnprocessableEntity, "Refused", result.Detail),
            _ => Problems.NotStored(result, what),
        };

    /// <summary>A client that hangs up cancels its answer, never a turn.</summary>
    private static async Task TurnsAsync(PowerPath power, OverridePath path, IHostApplicationLifetime lifetime)
    {
        await power.TurnAsync(lifetime.ApplicationStopping);
        await path.TurnAsync(lifetime.ApplicationStopping);
    }

    private static ((string Namespace, string Kind, string Name)? Parts, IResult? Malformed) Split(string rest)
    {
        if (!rest.EndsWith(Suffix, StringComparison.Ordinal))
            return (null, Problems.NotFound(Expected));
        var parts = rest[..^Suffix.Length].Split('/');
        return parts.Length is < 3 or > 5 || parts.Any(p => p.Length is 0 or > 253)
            ? (null, Problems.NotFound(Expected))
            : ((parts[0], string.Join('/', parts[1..^1]), parts[^1]), null);
    }

    private static IResult Conflict(string detail, StoredOverride? present, OverridePath path) =>
        Results.Json(
            new OverrideConflict(
                Problems.TypeOf("Conflict"),
                "Conflict",
                StatusCodes.Status409Conflict,
                detail,
                present is null ? null : Answer(present, path)
            ),
            OverrideJson.Default.OverrideConflict,
            "application/problem+json",
            StatusCodes.Status409Conflict
        );

    public static OverrideAnswer Answer(StoredOverride stored, OverridePath path)
    {
        var (asked, status) = (stored.Override, path.StateOf(stored));
        return new OverrideAnswer(
            asked.Kind,
            asked.Namespace,
            asked.Name,
            asked.Effect == OverrideEffect.Asleep ? null : asked.Replicas,
            asked.Effect == OverrideEffect.Asleep,
            asked.Effect == OverrideEffect.Freeze,
            asked.Reason,
            asked.By,
            asked.At,
            stored.Fault is null ? asked.Until : null,
            status.State.ToString().ToLowerInvariant(),
            status.Message,
            stored.Tag
        );
    }
}
