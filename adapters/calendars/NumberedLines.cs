using System.Globalization;
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
    private const string Parameter = "X-EBB-LINE";
    private readonly List<(int Number, string Text)> _lines = [];
    private readonly Dictionary<int, string> _texts;
    private int _next;

    public NumberedLines(string text)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r').TrimStart('\uFEFF');
            // A line that begins with a space or a tab continues the one before.
            if (line.Length > 0 && line[0] is ' ' or '\t' && _lines.Count > 0)
                _lines[^1] = (_lines[^1].Number, _lines[^1].Text + line[1..]);
            else
                _lines.Add((i + 1, line));
        }
        _lines.RemoveAll(line => !Content().IsMatch(line.Text));
        _texts = _lines.ToDictionary(line => line.Number, line => line.Text);
    }

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
