using System.Globalization;
using Ebb.Core.Time.Forms;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Specs;

/// <summary>
/// What a ConfigMap of hpa-time-scaler says: an HPA's minReplicas is the up value from the up time to the down time,
/// else the down value.
/// </summary>
/// <param name="HpaName">The HPA, in the ConfigMap's namespace.</param>
/// <param name="Timetable">Both values.</param>
/// <param name="Zone">Of its times.</param>
public sealed record TimeScalerSpec(string HpaName, ITimetable Timetable, DateTimeZone Zone)
{
    private const int MostReplicas = 1_000_000;

    /// <summary>
    /// Reads <c>data</c>, with the original's defaults; DAYS are the days on which the window up starts.
    /// </summary>
    /// <param name="name">The ConfigMap's name, for the cause.</param>
    /// <param name="namespace">The ConfigMap's namespace. NAMESPACE may only repeat it: who writes in one namespace
    /// must not size another's.</param>
    /// <param name="data">The member; null: empty.</param>
    public static Parsed<TimeScalerSpec> Read(string name, string @namespace, IReadOnlyDictionary<string, string>? data)
    {
        List<SpecFault> faults = [];
        string Text(string key, string otherwise) =>
            data is not null && data.TryGetValue(key, out var text) && text.Trim().Length > 0 ? text.Trim() : otherwise;
        T? Value<T>(string key, string otherwise, string expected, Func<string, T?> parse)
            where T : struct
        {
            var text = Text(key, otherwise);
            var value = text.Length == 0 ? null : parse(text);
            if (value is null)
                faults.Add(
                    new SpecFault($"data.{key}", expected, text.Length == 0 ? "nothing" : SpecFault.Quoted(text))
                );
            return value;
        }

        var hpa = Text("HPA_NAME", "");
        if (hpa.Length == 0)
            faults.Add(new SpecFault("data.HPA_NAME", "the name of a HorizontalPodAutoscaler", "nothing"));
        if (Text("NAMESPACE", @namespace) is var elsewhere && elsewhere != @namespace)
            faults.Add(
                new SpecFault(
                    "data.NAMESPACE",
                    $"the ConfigMap's own namespace, {@namespace}, or nothing",
                    SpecFault.Quoted(elsewhere)
                )
            );
        var (up, down) = (
            Value("SCALE_UP_TIME", "05:00", TimesOfDay.StartWords, TimesOfDay.Start),
            Value("SCALE_DOWN_TIME", "18:00", TimesOfDay.EndWords, TimesOfDay.End)
        );
        var zone = TimeTexts.Zone(Text("TIMEZONE", "UTC"));
        if (zone is null)
            faults.Add(
                new SpecFault(
                    "data.TIMEZONE",
                    TimeZones.Expected(Text("TIMEZONE", "")),
                    SpecFault.Quoted(Text("TIMEZONE", ""))
                )
            );
        var words = $"a whole number from 1 to {MostReplicas.ToString(CultureInfo.InvariantCulture)}";
        var (most, least) = (
            Value("SCALE_UP_REPLICAS", "2", words, Replicas),
            Value("SCALE_DOWN_REPLICAS", "1", words, Replicas)
        );
        var days = Value("DAYS", "Mon-Sun", "days such as Mon-Fri or Sat,Sun", WeekDays.Parse);
        if (TimesOfDay.IsUnclear(up, down, Text("SCALE_DOWN_TIME", "18:00"), Text("DAYS", "").Length > 0))
            faults.Add(
                new SpecFault(
                    "data.SCALE_DOWN_TIME",
                    TimesOfDay.Clearer("SCALE_UP_TIME"),
                    SpecFault.Quoted(Text("SCALE_DOWN_TIME", "18:00"))
                )
            );
        if (faults.Count > 0)
            return new Parsed<TimeScalerSpec>(null, faults);
        var window = Window.Recurring(zone!, up!.Value, down!.Value, days!.Value);
        return new Parsed<TimeScalerSpec>(
            new TimeScalerSpec(
                hpa,
                new SingleRule(
                    new Rule(window, new ScaleBounds(most, null), $"ConfigMap {name}: up"),
                    new ScheduleState(new ScaleBounds(least, null), $"ConfigMap {name}: down", true)
                ),
                zone!
            ),
            []
        );
    }

    private static int? Replicas(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number is >= 1 and <= MostReplicas
            ? number
            : null;
}
