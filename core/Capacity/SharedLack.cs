namespace Ebb.Core.Capacity;

/// <summary>
/// What one of several harvesters gives back where more is held than there is beside the reserve: its part of it, since
/// the others see the same lack.
/// </summary>
internal static class SharedLack
{
    /// <param name="room">The room that lacks it.</param>
    /// <param name="lack">What is lacking of its resource, above 0.</param>
    /// <param name="one">What one of its replicas takes.</param>
    public static long Of(FreeCapacity room, long lack, long one)
    {
        var id = room.Question.Resource;
        if (!room.Index.HasSeveralHarvesters || room.Own.Workload.Length == 0)
            return (lack + one - 1) / one;
        var plan = room.Index.Plan.Nodes;
        var mine = -1;
        List<(Harvester Who, int Count, long Total, long Holds)> holders = [];
        foreach (var who in room.Index.Harvesters)
        {
            long held = 0,
                count = 0;
            foreach (var (place, own) in who.Own)
            {
                if (!room.IsEligible(place))
                    continue;
                var given = plan.GetValueOrDefault(place)?.GivenBy(who) ?? 0;
                count += own.Count - given;
                held += own.Stays[id] - own.Part(id, given);
                // What the others are giving back already is on its way; on nodes with claims it was counted there.
                if (who != room.Own && !plan.ContainsKey(place))
                    lack -= own.Held[id] - own.Stays[id];
            }

            if (who == room.Own)
                mine = holders.Count;
            if (who == room.Own || held > 0)
                holders.Add((who, (int)count, who == room.Own ? one * count : held, held));
        }

        if (lack <= 0)
            return 0;
        var shares = room.Index.GiveBack;
        shares.Begin([lack]);
        foreach (var (who, count, total, holds) in holders)
            shares.Add(who, count, 0, holds)[0] = total;
        return shares.Take(0) ? shares.Taken(mine) : holders[mine].Count;
    }
}
