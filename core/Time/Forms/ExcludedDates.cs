using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Forms;

/// <summary>
/// <c>excludeDates</c>: dates such as 2026-12-25 and ranges such as 2026-12-24/2026-12-26, both ends included.
/// </summary>
internal static class ExcludedDates
{
    private const string Words = "a date such as 2026-12-25, or two with a slash between them, the first not later";

    public static DaysOff Read(SpecReader spec)
    {
        List<DateRange> ranges = [];
        foreach (var (path, text) in spec.Texts("excludeDates"))
        {
            var ends = text.Split('/');
            if (
                ends.Length <= 2
                && TimeTexts.Date(ends[0]) is { } first
                && TimeTexts.Date(ends[^1]) is { } last
                && first <= last
            )
                ranges.Add(new DateRange(first, last));
            else
                spec.Root(path, Words, SpecFault.Quoted(text));
        }

        return DaysOff.Of(ranges);
    }
}
