namespace Ebb.Scaler.Answers;

/// <summary>
/// The fields of a protobuf message as they were sent, compared without parsing them: KEDA repeats the same metadata
/// thousands of
/// times a second, in another order each time, since Go's maps have none.
/// </summary>
internal static class WireFields
{
    /// <summary>How many fields are compared; a message with more equals none.</summary>
    public const int Most = 64;

    /// <summary>
    /// Takes a field that is a length and its bytes. False: it is another kind, has a number above 15 or is cut off.
    /// </summary>
    public static bool TryTake(scoped ref ReadOnlySpan<byte> message, out int number, out ReadOnlySpan<byte> value)
    {
        number = 0;
        value = default;
        if (message.Length < 2 || (message[0] & 0x87) != 2)
            return false;
        var (length, at) = (0, 1);
        for (var shift = 0; ; shift += 7)
        {
            if (at == message.Length || shift > 21)
                return false;
            length |= (message[at] & 0x7f) << shift;
            if (message[at++] < 0x80)
                break;
        }

        if (message.Length - at < length)
            return false;
        number = message[0] >> 3;
        value = message.Slice(at, length);
        message = message[(at + length)..];
        return true;
    }

    /// <summary>Whether both have the same fields with the same bytes, in any order.</summary>
    public static bool AreSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.Length != other.Length)
            return false;
        for (var seen = 0ul; !one.IsEmpty; )
        {
            if (!TryTake(ref one, out var number, out var value))
                return false;
            var rest = other;
            var found = false;
            for (var at = 0; !found && at < Most && TryTake(ref rest, out var otherNumber, out var otherValue); at++)
            {
                var unseen = (seen & (1ul << at)) == 0;
                found = unseen && number == otherNumber && value.SequenceEqual(otherValue);
                if (found)
                    seen |= 1ul << at;
            }

            if (!found)
                return false;
        }

        return true;
    }
}
