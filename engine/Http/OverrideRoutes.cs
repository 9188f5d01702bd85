using System.Text.Json;
using Ebb.Core.Outages;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Engine.Claims;
using Ebb.Engine.Clocks;
using Ebb.Engine.Overrides;
using Ebb.Engine.Power;
using NodaTime.Text;

namespace Ebb.Engine.Http;

/// <summary>
/// Overrides: <c>PUT</c> and <c>DELETE /api/workloads/{namespace}/{kind}/{name}/override</c>, <c>GET
/// /api/overrides</c>.
/// </summary>
internal static class OverrideRoutes
{
    private const string Suffix = "/override";
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
            .AddSingleton<WorkloadSearch>()
            .AddSingleton<Why>()
            .AddSingleton<OverriddenWorkloads>()
            .AddSingleton<OverridePath>()
            .AddHostedService<OverrideTicking>();

    public static void MapOverrides(this IEndpointRouteBuilder api)
    {
        api.MapGet(
            "/overrides",
            (OverrideBook book, OverridePath path, EngineClocks clocks) =>
                Results.Json(
                    new OverridesAnswer([.. book.All.Select(k => Answer(k, path, clocks))]),
                    OverrideJson.Default.OverridesAnswer
                )
        );
        // A kind may hold slashes (group/version/Kind), so the middle takes all that is left.
        api.MapPut("/workloads/{**rest}", PutAsync);
        api.MapDelete("/workloads/{**rest}", DeleteAsync);
    }

    private static async Task<IResult> PutAsync(
        string rest,
        HttpContext context,
        OverrideBook book,
        OverridePath path,
        PowerPath power,
        WorkloadSearch search,
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
        var now = clocks.World.Now();
        OverrideRequest? request;
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
            (request, var faults) = OverrideRequest.Read(body.RootElement, now);
            if (faults is not null)
                return Problems.BadRequest(faults);
        }
        catch (JsonException fault)
        {
            return Problems.BadRequest($"expected JSON, found something else in line {fault.LineNumber + 1}");
        }
        if (OverrideStep.Refusal(subject, request!.Effect, request.Replicas) is { } refusal)
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "Refused", refusal);

        var present = book.Find(subject.Type.Name, subject.Namespace, subject.Name);
        if (present is null && search.Twin(subject, book) is { } twin)
            return Conflict(
                $"it is the workload of {twin.Override}, which is overridden; end that one first",
                twin,
                path,
                clocks
            );
        var match = context.Request.Headers.IfMatch.FirstOrDefault()?.Trim('"');
        if (match is not null && match != "*" && present?.Tag != match)
            return Conflict("it is another one by now", present, path, clocks);
        if (match is null && present is { Override: var there } && !there.IsOver(now))
            return Conflict(
                "somebody has overridden this already; send If-Match with its etag to replace it",
                present,
                path,
                clocks
            );
        var asked = new Override
        {
            Kind = subject.Type.Name,
            Namespace = subject.Namespace,
            Name = subject.Name,
            Effect = request.Effect,
            Replicas = request.Effect == OverrideEffect.Freeze ? subject.Size : request.Replicas,
            Reason = request.Reason,
            At = now,
            Until = request.Until,
            // What it was before the first of them; whoever takes over takes that over too.
            Before = present?.Override.Before,
        };
        try
        {
            var kept = await book.PutAsync(asked, present?.ETag, context.RequestAborted);
            power.Note(
                new PersonAction(
                    now,
                    $"overrode {asked} until {InstantPattern.General.Format(asked.Until)}, {Effect(asked)}: {asked.Reason}",
                    null
                )
            );
            await TurnsAsync(power, path, lifetime).WaitAsync(context.RequestAborted);
            kept = book.Find(asked.Kind, asked.Namespace, asked.Name) ?? kept;
            context.Response.Headers.ETag = $"\"{kept.Tag}\"";
            return Results.Json(
                Answer(kept, path, clocks),
                OverrideJson.Default.OverrideAnswer,
                statusCode: present is null ? StatusCodes.Status201Created : StatusCodes.Status200OK
            );
        }
        catch (StateConflictException)
        {
            return Conflict("somebody was faster", book.Find(asked.Kind, asked.Namespace, asked.Name), path, clocks);
        }
        catch (StateStoreException away)
        {
            return Problems.Of(
                StatusCodes.Status503ServiceUnavailable,
                "The state store is away",
                $"an override that is not kept would be forgotten; nothing was changed: {away.Message}"
            );
        }
    }

    private static async Task<IResult> DeleteAsync(
        string rest,
        HttpContext context,
        OverrideBook book,
        OverridePath path,
        PowerPath power,
        WorkloadSearch search,
        EngineClocks clocks,
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
            return Conflict("it is another one by now", present, path, clocks);
        try
        {
            var kept = await book.PutAsync(
                present.Override with
                {
                    TakenBack = true,
                },
                present.ETag,
                context.RequestAborted
            );
            power.Note(new PersonAction(clocks.World.Now(), $"ended the override of {present.Override}", null));
            await TurnsAsync(power, path, lifetime).WaitAsync(context.RequestAborted);
            return Results.Json(
                Answer(kept, path, clocks),
                OverrideJson.Default.OverrideAnswer,
                statusCode: StatusCodes.Status202Accepted
            );
        }
        catch (StateConflictException)
        {
            return Conflict(
                "somebody was faster",
                book.Find(present.Override.Kind, present.Override.Namespace, present.Override.Name),
                path,
                clocks
            );
        }
        catch (StateStoreException away)
        {
            return Problems.Of(
                StatusCodes.Status503ServiceUnavailable,
                "The state store is away",
                $"nothing was changed: {away.Message}"
            );
        }
    }

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

    private static string Effect(Override asked) =>
        asked switch
        {
            { Effect: OverrideEffect.Asleep } => "asleep",
            { Effect: OverrideEffect.Freeze, Replicas: { } frozen } => $"frozen at {frozen}",
            { Effect: OverrideEffect.Freeze } => "frozen",
            { Replicas: { } replicas } => $"{replicas} replicas",
            _ => "awake",
        };

    private static IResult Conflict(string detail, Kept? present, OverridePath path, EngineClocks clocks) =>
        Results.Json(
            new OverrideConflict(
                "about:blank",
                "Conflict",
                StatusCodes.Status409Conflict,
                detail,
                present is null ? null : Answer(present, path, clocks)
            ),
            OverrideJson.Default.OverrideConflict,
            "application/problem+json",
            StatusCodes.Status409Conflict
        );

    public static OverrideAnswer Answer(Kept kept, OverridePath path, EngineClocks clocks)
    {
        var asked = kept.Override;
        var step = path.StepOf(asked);
        var state = asked.IsOver(clocks.World.Now()) ? OverrideState.Returns : step?.State ?? OverrideState.Waits;
        return new OverrideAnswer(
            asked.Kind,
            asked.Namespace,
            asked.Name,
            asked.Effect == OverrideEffect.Asleep ? null : asked.Replicas,
            asked.Effect == OverrideEffect.Asleep,
            asked.Effect == OverrideEffect.Freeze,
            asked.Reason,
            asked.At,
            asked.Until,
            state.ToString().ToLowerInvariant(),
            step?.Note ?? "not looked at yet",
            kept.Tag
        );
    }
}
