using NodaTime;
using NodaTime.Text;

namespace Ebb.Engine.Schedules;

/// <summary>The time that a reader asks about: from (included) to (excluded), or one instant.</summary>
internal sealed record ScheduleStretch(Instant From, Instant To, bool Single)
{
    public static readonly Duration Longest = Duration.FromDays(366);
    private static readonly Duration Usual = Duration.FromDays(7);

    /// <summary>Both included: beyond them the reach of a timetable leaves what an instant can be.</summary>
    private static readonly Instant Earliest = Instant.FromUtc(1900, 1, 1, 0, 0),
        Latest = Instant.FromUtc(3000, 1, 1, 0, 0);

    /// <summary>What the query says, or what is wrong with it, all at once. Nothing is the coming week.</summary>
    public static (ScheduleStretch? ScheduleStretch, IReadOnlyList<string> Faults) Read(
        IQueryCollection query,
        Instant now
    )
    {
        List<string> faults = [];
        Instant? Read(string name)
        {
            if (query[name].FirstOrDefault() is not { } text)
                return null;
            // A plus sign in a query that was not escaped arrives as a space.
            if (OffsetDateTimePattern.Rfc3339.Parse(text.Replace(' ', '+')).TryGetValue(default, out var found))
            {
                var instant = found.ToInstant();
                if (instant >= Earliest && instant <= Latest)
                    return instant;
                faults.Add(
                    $"{name}: expected an instant from {InstantPattern.General.Format(Earliest)} to "
                        + $"{InstantPattern.General.Format(Latest)}, found {InstantPattern.General.Format(instant)}"
                );
                return null;
            }
            faults.Add(
                $"{name}: expected an instant as in RFC 3339 such as 2026-01-31T12:00:00Z, found \"{(text.Length > 60 ? text[..60] + "…" : text)}\""
            );
            return null;
        }

        var (at, from, to) = (Read("at"), Read("from"), Read("to"));
        if (query.ContainsKey("at") && (query.ContainsKey("from") || query.ContainsKey("to")))
            faults.Add("at: expected alone, found together with from or to");
        var begin = from ?? (to is { } until ? until - Usual : now);
        var end = to ?? begin + Usual;
        if (faults.Count == 0 && at is null && end <= begin)
            faults.Add(
                $"to: expected an instant after from ({InstantPattern.General.Format(begin)}), found {InstantPattern.General.Format(end)}"
            );
        if (faults.Count == 0 && at is null && end - begin > Longest)
            faults.Add($"to: expected at most {Longest.Days} days after from, found {(end - begin).TotalDays:0.#}");
        return faults.Count > 0 ? (null, faults)
            : at is { } instant ? (new ScheduleStretch(instant, instant, true), [])
            : (new ScheduleStretch(begin, end, false), []);
    }
}
