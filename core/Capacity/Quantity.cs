using System.Globalization;

namespace Ebb.Core.Capacity;

/// <summary>
/// Kubernetes quantities, exactly: a decimal number with at most one suffix of <c>n u m k M G T P E</c>, <c>Ki Mi Gi Ti
/// Pi Ei</c> or a decimal exponent (resource.Quantity of apimachinery). Never through floating point.
/// </summary>
public static class Quantity
{
    private const int MostDigits = 24;

    /// <summary>
    /// Reads a quantity that is not negative, rounded up to a whole unit as the scheduler does; beyond what a long
    /// holds it is the greatest long.
    /// </summary>
    /// <param name="text">Such as <c>1500m</c>, <c>2</c>, <c>0.5</c>, <c>16Gi</c> or <c>1e3</c>.</param>
    /// <param name="unitsPerOne">Units in one: 1000 for millicores, 1 for bytes and counts.</param>
    /// <param name="units">The value in units.</param>
    public static bool TryParse(ReadOnlySpan<char> text, int unitsPerOne, out long units)
    {
        units = 0;
        var at = 0;
        if (at < text.Length && text[at] == '+')
            at++;
        Int128 digits = 0;
        var (read, afterPoint, point) = (0, 0, false);
        for (; at < text.Length; at++)
        {
            if (text[at] == '.' && !point)
                point = true;
            else if (char.IsAsciiDigit(text[at]))
            {
                if (++read > MostDigits)
                    return false;
                digits = (digits * 10) + (text[at] - '0');
                if (point)
                    afterPoint++;
            }
            else
                break;
        }

        if (read == 0 || !TrySuffix(text[at..], out var binary, out var tens))
            return false;
        units = Scale(digits * unitsPerOne, binary, tens - afterPoint);
        return true;
    }

    /// <summary>How many units make one of a resource: 1000 for <c>cpu</c>, 1 for everything else.</summary>
    public static int UnitsOf(string resource) => resource == "cpu" ? 1000 : 1;

    /// <summary>The same for messages: cores with three places, bytes and counts as they are.</summary>
    public static string Words(string resource, long units) =>
        UnitsOf(resource) == 1000
            ? (units / 1000m).ToString("0.###", CultureInfo.InvariantCulture)
            : units.ToString(CultureInfo.InvariantCulture);

    private static bool TrySuffix(ReadOnlySpan<char> suffix, out int binary, out int tens)
    {
        (binary, tens) = (0, 0);
        switch (suffix)
        {
            case "":
                return true;
            case "n":
                tens = -9;
                return true;
            case "u":
                tens = -6;
                return true;
            case "m":
                tens = -3;
                return true;
            case "k":
                tens = 3;
                return true;
            case "M":
                tens = 6;
                return true;
            case "G":
                tens = 9;
                return true;
            case "T":
                tens = 12;
                return true;
            case "P":
                tens = 15;
                return true;
            case "E":
                tens = 18;
                return true;
            case "Ki":
                binary = 10;
                return true;
            case "Mi":
                binary = 20;
                return true;
            case "Gi":
                binary = 30;
                return true;
            case "Ti":
                binary = 40;
                return true;
            case "Pi":
                binary = 50;
                return true;
            case "Ei":
                binary = 60;
                return true;
        }

        return suffix[0] is 'e' or 'E'
            && int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out tens)
            && tens is >= -30 and <= 30;
    }

    private static long Scale(Int128 value, int binary, int tens)
    {
        for (var i = 0; i < binary; i++)
        {
            if (value > long.MaxValue)
                return tens < 0 ? Down(value, binary - i, tens) : long.MaxValue;
            value <<= 1;
        }

        for (; tens > 0; tens--)
        {
            if (value > long.MaxValue)
                return long.MaxValue;
            value *= 10;
        }

        return Down(value, 0, tens);
    }

    // Binary suffix and decimal places together, such as 1.5Gi with very many places.
    private static long Down(Int128 value, int doublings, int tens)
    {
        var most = Int128.MaxValue >> doublings;
        if (value > most)
            return long.MaxValue;
        value <<= doublings;
        var rest = false;
        for (; tens < 0; tens++)
        {
            var (quotient, remainder) = Int128.DivRem(value, 10);
            rest |= remainder != 0;
            value = quotient;
        }

        if (rest)
            value += 1;
        return value > long.MaxValue ? long.MaxValue : (long)value;
    }
}
