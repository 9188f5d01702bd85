using System.Text;

namespace Ebb.Nut.Upsd;

/// <summary>
/// Bytes in, lines out. A line ends with LF, a CR before it is dropped, and none is longer than <see
/// cref="LongestLine"/>: upsd's
/// own are at most 512 bytes, and one that was cut there has lost its LF and carries the next one with it.
/// </summary>
internal sealed class LineBuffer
{
    internal const int LongestLine = 4096;

    private readonly byte[] _bytes = new byte[LongestLine + 1];
    private int _start;
    private int _end;

    /// <summary>Whether there are bytes that no line has been made of.</summary>
    internal bool HasRest => _end > _start;

    /// <summary>Whether <see cref="LongestLine"/> bytes are here without an LF among them.</summary>
    internal bool IsOverlong => _end - _start > LongestLine;

    /// <summary>
    /// Where the next bytes go. Never empty unless <see cref="IsOverlong"/> after all lines were taken.
    /// </summary>
    internal Memory<byte> Free
    {
        get
        {
            if (_start > 0)
            {
                _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
                (_start, _end) = (0, _end - _start);
            }
            return _bytes.AsMemory(_end);
        }
    }

    internal void Added(int count) => _end += count;

    /// <summary>
    /// Every byte is one character (Latin-1): upsd's output is ASCII, and what is not must not throw.
    /// </summary>
    internal bool TryTake(out string line)
    {
        var span = _bytes.AsSpan(_start, _end - _start);
        var length = span.IndexOf((byte)'\n');
        if (length < 0)
        {
            line = "";
            return false;
        }
        _start += length + 1;
        if (length > 0 && span[length - 1] == '\r')
            length--;
        line = Encoding.Latin1.GetString(span[..length]);
        return true;
    }
}
