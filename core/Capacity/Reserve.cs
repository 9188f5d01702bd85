using System.Globalization;

namespace Ebb.Core.Capacity;

/// <summary>What is to stay free: a part of what the nodes can give, or an amount.</summary>
/// <param name="Permille">Thousandths of allocatable, 0 to 1000; null when it is an amount.</param>
/// <param name="Units">An amount in units of the resource, 0 or more.</param>
public readonly record struct Reserve(int? Permille, long Units)
{
    /// <summary>Nothing is to stay free.</summary>
    public static readonly Reserve None;

    /// <summary>In units, rounded up.</summary>
    public long Of(long allocatable) =>
        Permille is { } part ? (long)(((Int128)allocatable * part + 999) / 1000) : Units;

    /// <summary><c>15%</c>, <c>12.5 %</c> or a quantity; null for anything else.</summary>
    /// <param name="text">As written.</param>
    /// <param name="unitsPerOne">As for <see cref="Quantity.TryParse"/>.</param>
    public static Reserve? Parse(string text, int unitsPerOne)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.EndsWith('%'))
            return Quantity.TryParse(text, unitsPerOne, out var units) ? new Reserve(null, units) : null;
        return
            decimal.TryParse(
                text.AsSpan(0, text.Length - 1).TrimEnd(),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var percent
            )
            && percent is >= 0 and <= 100
            && percent * 10 == decimal.Truncate(percent * 10)
            ? new Reserve((int)(percent * 10), 0)
            : null;
    }
}
