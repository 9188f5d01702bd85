using System.Text;

namespace Ebb.Nut.Upsd;

/// <summary>
/// The words of one line, both ways: blanks separate, <c>"…"</c> groups, <c>\c</c> means c inside and outside quotes
/// (NUT common/parseconf.c). What upsd escapes on output is exactly <c>"</c>, <c>\</c> and <c>#</c>.
/// </summary>
internal static class UpsdWords
{
    /// <summary>upsd's longest container has four words; a line with more than this is not the protocol.</summary>
    internal const int Most = 32;

    /// <summary>
    /// False when a quote is never closed, an escape has nothing after it, or there are more than <see cref="Most"/>
    /// words. An
    /// unescaped # is taken as it is: upsd never sends one, and other servers that do mean the character.
    /// </summary>
    internal static bool TrySplit(ReadOnlySpan<char> line, List<Word> words)
    {
        words.Clear();
        var text = new StringBuilder();
        var i = 0;
        while (true)
        {
            while (i < line.Length && IsBlank(line[i]))
                i++;
            if (i == line.Length)
                return true;
            if (words.Count == Most)
                return false;

            text.Clear();
            var quoted = line[i] == '"';
            if (quoted)
                i++;
            var closed = false;
            while (i < line.Length)
            {
                var c = line[i++];
                if (c == '\\')
                {
                    if (i == line.Length)
                        return false;
                    text.Append(line[i++]);
                    continue;
                }
                closed = quoted ? c == '"' : IsBlank(c);
                if (closed)
                    break;
                if (c == '"')
                    return false;
                text.Append(c);
            }
            if (quoted && !closed)
                return false;
            // A quote that is followed by anything but a blank is two lines grown together (answers are cut at 512
            // bytes).
            if (quoted && i < line.Length && !IsBlank(line[i]))
                return false;
            words.Add(new Word(text.ToString(), quoted));
        }
    }

    /// <summary>
    /// <paramref name="word"/> so that upsd reads it back as it is, in quotes only when it must be: servers that are
    /// not NUT's own compare what follows the command as it stands. <c>=</c> is a word of its own outside quotes. The
    /// caller has refused control characters.
    /// </summary>
    internal static string Quote(string word)
    {
        if (word.Length > 0 && word.AsSpan().IndexOfAny(" \"\\#=") < 0)
            return word;
        var text = new StringBuilder(word.Length + 2).Append('"');
        foreach (var c in word)
        {
            if (c is '"' or '\\' or '#')
                text.Append('\\');
            text.Append(c);
        }
        return text.Append('"').ToString();
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r';
}

/// <summary>One word and whether it stood in quotes.</summary>
internal readonly record struct Word(string Text, bool Quoted)
{
    internal bool Is(string text) => Text.Equals(text, StringComparison.OrdinalIgnoreCase);
}
