using System.Globalization;

namespace Ebb.Simulation.World;

/// <summary>A five-field cron schedule, with the names, ranges, steps and @words that Kubernetes takes.</summary>
internal sealed class CronSchedule
{
    private static readonly string[] Months =
    [
        "JAN",
        "FEB",
        "MAR",
        "APR",
        "MAY",
        "JUN",
        "JUL",
        "AUG",
        "SEP",
        "OCT",
        "NOV",
        "DEC",
    ];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly ulong minutes;
    private readonly ulong hours;
    private readonly ulong days;
    private readonly ulong months;
    private readonly ulong weekdays;
    private readonly bool anyDay;
    private readonly bool anyWeekday;
    private readonly TimeSpan? every;

    private CronSchedule(string text)
    {
        text = text.Trim() switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            var said => said,
        };
        if (text.StartsWith("@every ", StringComparison.Ordinal))
        {
            every = Duration(text[7..]);
            return;
        }

        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            throw new FormatException(
                $"expected exactly 5 fields, found {fields.Length}: [{string.Join(" ", fields)}]"
            );
        }

        minutes = Field(fields[0], 0, 59, []);
        hours = Field(fields[1], 0, 23, []);
        days = Field(fields[2], 1, 31, []);
        months = Field(fields[3], 1, 12, Months);
        weekdays = Field(fields[4], 0, 7, Days);
        weekdays |= (weekdays >> 7) & 1;
        anyDay = fields[2][0] is '*' or '?';
        anyWeekday = fields[4][0] is '*' or '?';
    }

    /// <exception cref="FormatException">The text is not a schedule.</exception>
    public static CronSchedule Parse(string text) => new(text);

    /// <summary>What is wrong with a schedule; null when nothing is.</summary>
    public static string? Explain(string text)
    {
        try
        {
            _ = new CronSchedule(text);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    /// <summary>The first time after an instant, at most five years on. Null: never.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        if (every is { } period)
        {
            return after + period;
        }

        var utc = new DateTimeOffset(
            after.UtcDateTime.Ticks - (after.UtcDateTime.Ticks % TimeSpan.TicksPerMinute),
            TimeSpan.Zero
        ).AddMinutes(1);
        var limit = utc.AddYears(5);
        while (utc < limit)
        {
            var local = TimeZoneInfo.ConvertTime(utc, zone);
            if (!Has(months, local.Month) || !Day(local))
            {
                // To the next local midnight, and not past it: days differ in length.
                utc = utc.AddMinutes(
                    (24 * 60) - ((local.Hour * 60) + local.Minute) is var rest && rest > 120 ? rest - 61 : 1
                );
            }
            else if (!Has(hours, local.Hour))
            {
                utc = utc.AddMinutes(60 - local.Minute);
            }
            else if (!Has(minutes, local.Minute))
            {
                utc = utc.AddMinutes(1);
            }
            else
            {
                return utc;
            }
        }

        return null;
    }

    private bool Day(DateTimeOffset local)
    {
        var (day, weekday) = (Has(days, local.Day), Has(weekdays, (int)local.DayOfWeek));
        return anyDay || anyWeekday ? day && weekday : day || weekday;
    }

    private static bool Has(ulong bits, int n) => (bits >> n & 1) == 1;

    private static ulong Field(string text, int least, int most, string[] names)
    {
        var bits = 0ul;
        foreach (var part in text.Split(','))
        {
            var (range, step) = part.Split('/') switch
            {
                [var r] => (r, 1),
                [var r, var s]
                    when int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 => (r, n),
                _ => throw new FormatException($"failed to parse {part}"),
            };
            var (from, to) = range is "*" or "?"
                ? (least, most)
                : range.Split('-') switch
                {
                    [var a] => (
                        Number(a, names),
                        part.Contains('/', StringComparison.Ordinal) ? most : Number(a, names)
                    ),
                    [var a, var b] => (Number(a, names), Number(b, names)),
                    _ => throw new FormatException($"too many hyphens: {part}"),
                };
            if (from < least)
            {
                throw new FormatException($"beginning of range ({from}) below minimum ({least}): {part}");
            }

            if (to > most)
            {
                throw new FormatException($"end of range ({to}) above maximum ({most}): {part}");
            }

            if (from > to)
            {
                throw new FormatException($"beginning of range ({from}) beyond end of range ({to}): {part}");
            }

            for (var i = from; i <= to; i += step)
            {
                bits |= 1ul << i;
            }
        }

        return bits;

        static int Number(string text, string[] names)
        {
            var named = Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
            if (named >= 0)
            {
                return names.Length == 12 ? named + 1 : named;
            }

            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                ? n
                : throw new FormatException(
                    $"failed to parse int from {text}: strconv.Atoi: parsing \"{text}\": invalid syntax"
                );
        }
    }

    private static TimeSpan Duration(string text)
    {
        var unit = text[^1];
        return double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var n) && n > 0
            ? unit switch
            {
                's' => TimeSpan.FromSeconds(n),
                'm' => TimeSpan.FromMinutes(n),
                'h' => TimeSpan.FromHours(n),
                _ => throw new FormatException($"failed to parse duration @every {text}"),
            }
            : throw new FormatException($"failed to parse duration @every {text}");
    }
}
