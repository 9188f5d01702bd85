using System.Globalization;
using System.Text;

namespace Ebb.Nut.Exporters;

/// <summary>One line of the Prometheus text format.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Labels">In any order; few, so a list.</param>
/// <param name="Value">NaN and the infinities included.</param>
internal sealed record Sample(string Name, IReadOnlyList<KeyValuePair<string, string>> Labels, double Value)
{
    /// <summary>More labels than any of our exporters ever writes.</summary>
    private const int MostLabels = 64;

    internal string? Label(string name)
    {
        foreach (var (key, value) in Labels)
            if (key == name)
                return value;
        return null;
    }

    /// <summary>
    /// Null for comments, blank lines and anything that is not <c>name{label="value",…} number [timestamp]</c> to its
    /// end. Label
    /// values have the escapes <c>\\</c>, <c>\"</c> and <c>\n</c> (prometheus/docs, exposition_formats.md); others are
    /// kept as
    /// they stand.
    /// </summary>
    internal static Sample? Parse(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        var end = 0;
        while (end < line.Length && (char.IsAsciiLetterOrDigit(line[end]) || line[end] is '_' or ':'))
            end++;
        if (end == 0 || char.IsAsciiDigit(line[0]))
            return null;
        var name = line[..end].ToString();
        line = line[end..].TrimStart();

        List<KeyValuePair<string, string>> labels = [];
        if (line.StartsWith('{') && !TryLabels(ref line, labels))
            return null;

        line = line.Trim();
        var blank = line.IndexOfAny(' ', '\t');
        var number = blank < 0 ? line : line[..blank];
        if (
            blank >= 0
            && !double.TryParse(line[blank..].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        )
            return null;
        return TryNumber(number, out var value) ? new Sample(name, labels, value) : null;
    }

    private static bool TryLabels(ref ReadOnlySpan<char> line, List<KeyValuePair<string, string>> labels)
    {
        line = line[1..];
        while (true)
        {
            line = line.TrimStart();
            if (line.StartsWith('}'))
            {
                line = line[1..];
                return true;
            }
            var equals = line.IndexOf('=');
            if (equals <= 0 || labels.Count == MostLabels)
                return false;
            var key = line[..equals].Trim().ToString();
            line = line[(equals + 1)..].TrimStart();
            if (!TryQuoted(ref line, out var value))
                return false;
            labels.Add(new(key, value));
            line = line.TrimStart();
            if (line.StartsWith(','))
                line = line[1..];
            else if (!line.StartsWith('}'))
                return false;
        }
    }

    private static bool TryQuoted(ref ReadOnlySpan<char> line, out string value)
    {
        value = "";
        if (!line.StartsWith('"'))
            return false;
        var text = new StringBuilder();
        for (var i = 1; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"')
            {
                value = text.ToString();
                line = line[(i + 1)..];
                return true;
            }
            if (c == '\\' && i + 1 < line.Length && line[i + 1] is '\\' or '"' or 'n')
            {
                c = line[++i];
                if (c == 'n')
                    c = '\n';
            }
            text.Append(c);
        }
        return false;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double value)
    {
        value = double.NaN;
        if (text.Length is 0 or > 64)
            return false;
        var bare = text.TrimStart("+-");
        if (bare.Equals("nan", StringComparison.OrdinalIgnoreCase))
            return true;
        if (
            bare.Equals("inf", StringComparison.OrdinalIgnoreCase)
            || bare.Equals("infinity", StringComparison.OrdinalIgnoreCase)
        )
        {
            value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
