using System.Diagnostics;
using System.Globalization;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Bench.Schedules;

/// <summary>
/// How fast the clock is read. Each returns whether it is within its bound, and says what it measured.
/// </summary>
public static class ScheduleBench
{
    private const int Many = 100_000;
    private static readonly Instant From = Instant.FromUtc(2026, 3, 20, 0, 0);

    /// <summary>
    /// Evaluating one window, at minutes all over two weeks with a change of clocks in them: at most 150 ns, no
    /// allocation.
    /// </summary>
    public static bool OneWindow(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var window = Window.Recurring(
            DateTimeZoneProviders.Tzdb["Europe/Berlin"],
            new LocalTime(22, 0),
            new LocalTime(6, 0),
            WeekDays.Through(IsoDayOfWeek.Monday, IsoDayOfWeek.Friday),
            DaysOff.Of([new DateRange(new LocalDate(2026, 3, 25), new LocalDate(2026, 3, 25))])
        );
        const int Times = 2_000_000;
        var (best, bytes, inside) = (double.MaxValue, 0L, 0);
        for (var round = 0; round < 6; round++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < Times; i++)
                inside += window.Contains(From + Duration.FromMinutes(i % 20160)) ? 1 : 0;
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalNanoseconds / Times);
            bytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
        }

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"one window: {best:0} ns (bound 150), {bytes} bytes in {Times} evaluations ({inside} inside)"
            )
        );
        return best <= 150 && bytes == 0;
    }

    /// <summary>
    /// First evaluation of 100,000 windows: at most 100 ms. A tick in which nothing changes: at most 1 ms.
    /// </summary>
    public static bool ManyWindows(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        string[] zones = ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Tokyo", "UTC"];
        ITimetable Timetable(int i) =>
            new SingleRule(
                new Rule(
                    Window.Recurring(
                        DateTimeZoneProviders.Tzdb[zones[i % zones.Length]],
                        LocalTime.Midnight.PlusMinutes(i % 1440),
                        LocalTime.Midnight.PlusMinutes((i + 61 + (i % 700)) % 1440),
                        WeekDays.All
                    ),
                    new ScaleBounds(i % 7, null),
                    ""
                )
            );
        var timetables = Enumerable.Range(0, Many).Select(Timetable).ToArray();
        var (first, tick) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < 5; round++)
        {
            var almanac = new TimetableCache(timetables);
            var at = From + Duration.FromSeconds(1 + round);
            var started = Stopwatch.GetTimestamp();
            almanac.Update(at);
            first = Math.Min(first, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            started = Stopwatch.GetTimestamp();
            for (var i = 0; i < 30; i++)
                almanac.Update(at + Duration.FromSeconds(i));
            tick = Math.Min(tick, Stopwatch.GetElapsedTime(started).TotalMilliseconds / 30);
        }

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Many} windows: first evaluation {first:0.0} ms (bound 100), a tick without change {tick:0.000} ms (bound 1)"
            )
        );
        return first <= 100 && tick <= 1;
    }

    /// <summary>A year of one timetable written out, as GET /api/schedules gives it.</summary>
    public static bool AYear(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var rules = Enumerable
            .Range(0, 8)
            .Select(i => new Rule(
                Window.Recurring(
                    DateTimeZoneProviders.Tzdb["Europe/Berlin"],
                    new LocalTime(i * 3, 0),
                    new LocalTime((i * 3) + 2, 30),
                    WeekDays.All
                ),
                new ScaleBounds(i + 1, 20),
                $"rule {i}"
            ))
            .ToList();
        var timetable = new Gradual(
            new LastMatching(new ScheduleState(new ScaleBounds(1, 20), "otherwise", false), rules)
        );
        var started = Stopwatch.GetTimestamp();
        var intervals = TimetableIntervals.Of(timetable, From, From + Duration.FromDays(366));
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"a year of eight ranges with gradual steps: {intervals.Count} intervals in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms"
            )
        );
        return true;
    }
}
