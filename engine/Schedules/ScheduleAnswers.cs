using System.Text.Json.Serialization;
using Ebb.Core.Time.Timetables;
using Ebb.Engine.Json;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary><c>GET /api/schedules</c> and <c>POST /api/schedules/preview</c>.</summary>
/// <param name="Items">Each scaled object.</param>
/// <param name="Errors">What is wrong.</param>
/// <param name="Saved">Of all items of which it is known, with how many those are not; null: of none, or one instant
/// was asked about.</param>
/// <param name="Selections">The Schedules that select their workloads; null: there are none.</param>
/// <param name="Conflicts">What documents of a preview, and objects beside them, ask in vain; null: no preview.</param>
internal sealed record SchedulesAnswer(
    IReadOnlyList<ScheduleItem> Items,
    IReadOnlyList<ScheduleError> Errors,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ScheduleSaved? Saved = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<ScheduleSelection>? Selections = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<ScheduleConflictAnswer>? Conflicts = null
);

/// <summary>A Schedule that selects its workloads.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The kind of workload that it selects.</param>
/// <param name="Selected">How many it means now; null: not known.</param>
/// <param name="First">The first ten, as <c>shop/web</c>.</param>
/// <param name="Unknown">Why it is not known which; null: it is.</param>
internal sealed record ScheduleSelection(
    string Namespace,
    string Name,
    string Kind,
    int? Selected,
    IReadOnlyList<string> First,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Unknown
);

/// <summary>Objects that ask of workloads at the same time what cannot all be.</summary>
/// <param name="Between">The objects.</param>
/// <param name="Workloads">The first ten workloads, as <c>Deployment shop/web</c>.</param>
/// <param name="Count">How many workloads there are.</param>
/// <param name="From">When it begins for the first time in the stretch. Included.</param>
/// <param name="To">When it is over for the first time. Excluded.</param>
/// <param name="Counts">What counts then; null: each acts on what it names.</param>
internal sealed record ScheduleConflictAnswer(
    IReadOnlyList<ScheduleConflictSide> Between,
    IReadOnlyList<string> Workloads,
    int Count,
    Instant From,
    Instant To,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ScheduleConflictSize? Counts
);

/// <summary>One of the objects of a conflict.</summary>
/// <param name="Document">Which of the preview, counted from 1; null: it is in the cluster.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Asks">What it asks.</param>
/// <param name="Holds">Whether it gets that; null: each acts on what it names, and what comes of it is not
/// known.</param>
internal sealed record ScheduleConflictSide(
    int? Document,
    string Kind,
    string Namespace,
    string Name,
    ScheduleConflictSize Asks,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Holds
);

/// <summary>Null where nothing is asked.</summary>
internal sealed record ScheduleConflictSize(int? Min, int? Max);

/// <summary>What is saved in the time that was asked about, against the usual size at all times.</summary>
/// <param name="ReplicaHours">Replicas times hours; below 0: so many more.</param>
/// <param name="CoreHours">Times the cores that a replica requests; null: not known.</param>
/// <param name="GibHours">Times the GiB of memory that a replica requests; null: not known.</param>
/// <param name="NotKnown">Of a sum, what is not in it; null: it is of one item.</param>
internal sealed record ScheduleSaved(
    double ReplicaHours,
    double? CoreHours,
    double? GibHours,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ScheduleNotKnown? NotKnown = null
)
{
    private const int Digits = 2;

    public static ScheduleSaved? Of(Savings? saved) =>
        saved is null
            ? null
            : new ScheduleSaved(Round(saved.ReplicaHours), Rounded(saved.CoreHours), Rounded(saved.GibHours));

    public static ScheduleSaved? Of(SavingsTotal? total) =>
        total is null
            ? null
            : Of(total.Known)! with
            {
                NotKnown = new(total.Of, total.Unsized, total.WithoutCores, total.WithoutMemory),
            };

    private static double Round(double hours) => Math.Round(hours, Digits);

    private static double? Rounded(double? hours) => hours is { } known ? Round(known) : null;
}

/// <summary>How many items a sum is without, since it is not known of them.</summary>
/// <param name="Of">How many items there are.</param>
/// <param name="ReplicaHours">So many are in none of the sums, such as what an autoscaler sizes all the time.</param>
/// <param name="CoreHours">So many are not in the core-hours.</param>
/// <param name="GibHours">So many are not in the GiB-hours.</param>
internal sealed record ScheduleNotKnown(int Of, int ReplicaHours, int CoreHours, int GibHours);

/// <summary>A scaled object; for Schedules their parent.</summary>
internal sealed record ScheduleItem(
    string Kind,
    string Namespace,
    string Name,
    ScheduleItemTarget Target,
    IReadOnlyList<ScheduleInterval> Intervals,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ScheduleDaysOff>? DaysOff,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ScheduleSaved? Saved = null
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
