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
    /// <param name="text">The file.</param>
    /// <param name="names">What is kept, in upper case; compared without regard to case.</param>
    public static List<ContentLine> Of(string text, HashSet<string> names)
    {
        List<ContentLine> lines = [];
        var known = names.GetAlternateLookup<ReadOnlySpan<char>>();
        var logical = new StringBuilder();
        var (number, began) = (0, 0);
        // The name of the line that is being read; null: it is not kept.
        string? name = null;
        for (var at = 0; at <= text.Length; )
        {
            number++;
            var end = text.AsSpan(at).IndexOfAny('\r', '\n') is >= 0 and var length ? at + length : text.Length;
            var line = text.AsSpan(at, end - at);
            at =
                end
                + text.AsSpan(end) switch
                {
                    // Written by a program that puts a CR before each LF of what has CR LF already.
                    ['\r', '\r', '\n', ..] => 3,
                    ['\r', '\n', ..] => 2,
                    _ => 1,
                };
            // Where files were put one after the other, each may begin with a mark of its own.
            line = line.TrimStart('\uFEFF');
            // A line that begins with a space or a tab continues the one before.
            if (line.Length > 0 && line[0] is ' ' or '\t' && began > 0)
            {
                if (name is not null)
                    logical.Append(line[1..][..Math.Min(line.Length - 1, Longest - logical.Length)]);
                continue;
            }

            if (name is not null)
                lines.Add(Read(began, name, logical.ToString()));
            began = number;
            // A name that is folded is none of those that are kept.
            name =
                line.IndexOfAny(':', ';') is > 0 and var colon && known.TryGetValue(line[..colon], out var found)
                    ? found
                    : null;
            logical.Clear();
            if (name is not null)
                logical.Append(line[..Math.Min(line.Length, Longest)]);
        }

        if (name is not null)
            lines.Add(Read(began, name, logical.ToString()));
        return lines;
    }

    private static ContentLine Read(int number, string name, string text)
    {
        var end = name.Length;
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
