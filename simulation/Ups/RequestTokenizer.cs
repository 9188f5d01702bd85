using System.Text;

namespace Ebb.Simulation.Ups;

/// <summary>
/// upsd's tokenizer (NUT common/parseconf.c, as a state machine over one character at a time): <c>"…"</c> groups,
/// <c>\c</c> is c, # outside quotes starts a comment, # inside quotes is an error, = is a word of its own, bytes
/// outside 0x20 to 0x7F are dropped, words are cut at 512 characters, words after the 32nd are dropped.
/// </summary>
internal sealed class RequestTokenizer
{
    private const int LongestWord = 512;
    private const int MostWords = 32;

    private readonly StringBuilder _word = new();
    private readonly List<string> _words = [];
    private State _state = State.Between;

    private enum State
    {
        Between,
        Comment,
        Word,
        WordEscape,
        Quoted,
        QuotedEscape,
    }

    /// <summary>The effect of the last byte.</summary>
    internal enum Result
    {
        More,
        Line,
        Error,
    }

    /// <summary>The words of the line that has just ended.</summary>
    internal IReadOnlyList<string> Words => [.. _words];

    internal Result Feed(byte b)
    {
        var c = (char)b;
        switch (_state)
        {
            case State.Between:
                return Start(c);
            case State.Comment:
                return c == '\n' ? EndLine() : Result.More;
            case State.WordEscape:
                // An escaped line end continues the word on the next line.
                _state = State.Word;
                if (c != '\n')
                    Add(c);
                return Result.More;
            case State.QuotedEscape:
                _state = State.Quoted;
                Add(c);
                return Result.More;
            case State.Quoted:
                return InQuotes(c);
            default:
                return InWord(c);
        }
    }

    /// <summary>To be called after a line or an error.</summary>
    internal void Clear()
    {
        _words.Clear();
        _word.Clear();
        _state = State.Between;
    }

    private Result Start(char c)
    {
        if (c == '\n')
            return EndLine();
        if (c == '#')
            _state = State.Comment;
        else if (IsSpace(c))
            return Result.More;
        else if (c == '\\')
            _state = State.WordEscape;
        else if (c == '"')
            _state = State.Quoted;
        else
        {
            Add(c);
            if (c == '=')
                EndWord();
            else
                _state = State.Word;
        }
        return Result.More;
    }

    private Result InWord(char c)
    {
        if (c == '#')
        {
            EndWord();
            _state = State.Comment;
        }
        else if (c == '\n')
        {
            EndWord();
            return EndLine();
        }
        else if (IsSpace(c))
            EndWord();
        else if (c == '\\')
            _state = State.WordEscape;
        else if (c == '=')
        {
            EndWord();
            Add(c);
            EndWord();
        }
        else
            Add(c);
        return Result.More;
    }

    private Result InQuotes(char c)
    {
        if (c == '#')
            return Result.Error;
        if (c == '"')
            EndWord();
        else if (c == '\\')
            _state = State.QuotedEscape;
        else
            Add(c);
        return Result.More;
    }

    private void Add(char c)
    {
        if (c is >= ' ' and <= '\x7f' && _word.Length < LongestWord)
            _word.Append(c);
    }

    private void EndWord()
    {
        if (_words.Count < MostWords)
            _words.Add(_word.ToString());
        _word.Clear();
        _state = State.Between;
    }

    private Result EndLine()
    {
        _state = State.Between;
        return Result.Line;
    }

    private static bool IsSpace(char c) => c is ' ' or (>= '\t' and <= '\r');
}
