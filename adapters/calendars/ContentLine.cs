using System.Text;

namespace Ebb.Calendars;

/// <summary>A content line of an iCalendar file, unfolded.</summary>
/// <param name="Number">Where it begins, from 1.</param>
/// <param name="Name">Before the parameters, in upper case.</param>
/// <param name="Parameters">By their names in upper case, without quotes.</param>
/// <param name="Value">After the colon; cut off at <see cref="Longest"/> characters of the line.</param>
/// <param name="Text">As it is written.</param>
internal sealed record ContentLine(
    int Number,
    string Name,
    IReadOnlyDictionary<string, string> Parameters,
    string Value,
    string Text
)
{
    /// <summary>Characters of a line of which anything is read, unfolded.</summary>
    public const int Longest = 64 * 1024;

    private static readonly Dictionary<string, string> NoParameters = [];

    /// <summary>It was longer.</summary>
    public bool IsCut => Text.Length == Longest;

    /// <summary>A parameter; null: it has none of this name.</summary>
    public string? Of(string parameter) => Parameters.GetValueOrDefault(parameter);

    /// <summary>
    /// All lines that say anything here. The rest is not kept, so that what is wrong with it spoils nothing.
    /// </summary>
    public static List<ContentLine> Of(string text, IReadOnlySet<string> names)
    {
        List<ContentLine> lines = [];
        var logical = new StringBuilder();
        var (number, began, isKept) = (0, 0, false);
        for (var at = 0; at <= text.Length; )
        {
            number++;
            var end = text.AsSpan(at).IndexOfAny('\r', '\n') is >= 0 and var length ? at + length : text.Length;
            var line = text.AsSpan(at, end - at);
            at = end + (end + 1 < text.Length && text[end] == '\r' && text[end + 1] == '\n' ? 2 : 1);
            if (number == 1)
                line = line.TrimStart('\uFEFF');
            // A line that begins with a space or a tab continues the one before.
            if (line.Length > 0 && line[0] is ' ' or '\t' && began > 0)
            {
                if (isKept)
                    logical.Append(line[1..][..Math.Min(line.Length - 1, Longest - logical.Length)]);
                continue;
            }

            if (isKept)
                lines.Add(Read(began, logical.ToString(), names)!);
            (began, isKept) = (number, Read(number, Head(line), names) is not null);
            logical.Clear();
            if (isKept)
                logical.Append(line[..Math.Min(line.Length, Longest)]);
        }

        if (isKept)
            lines.Add(Read(began, logical.ToString(), names)!);
        return lines;
    }

    /// <summary>Names are short; whether the line is kept shows in its beginning.</summary>
    private static string Head(ReadOnlySpan<char> line) => line[..Math.Min(line.Length, 64)].ToString();

    private static ContentLine? Read(int number, string text, IReadOnlySet<string> names)
    {
        var end = text.AsSpan().IndexOfAny(':', ';');
        var name = end > 0 ? text[..end].ToUpperInvariant() : "";
        if (!names.Contains(name))
            return null;
        Dictionary<string, string>? parameters = null;
        while (end < text.Length && text[end] == ';')
        {
            var from = end + 1;
            var isQuoted = false;
            for (end = from; end < text.Length && (isQuoted || text[end] is not (':' or ';')); end++)
                isQuoted ^= text[end] == '"';
            var equals = text.IndexOf('=', from, end - from);
            if (equals > 0)
                (parameters ??= [])[text[from..equals].ToUpperInvariant()] = text[(equals + 1)..end].Trim('"');
        }

        return new ContentLine(
            number,
            name,
            parameters ?? NoParameters,
            end < text.Length ? text[(end + 1)..].Trim() : "",
            text
        );
    }
}
