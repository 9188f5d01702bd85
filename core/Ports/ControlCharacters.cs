using System.Globalization;
using System.Text;

namespace Ebb.Core.Ports;

/// <summary>Text from outside, for a line of a log, of a terminal or of an Event.</summary>
public static class ControlCharacters
{
    /// <summary>
    /// Control characters, line and paragraph separators and those that turn the direction of writing as \uXXXX; the
    /// same instance when there are none.
    /// </summary>
    public static string Escaped(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var first = 0;
        while (first < text.Length && !MustBeEscaped(text[first]))
            first++;
        if (first == text.Length)
            return text;
        var escaped = new StringBuilder(text, 0, first, text.Length + 16);
        foreach (var c in text.AsSpan(first))
            if (MustBeEscaped(c))
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                escaped.Append(c);
        return escaped.ToString();
    }

    private static bool MustBeEscaped(char c) =>
        char.IsControl(c)
        || c is '\u2028' or '\u2029'
        || c is >= '\u202a' and <= '\u202e'
        || c is >= '\u2066' and <= '\u2069';
}
