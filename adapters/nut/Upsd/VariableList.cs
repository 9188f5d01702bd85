using Ebb.Core.Power;

namespace Ebb.Nut.Upsd;

/// <summary>
/// The answer to <c>LIST VAR ups</c>, fed line by line: BEGIN, VAR lines, END; or one ERR line instead. Anything else
/// is
/// <see cref="UpsFault.Garbled"/>, because after it nobody knows which answer the next line belongs to.
/// </summary>
internal sealed class VariableList(string ups)
{
    /// <summary>A large PDU has 581 variables.</summary>
    internal const int MostLines = 10_000;

    private readonly Dictionary<string, string> _variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Word> _words = [];
    private int _lines;
    private bool _begun;

    /// <summary>Names without regard to case, as upsd compares them; a name given twice counts as given last.</summary>
    internal IReadOnlyDictionary<string, string> Variables => _variables;

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
        if (!UpsdWords.TrySplit(line, _words))
        {
            Garbled("an unbalanced line");
            return;
        }

        if (!_begun && _words.Count >= 2 && _words[0].Is("ERR"))
            End(UpsdError.Of(_words[1].Text));
        else if (!_begun && IsFrame("BEGIN"))
            _begun = true;
        else if (_begun && IsFrame("END"))
            End(null);
        else if (
            _begun
            && _words.Count >= 4
            && _words[0].Is("VAR")
            && AfterName(1) is { } name
            && Value(name + 1) is { } value
        )
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

    private void Garbled(string found) =>
        End(new SourceFault(UpsFault.Garbled, $"expected the variables of the UPS, found {found}"));

    private void End(SourceFault? fault)
    {
        Ended = true;
        Fault = fault;
    }
}
