using System.Globalization;
using System.Text.Json;
using Ebb.Core.Selection;
using Ebb.Core.Time.Forms;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Specs;

/// <summary>What a Schedule (<c>autoscaling.d-kuro.github.io/v1</c>) says.</summary>
/// <param name="Target">What it sizes; null: it selects.</param>
/// <param name="Suspend">It is not in force.</param>
/// <param name="Rule">Its window and what it asks in it.</param>
public sealed record ScheduleSpec(ScheduleTarget? Target, bool Suspend, Rule Rule)
{
    /// <summary>Finds the calendar that a Schedule names: its days off, or what is wrong with it.</summary>
    /// <param name="calendar">The calendar.</param>
    /// <param name="zone">The Schedule's.</param>
    public delegate CalendarReading CalendarLookup(CalendarRef calendar, DateTimeZone zone);

    /// <summary>What it sizes, by labels; null: it names one.</summary>
    public WorkloadSelection? Selection { get; init; }

    /// <summary>What was not understood in its calendar and is left out.</summary>
    public IReadOnlyList<SpecFault> Warnings { get; init; } = [];

    private const int MostReplicas = 1_000_000;
    private const string Types = "Weekly, Daily, Monthly or OneShot";

    /// <summary>Reads <c>spec</c>.</summary>
    /// <param name="name">The Schedule's name, for the cause.</param>
    /// <param name="spec">The member.</param>
    /// <param name="calendars">How <c>excludeCalendarRef</c> is looked up.</param>
    public static Parsed<ScheduleSpec> Read(string name, JsonElement? spec, CalendarLookup calendars)
    {
        ArgumentNullException.ThrowIfNull(calendars);
        List<SpecFault> faults = [];
        var root = new SpecReader(spec, "spec", faults);
        var reference = root.Object("scaleTargetRef", required: true);
        var selection = WorkloadSelection.IsWritten(reference) ? WorkloadSelection.Read(reference) : null;
        var target = WorkloadSelection.IsWritten(reference) ? null : ScheduleTarget.Read(reference);
        var zone = TimeTexts.Zone(root.Text("timeZone"));
        if (zone is null)
            root.Fault("timeZone", TimeZones.Expected(root.Text("timeZone")), SpecFault.Quoted(root.Text("timeZone")));
        var daysOff = ExcludedDates.Read(root);
        IReadOnlyList<SpecFault> warnings = [];
        if (CalendarRef.Read(root) is { } calendar)
        {
            var read = calendars(calendar, zone ?? DateTimeZone.Utc);
            if (read.Days is not null)
                daysOff = daysOff.And(read.Days);
            faults.AddRange(read.Faults);
            warnings = read.Warnings;
        }

        var window = root.Text("type", Types) switch
        {
            null => null,
            "Daily" => Daily.Read(root, zone, daysOff),
            "Weekly" => Weekly.Read(root, zone, daysOff),
            "Monthly" => Monthly.Read(root, zone, daysOff),
            "OneShot" => OneShot.Read(root, zone, daysOff),
            var other => Unknown(root, other),
        };
        if (root.Text("type") is { } type)
            OnlyFor(root, type);
        var (min, max) = (root.Whole("minReplicas", 0, MostReplicas), root.Whole("maxReplicas", 0, MostReplicas));
        if (min > max)
            root.Fault(
                "minReplicas",
                $"at most maxReplicas ({max.Value.ToString(CultureInfo.InvariantCulture)})",
                min.Value.ToString(CultureInfo.InvariantCulture)
            );
        var suspend = root.Flag("suspend");
        return Parsed<ScheduleSpec>.Of(
            (target is null && selection is null) || window is null
                ? null
                : new ScheduleSpec(target, suspend, new Rule(window, new ScaleBounds(min, max), $"Schedule {name}"))
                {
                    Warnings = warnings,
                    Selection = selection,
                },
            faults
        );
    }

    /// <summary>The calendar that a spec names, whatever else is wrong with it; null: none.</summary>
    public static CalendarRef? CalendarOf(JsonElement? spec) => CalendarRef.Read(new SpecReader(spec, "spec", []));

    /// <summary>What another type would not follow is refused instead of being left out.</summary>
    private static void OnlyFor(SpecReader root, string type)
    {
        if (type != "Weekly" && root.Flag("continuous"))
            root.Fault("continuous", "type Weekly with it", SpecFault.Quoted(type));
        if (type != "Monthly" && root.Member("daysOfMonth") is not null)
            root.Fault("daysOfMonth", "type Monthly with it", SpecFault.Quoted(type));
    }

    private static Window? Unknown(SpecReader root, string type)
    {
        root.Fault("type", Types, SpecFault.Quoted(type));
        return null;
    }
}
