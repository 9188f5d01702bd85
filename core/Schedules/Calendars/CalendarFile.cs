using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Schedules;

/// <summary>
/// An iCalendar file (RFC 5545) as a list of days off. Every all-day event is a day off, or as many as it lasts; <c>RRULE:FREQ=YEARLY</c>
/// makes it one in each year from its own on. Events at a time of day say nothing of days; cancelled ones do not take place. Anything
/// that makes an all-day event recur in another way, or moves or takes out single days, is refused by name, since leaving it out would
/// give wrong days.
/// </summary>
public static class CalendarFile
{
    private static readonly LocalDatePattern DatePattern = LocalDatePattern.CreateWithInvariantCulture("uuuuMMdd");

    private static readonly string[] Refused = ["EXDATE", "RDATE", "EXRULE", "RECURRENCE-ID"];

    /// <summary>The days off, or everything that is wrong; never both.</summary>
    /// <param name="text">The file.</param>
    /// <param name="name">What the paths of the faults begin with, such as the key in its ConfigMap.</param>
    public static (DaysOff? Days, IReadOnlyList<SpecFault> Faults) Read(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<SpecFault> faults = [];
        List<DateRange> once = [],
            yearly = [];
        Stack<string> open = [];
        Dictionary<string, Line> entry = [];
        var seen = false;
        foreach (var line in Lines(text))
        {
            switch (line.Name)
            {
                case "BEGIN":
                    if (open.Count == 0 && !line.Is("VCALENDAR"))
                        faults.Add(new SpecFault($"{name} line {line.Number}", "BEGIN:VCALENDAR", line.ToString()));
                    seen = true;
                    open.Push(line.Value.ToUpperInvariant());
                    if (line.Is("VEVENT"))
                        entry = [];
                    break;
                case "END":
                    if (!open.TryPop(out var begun) || !line.Is(begun))
                        faults.Add(
                            new SpecFault(
                                $"{name} line {line.Number}",
                                begun is null ? "nothing after END:VCALENDAR" : $"END:{begun}",
                                line.ToString()
                            )
                        );
                    else if (begun == "VEVENT")
                        Take(entry, name, once, yearly, faults);
                    break;
                default:
                    // An alarm inside an event has members of the same names.
                    if (open.TryPeek(out var inside) && inside == "VEVENT")
                        entry.TryAdd(line.Name, line);
                    break;
            }
        }

        if (!seen)
            faults.Add(new SpecFault(name, "an iCalendar file that begins with BEGIN:VCALENDAR", "something else"));
        else if (open.Count > 0)
            faults.Add(new SpecFault(name, $"END:{open.Peek()}", "the end of the file"));
        return faults.Count > 0 ? (null, faults) : (DaysOff.Of(once, yearly), []);
    }

    private static void Take(
        Dictionary<string, Line> entry,
        string name,
        List<DateRange> once,
        List<DateRange> yearly,
        List<SpecFault> faults
    )
    {
        if (entry.GetValueOrDefault("STATUS")?.Is("CANCELLED") == true)
            return;
        if (!entry.TryGetValue("DTSTART", out var start))
        {
            faults.Add(new SpecFault($"{name}, event {Title(entry)}", "DTSTART", "nothing"));
            return;
        }

        if (!start.IsDate)
            return;
        var at = $"{name} line {start.Number}, event {Title(entry)}";
        var wrong = faults.Count;
        foreach (var refused in Refused)
            if (entry.TryGetValue(refused, out var found))
                faults.Add(new SpecFault(at, $"no {refused}", found.ToString()));
        var rule = entry.GetValueOrDefault("RRULE");
        if (rule is not null && !rule.Is("FREQ=YEARLY"))
            faults.Add(new SpecFault(at, "RRULE:FREQ=YEARLY and nothing more", rule.ToString()));
        if (Date(start.Value) is not { } first)
        {
            faults.Add(new SpecFault(at, "a date such as 20261225", start.ToString()));
            return;
        }

        if (Last(entry, first) is not { } last)
        {
            var found = entry.GetValueOrDefault("DTEND") ?? entry["DURATION"];
            faults.Add(new SpecFault(at, "an end at least one day after the start", found.ToString()));
        }
        else if (rule is not null && Period.DaysBetween(first, last) >= 300)
            faults.Add(new SpecFault(at, "a yearly event of at most 300 days", rule.ToString()));
        else if (faults.Count == wrong)
            (rule is null ? once : yearly).Add(new DateRange(first, last));
    }

    /// <summary>The last day; DTEND is the day after it. Without DTEND and DURATION an all-day event lasts one day.</summary>
    private static LocalDate? Last(Dictionary<string, Line> entry, LocalDate first)
    {
        if (entry.TryGetValue("DTEND", out var end))
            return Date(end.Value) is { } after && after > first ? after.PlusDays(-1) : null;
        if (!entry.TryGetValue("DURATION", out var duration))
            return first;
        var text = duration.Value;
        return
            text.Length >= 3
            && text[0] == 'P'
            && text[^1] is 'D' or 'W'
            && int.TryParse(text[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is > 0 and < 10_000
            ? first.PlusDays((text[^1] == 'W' ? count * 7 : count) - 1)
            : null;
    }

    private static LocalDate? Date(string text) =>
        DatePattern.Parse(text).TryGetValue(default, out var date) ? date : null;

    private static string Title(Dictionary<string, Line> entry) =>
        SpecReader.Quoted(entry.GetValueOrDefault("SUMMARY")?.Value ?? entry.GetValueOrDefault("UID")?.Value ?? "");

    /// <summary>Content lines, unfolded: one that begins with a space or a tab continues the one before.</summary>
    private static IEnumerable<Line> Lines(string text)
    {
        var number = 0;
        (string Text, int Number)? kept = null;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.TrimEnd('\r').TrimStart('\uFEFF');
            if (line.Length > 0 && line[0] is ' ' or '\t' && kept is { } open)
            {
                kept = (open.Text + line[1..], open.Number);
                continue;
            }

            if (kept is { } whole && Line.Parse(whole.Text, whole.Number) is { } parsed)
                yield return parsed;
            kept = line.Length == 0 ? null : (line, number);
        }

        if (kept is { } last && Line.Parse(last.Text, last.Number) is { } final)
            yield return final;
    }

    private sealed record Line(int Number, string Name, string Parameters, string Value)
    {
        /// <summary>A date without a time of day, whether it says so or not.</summary>
        public bool IsDate =>
            Parameters.Contains("VALUE=DATE;", StringComparison.OrdinalIgnoreCase)
            || (Parameters.Length == 0 && Value.Length == 8);

        public bool Is(string value) => Value.Trim().Equals(value, StringComparison.OrdinalIgnoreCase);

        /// <summary>The colon that ends the name and its parameters is the first that is not in quotes.</summary>
        public static Line? Parse(string text, int number)
        {
            var quoted = false;
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '"')
                    quoted = !quoted;
                if (text[i] != ':' || quoted)
                    continue;
                var name = text[..i].Split(';', 2);
                return new Line(
                    number,
                    name[0].Trim().ToUpperInvariant(),
                    name.Length > 1 ? name[1] + ";" : "",
                    text[(i + 1)..]
                );
            }

            return null;
        }

        public override string ToString() => SpecReader.Quoted($"{Name}:{Value}");
    }
}
