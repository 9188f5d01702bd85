using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ical.Net;

namespace Ebb.Calendars;

/// <summary>
/// Hands the content lines of an iCalendar file to Ical.Net, which tells no line numbers: each property carries its own
/// as a parameter. Left out is what says nothing of days off, so that what is wrong with it refuses no calendar; TZID
/// too, since Ical.Net refuses a zone that it does not know even where only the date matters.
/// </summary>
internal sealed partial class NumberedLines : TextReader
{
    /// <summary>Characters of a line of which anything is read, unfolded.</summary>
    public const int Longest = 64 * 1024;
    private const int LongestName = 32;
    private const string Parameter = "X-EBB-LINE";
    private readonly List<(int Number, string Text)> _lines = [];
    private readonly Dictionary<int, string> _texts;
    private int _next;

    public NumberedLines(string text)
    {
        var logical = new StringBuilder();
        var (number, began) = (0, 0);
        foreach (var range in text.AsSpan().Split('\n'))
        {
            number++;
            var line = text.AsSpan(range).TrimEnd('\r').TrimStart('\uFEFF');
            // A line that begins with a space or a tab continues the one before.
            if (line.Length > 0 && line[0] is ' ' or '\t' && began > 0)
            {
                logical.Append(line[1..]);
                continue;
            }
            Add(began, logical);
            began = number;
            logical.Clear().Append(line);
        }
        Add(began, logical);
        _texts = _lines.ToDictionary(line => line.Number, line => line.Text);
    }

    /// <summary>The first line that is longer than <see cref="Longest"/>, and was left out; null: none is.</summary>
    public int? TooLong { get; private set; }

    /// <summary>
    /// The line that is being parsed: Ical.Net parses one when it has read the next. Null before the first.
    /// </summary>
    public (int Number, string Text)? Current => _next >= 2 ? _lines[_next - 2] : null;

    /// <summary>Whether there is nothing left to read.</summary>
    public bool AtEnd => _next > _lines.Count;

    public override string? ReadLine()
    {
        if (_next++ >= _lines.Count)
            return null;
        var (number, text) = _lines[_next - 1];
        return IsBoundary(text) ? text : Content().Replace(Zone().Replace(text, ""), $"$1;{Parameter}={number}$2");
    }

    private void Add(int number, StringBuilder line)
    {
        if (number == 0)
            return;
        var head = line.ToString(0, Math.Min(line.Length, LongestName));
        if (!Content().IsMatch(head))
            return;
        if (line.Length > Longest)
            TooLong ??= number;
        else
            _lines.Add((number, line.ToString()));
    }

    /// <summary>Takes out the line that is being parsed, and begins again.</summary>
    public void SkipCurrent()
    {
        _lines.RemoveAt(_next - 2);
        _next = 0;
    }

    /// <summary>Where a property is written.</summary>
    public static int? NumberOf(ICalendarProperty? property) =>
        property?.Parameters.Get(Parameter) is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : null;

    /// <summary>A property as it is written, unfolded; null when the file does not have it.</summary>
    public string? TextOf(ICalendarProperty? property) => NumberOf(property) is { } number ? _texts[number] : null;

    /// <summary>Whether the line begins or ends a component.</summary>
    public static bool IsBoundary(string line) =>
        line.StartsWith("BEGIN:", StringComparison.OrdinalIgnoreCase)
        || line.StartsWith("END:", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(
        @"^(BEGIN|END|DTSTART|DTEND|DURATION|RRULE|EXRULE|RDATE|EXDATE|RECURRENCE-ID|STATUS|SUMMARY|UID)([;:])",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Content();

    [GeneratedRegex(
        @"(?<=^(DTSTART|DTEND|EXDATE|RDATE|RECURRENCE-ID)(;[^:""]*)?);TZID=(""[^""]*""|[^;:""]*)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Zone();
}
