using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Time.Windows;

/// <summary>The days off of the near future, as they are shown.</summary>
public static class UpcomingDaysOff
{
    /// <summary>The present day and those after it.</summary>
    public const int Days = 30;

    /// <summary>Dates such as 2026-12-25, in the window's own zone.</summary>
    public static IReadOnlyList<string> Of(Window window, Instant from)
    {
        ArgumentNullException.ThrowIfNull(window);
        if (window.DaysOff == DaysOff.None)
            return [];
        var first = from.InZone(window.Zone).Date;
        return
        [
            .. Enumerable
                .Range(0, Days)
                .Select(first.PlusDays)
                .Where(window.DaysOff.Contains)
                .Select(LocalDatePattern.Iso.Format),
        ];
    }

    /// <summary>When they are others, because the day is another; null: there are none.</summary>
    public static Instant? NextChange(Window window, Instant from)
    {
        ArgumentNullException.ThrowIfNull(window);
        return window.DaysOff == DaysOff.None
            ? null
            : window.Zone.AtStartOfDay(from.InZone(window.Zone).Date.PlusDays(1)).ToInstant();
    }
}
