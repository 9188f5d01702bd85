using System.Globalization;
using System.Text.RegularExpressions;
using Ical.Net;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;
using NodaTime;

namespace Ebb.Calendars;

/// <summary>
/// The RRULEs of one file, worked out until <see cref="Horizon"/>, and no more of them than can be done in about a
/// quarter of a second.
/// </summary>
internal sealed partial class Recurrence
{
    /// <summary>Rules that have no end are worked out until here, excluded.</summary>
    public static readonly LocalDateTime Horizon = new(2060, 1, 1, 0, 0);

    /// <summary>Turns of the rule's own frequency: a day since 1900 has fewer.</summary>
    private const long MostTurns = 60_000;

    /// <summary>
    /// Bytes that working out all rules together may allocate: what a turn costs depends on all that a rule lists, so
    /// it is measured. Some hundred meetings that come again each week without an end take as many.
    /// </summary>
    private const long MostSpent = 640L << 20;

    private long _spent;

    /// <summary>There are more than can be worked out: nothing can be taken from the file.</summary>
    public bool IsExhausted => _spent > MostSpent;

    /// <summary>The local starts after the first; null: it is not understood.</summary>
    /// <param name="text">The value of RRULE.</param>
    /// <param name="start">The first start.</param>
    /// <param name="isDate">It has no time of day.</param>
    /// <param name="until">UNTIL as a local time of the event.</param>
    public List<LocalDateTime>? Of(string text, LocalDateTime start, bool isDate, Func<Stamp, LocalDateTime?> until)
    {
        if (!Parts().IsMatch(text))
            return null;
        var parts = text.TrimEnd(';').Split(';');
        // Ical.Net reads what it gets as one of DTSTART's own kind.
        LocalDateTime? last = Horizon;
        if (Array.Find(parts, part => part.StartsWith("UNTIL=", StringComparison.OrdinalIgnoreCase)) is { } ends)
        {
            last = Stamp.Read(ends[6..], null, null) is { } stamp ? until(stamp) : null;
            parts = [.. parts.Where(part => part != ends)];
        }

        try
        {
            var rule = new RecurrenceRule(string.Join(';', parts));
            return last is { } end && (!isDate || rule.Frequency >= FrequencyType.Daily)
                ? Spent(() => Evaluate(rule, start, isDate, end))
                : null;
        }
        catch (Exception fault)
            when (fault is ArgumentException or FormatException or OverflowException or EvaluationException)
        {
            return null;
        }
    }

    private List<LocalDateTime>? Spent(Func<List<LocalDateTime>?> evaluate)
    {
        if (IsExhausted)
            return null;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var starts = evaluate();
        _spent += GC.GetAllocatedBytesForCurrentThread() - before;
        return IsExhausted ? null : starts;
    }

    private static List<LocalDateTime>? Evaluate(
        RecurrenceRule rule,
        LocalDateTime start,
        bool isDate,
        LocalDateTime last
    )
    {
        var end = LocalDateTime.Min(last, Horizon);
        var turns = Turns(rule, start, end);
        if (turns > MostTurns)
            return null;
        var evaluator = new RecurrencePatternEvaluator(rule);
        var first = isDate
            ? new CalDateTime(start.Date.ToDateOnly())
            : new CalDateTime(start.ToDateTimeUnspecified(), (string?)null);
        // After as many turns without any the horizon is behind.
        var most = (int)Math.Min(turns + 2, 25_000);
        List<LocalDateTime> starts = [];
        try
        {
            foreach (var period in evaluator.Evaluate(first, null, new() { MaxUnmatchedIncrementsLimit = most }))
            {
                var at = LocalDateTime.FromDateTime(period.StartTime.Value);
                if (at > end || at >= Horizon)
                    break;
                if (starts.Count >= MostTurns)
                    return null;
                starts.Add(at);
            }
        }
        catch (EvaluationOutOfRangeException)
        {
            // It comes again beyond what a calendar can tell, which is later than the horizon.
        }
        catch (EvaluationLimitExceededException)
        {
            // There is none more until the horizon.
        }

        return starts;
    }

    private static long Turns(RecurrenceRule rule, LocalDateTime start, LocalDateTime end)
    {
        var seconds = Math.Max(0, (end.ToDateTimeUnspecified() - start.ToDateTimeUnspecified()).TotalSeconds);
        var turn = rule.Frequency switch
        {
            FrequencyType.Secondly => 1,
            FrequencyType.Minutely => 60,
            FrequencyType.Hourly => 3600,
            FrequencyType.Daily => 86_400,
            FrequencyType.Weekly => 7 * 86_400,
            FrequencyType.Monthly => 30 * 86_400,
            _ => 365 * 86_400L,
        };
        var turns = (long)(seconds / turn / Math.Max(1, rule.Interval));
        // Nobody filters a day out of more than a year's.
        return rule.Count is { } count ? Math.Min(turns, count * 400L) : turns;
    }

    /// <summary>Yearly on the same date, which holds for ever.</summary>
    public static bool IsYearly(string text, LocalDate first)
    {
        var parts = text.TrimEnd(';').ToUpperInvariant().Split(';').ToHashSet();
        parts.Remove("INTERVAL=1");
        parts.RemoveWhere(part => part.StartsWith("WKST=", StringComparison.Ordinal));
        if (!parts.Remove("FREQ=YEARLY"))
            return false;
        var (month, day) = (
            string.Create(CultureInfo.InvariantCulture, $"BYMONTH={first.Month}"),
            string.Create(CultureInfo.InvariantCulture, $"BYMONTHDAY={first.Day}")
        );
        return parts.Count == 0 || (parts.Contains(month) && parts.IsSubsetOf([month, day]));
    }

    private const string Part =
        "(FREQ=[A-Z]+|(INTERVAL|COUNT)=[0-9]{1,9}|UNTIL=[0-9TZ]+|WKST=(MO|TU|WE|TH|FR|SA|SU)"
        + "|BYDAY=([+-]?[0-9]{0,2}(MO|TU|WE|TH|FR|SA|SU),?)+"
        + "|BY(SECOND|MINUTE|HOUR|MONTHDAY|YEARDAY|WEEKNO|MONTH|SETPOS)=[-+,0-9]+)";

    /// <summary>Ical.Net leaves out what it does not know of a rule; all of it must be known.</summary>
    [GeneratedRegex($"^{Part}(;{Part})*;?$", RegexOptions.IgnoreCase)]
    private static partial Regex Parts();
}
