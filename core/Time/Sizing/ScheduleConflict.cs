using Ebb.Core.Time.Timetables;
using NodaTime;

namespace Ebb.Core.Time.Sizing;

/// <summary>What one object asks of a workload.</summary>
/// <param name="By">The object.</param>
/// <param name="Through">What it names: the workload, or what scales it.</param>
/// <param name="Timetable">When it asks what.</param>
public sealed record ScheduleWish(ObjectView By, string Through, ITimetable Timetable)
{
    /// <summary>Everything that an entry is made of and that asks for something at all.</summary>
    public static IEnumerable<ScheduleWish> Of(IndexEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry switch
        {
            ScalerEntry { Timetable: { } timetable } scaler => [new(scaler.Scaler, entry.Key, timetable)],
            TargetEntry target => target
                .Members.Where(member => member.Timetable is not null)
                .Select(member => new ScheduleWish(member.Seen, entry.Key, member.Timetable!)),
            _ => [],
        };
    }
}

/// <summary>One part in a conflict.</summary>
/// <param name="By">The object.</param>
/// <param name="Asks">What it asks.</param>
/// <param name="Holds">Whether it gets that; null: each acts on what it names, and what comes of it is not
/// known.</param>
public sealed record ConflictSide(ObjectView By, ScaleBounds Asks, bool? Holds);

/// <summary>Objects that ask of one workload at the same time what cannot all be.</summary>
/// <param name="Sides">All that ask for something then, in order of name.</param>
/// <param name="From">When that begins for the first time; not before the stretch that was looked at. Included.</param>
/// <param name="To">When it is over; not after the end of that stretch. Excluded.</param>
/// <param name="Counts">
/// What counts then; null: they name the workload in several ways, and each acts on what it names.
/// </param>
public sealed record ScheduleConflict(IReadOnlyList<ConflictSide> Sides, Instant From, Instant To, ScaleBounds? Counts)
{
    /// <summary>
    /// The conflicts of one workload, one for each group of objects, in the order in which they begin.
    /// </summary>
    /// <exception cref="OperationCanceledException">It takes too long.</exception>
    public static IReadOnlyList<ScheduleConflict> Of(
        IReadOnlyList<ScheduleWish> wishes,
        Instant from,
        Instant to,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(wishes);
        if (wishes.Count < 2)
            return [];
        Dictionary<string, ScheduleConflict> found = [];
        var all = new GreatestBounds(
            new ScheduleState(ScaleBounds.None, "", false),
            [.. wishes.Select(w => w.Timetable)]
        );
        for (var at = from; at < to; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            var next = all.NextChange(at) is { } change && change < to ? change : to;
            if (At(wishes, all, at, next) is { } conflict)
            {
                var key = string.Join('\n', conflict.Sides.Select(side => side.By.Uid));
                if (!found.TryGetValue(key, out var first))
                    found.Add(key, conflict);
                else if (first.To == at && first.Counts == conflict.Counts && first.Sides.SequenceEqual(conflict.Sides))
                    found[key] = first with { To = next };
            }
            at = next;
        }
        return [.. found.Values.OrderBy(conflict => conflict.From)];
    }

    private static ScheduleConflict? At(
        IReadOnlyList<ScheduleWish> wishes,
        GreatestBounds all,
        Instant at,
        Instant next
    )
    {
        List<(ScheduleWish Wish, ScaleBounds Asks)> asking = [];
        foreach (var wish in wishes)
            if (wish.Timetable.At(at) is { InWindow: true, Bounds: { AsksSize: true } bounds })
                asking.Add((wish, bounds));
        if (asking.Count < 2)
            return null;
        ScaleBounds? counts = asking.Select(one => one.Wish.Through).Distinct().Count() == 1 ? all.At(at).Bounds : null;
        List<ConflictSide> sides =
        [
            .. asking
                .Select(one => new ConflictSide(
                    one.Wish.By,
                    one.Asks,
                    counts is { } held ? IsHeld(one.Asks, held) : null
                ))
                .OrderBy(side => side.By.Ref.ToString(), StringComparer.Ordinal),
        ];
        var agree = counts is null
            ? asking.Select(one => (one.Asks.Min, one.Asks.Max)).Distinct().Count() == 1
            : sides.All(side => side.Holds == true);
        return agree ? null : new ScheduleConflict(sides, at, next, counts);
    }

    private static bool IsHeld(ScaleBounds asked, ScaleBounds counts) =>
        asked.AsksZero
            ? counts.AsksZero
            : asked.Max is not { } most || (counts.Max is { } greatest && greatest <= most);
}
