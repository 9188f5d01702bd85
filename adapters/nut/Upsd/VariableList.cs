using Ebb.Core.Power;

namespace Ebb.Nut.Upsd;

/// <summary>
/// The answer to <c>LIST VAR ups</c>, fed line by line: BEGIN, VAR lines, END; or one ERR line instead. A VAR line
/// whose value cannot be read is left out, since small servers do not escape what a device says. Anything else is
/// <see cref="UpsFault.Garbled"/>, because after it nobody knows which answer the next line belongs to.
/// </summary>
internal sealed class VariableList(string ups)
{
    /// <summary>A large PDU has 581 variables.</summary>
    internal const int MostLines = 10_000;

    /// <summary>So many of the variables that were left out are told by name.</summary>
    private const int MostTold = 3;

    /// <summary>NUT's own longest has 40 characters.</summary>
    private const int LongestName = 64;

    private readonly Dictionary<string, string> _variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _leftOut = [];
    private readonly List<Word> _words = [];
    private int _lines;
    private bool _begun;

    /// <summary>Names without regard to case, as upsd compares them; a name given twice counts as given last.</summary>
    internal IReadOnlyDictionary<string, string> Variables => _variables;

    /// <summary>Which variables were left out; null: none.</summary>
    internal string? Note =>
        _leftOut.Count == 0
            ? null
            : "left out, because the quotes in its line cannot be told apart: "
                + string.Join(", ", _leftOut.Take(MostTold))
                + (_leftOut.Count > MostTold ? $" and {_leftOut.Count - MostTold} more" : "");

    /// <summary>Whether the answer is complete, with or without a <see cref="Fault"/>.</summary>
    internal bool Ended { get; private set; }

    /// <summary>Why there is no list.</summary>
    internal SourceFault? Fault { get; private set; }

    internal void Feed(ReadOnlySpan<char> line)
    {
        if (Ended)
            return;
        if (++_lines > MostLines)
        {
            Garbled($"more than {MostLines} lines");
            return;
        }
        var split = UpsdWords.TrySplit(line, _words);
        if (MayBeLeftOut(line, split) is { } unread)
            _leftOut.Add(unread);
        else if (!split)
            Garbled("an unbalanced line");
        else if (!_begun && _words.Count >= 2 && _words[0].Is("ERR"))
            End(UpsdError.Of(_words[1].Text));
        else if (!_begun && IsFrame("BEGIN"))
            _begun = true;
        else if (_begun && IsFrame("END"))
            End(null);
        else if (NameAt() is { } name && Value(name + 1) is { } value)
            _variables[_words[name].Text] = value;
        else
            Garbled(_begun ? "a line that is no VAR of this UPS" : "something else than a list");
    }

    private bool IsFrame(string edge) =>
        _words.Count >= 4
        && _words[0].Is(edge)
        && _words[1].Is("LIST")
        && _words[2].Is("VAR")
        && AfterName(3) == _words.Count;

    /// <summary>The index of the variable's name in a VAR line of this UPS; null: it is none.</summary>
    private int? NameAt() =>
        _begun && _words.Count >= 3 && _words[0].Is("VAR") && AfterName(1) is { } name && name < _words.Count
            ? name
            : null;

    /// <summary>
    /// The index after the UPS's name, which begins at <paramref name="start"/>; null: it does not. Servers that are
    /// not NUT's own give a name with blanks back without quotes.
    /// </summary>
    private int? AfterName(int start)
    {
        if (_words[start].Is(ups))
            return start + 1;
        var end = start + ups.Count(c => c == ' ') + 1;
        return
            end <= _words.Count
            && ups.Equals(
                string.Join(' ', _words.Skip(start).Take(end - start).Select(w => w.Text)),
                StringComparison.OrdinalIgnoreCase
            )
            ? end
            : null;
    }

    /// <summary>
    /// One word in quotes, or everything to the end of the line without any: upsd always quotes a value, others need
    /// not. Null: neither, which is two lines grown together.
    /// </summary>
    private string? Value(int start) =>
        start == _words.Count - 1 ? _words[start].Text
        : start < _words.Count - 1 && _words.Skip(start - 1).All(w => !w.Quoted)
            ? string.Join(' ', _words.Skip(start).Select(w => w.Text))
        : null;

    /// <summary>
    /// The name of a variable whose value has quotes in it that nobody escaped. Null: the line can be read, is another
    /// one, or has grown together with the next one, which may be any; and without the status there is no answer.
    /// </summary>
    private string? MayBeLeftOut(ReadOnlySpan<char> line, bool split)
    {
        if (NameAt() is not { } name || !IsName(_words[name]) || _words[name].Is("ups.status"))
            return null;
        var variable = _words[name].Text;
        var rest = line[(line.IndexOf(variable, StringComparison.Ordinal) + variable.Length)..];
        var readable = split && (_words.Count < name + 3 || !_words[name + 1].Quoted);
        // Two values, each in its quotes, are two lines as well.
        var twice = split && _words.Skip(name + 2).Any(word => word.Quoted);
        return
            readable
            || twice
            || !rest.TrimStart().StartsWith("\"")
            || rest.Contains("VAR ", StringComparison.OrdinalIgnoreCase)
            ? null
            : variable;
    }

    private static bool IsName(Word word) =>
        word is { Quoted: false, Text.Length: > 0 and <= LongestName }
        && word.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private void Garbled(string found) =>
        End(new SourceFault(UpsFault.Garbled, $"expected the variables of the UPS, found {found}"));

    private void End(SourceFault? fault)
    {
        Ended = true;
        Fault = fault;
    }
}
