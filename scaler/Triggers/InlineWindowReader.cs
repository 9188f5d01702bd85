using Ebb.Core.Time.Forms;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Scaler.Triggers;

/// <summary>Reads a window that stands in the trigger itself.</summary>
internal static class InlineWindowReader
{
    public static readonly string[] Keys = ["timezone", "start", "end", "days", "desiredReplicas"];

    /// <summary>Null: it has none, or a fault was added.</summary>
    public static InlineWindow? Read(MetadataValues values)
    {
        if (!Keys.Any(values.Has))
            return null;
        var (start, end) = (
            TimeOf(values, "start", TimesOfDay.StartWords, TimesOfDay.Start),
            TimeOf(values, "end", TimesOfDay.EndWords, TimesOfDay.End)
        );
        var replicas = values.Whole("desiredReplicas", 0, TriggerMetadataReader.MostReplicas, required: true);
        var zoneName = values.Text("timezone") ?? "UTC";
        var zone = TimeZones.Find(zoneName);
        if (zone is null)
            values.Fault("timezone", TimeZones.Expected(zoneName), values.Quoted("timezone"));
        WeekDays? days = values.Text("days") is { } text ? WeekDays.Parse(text) : WeekDays.All;
        if (days is null)
            values.Fault("days", "days of the week such as Mon-Fri or Sat,Sun", values.Quoted("days"));
        if (TimesOfDay.IsUnclear(start, end, values.Text("end"), values.Has("days")))
        {
            values.Fault("end", TimesOfDay.Clearer("start"), values.Quoted("end"));
            return null;
        }

        return start is { } from && end is { } to && replicas is { } count && zone is not null && days is { } on
            ? new InlineWindow(
                Window.Recurring(zone, from, to, on),
                count,
                $"{values.Text("start")}-{values.Text("end")} {zoneName}{(values.Has("days") ? $" {values.Text("days")}" : "")}"
            )
            : null;
    }

    private static LocalTime? TimeOf(MetadataValues values, string key, string expected, Func<string, LocalTime?> parse)
    {
        if (values.Text(key) is { } text && parse(text) is { } time)
            return time;
        values.Fault(key, expected, values.Quoted(key));
        return null;
    }
}
