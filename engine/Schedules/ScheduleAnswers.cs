using System.Text.Json.Serialization;
using Ebb.Engine.Json;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary><c>GET /api/schedules</c> and <c>POST /api/schedules/preview</c>.</summary>
internal sealed record SchedulesAnswer(IReadOnlyList<ScheduleItem> Items, IReadOnlyList<ScheduleError> Errors);

/// <summary>A scaled object; for Schedules their parent.</summary>
internal sealed record ScheduleItem(
    string Kind,
    string Namespace,
    string Name,
    ScheduleItemTarget Target,
    IReadOnlyList<ScheduleInterval> Intervals,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ScheduleDaysOff>? DaysOff
);

/// <summary>The days off of a Schedule within 30 days from the first that was asked about.</summary>
/// <param name="Schedule">Its name.</param>
/// <param name="Dates">As 2026-12-25, in its own zone.</param>
/// <param name="LeftOut">What its calendar says that is not understood.</param>
internal sealed record ScheduleDaysOff(string Schedule, IReadOnlyList<string> Dates, IReadOnlyList<string> LeftOut);

internal sealed record ScheduleItemTarget(string Kind, string Name);

/// <summary>From (included) to (excluded); null where nothing is asked.</summary>
internal sealed record ScheduleInterval(
    Instant From,
    Instant To,
    int? Min,
    int? Max,
    int? Cpu,
    int? Memory,
    string Cause
);

/// <summary>The document counts from 1; null for objects of the cluster, which the path names.</summary>
internal sealed record ScheduleError(int? Document, string Path, string Expected, string Found);

/// <summary>The shapes of the time path, known at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(InstantConverter)]
)]
[JsonSerializable(typeof(SchedulesAnswer))]
internal sealed partial class ScheduleJson : JsonSerializerContext;
