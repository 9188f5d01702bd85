namespace Ebb.Core.Capacity;

/// <summary>One eligible node's part in a room, or the sum of several.</summary>
/// <param name="Nodes">How many nodes.</param>
/// <param name="Allocatable">What they can give of the resource.</param>
/// <param name="Requested">What others request of it.</param>
/// <param name="Free">What others leave of it.</param>
/// <param name="Present">Own pods that stay.</param>
/// <param name="Held">What these hold of it.</param>
/// <param name="Fits">How many replicas fit, those included.</param>
internal readonly record struct NodePart(
    int Nodes,
    long Allocatable,
    long Requested,
    long Free,
    long Present,
    long Held,
    long Fits
)
{
    public static NodePart operator +(NodePart one, NodePart other) =>
        new(
            one.Nodes + other.Nodes,
            one.Allocatable + other.Allocatable,
            one.Requested + other.Requested,
            one.Free + other.Free,
            one.Present + other.Present,
            one.Held + other.Held,
            one.Fits + other.Fits
        );

    public static NodePart operator -(NodePart one, NodePart other) =>
        new(
            one.Nodes - other.Nodes,
            one.Allocatable - other.Allocatable,
            one.Requested - other.Requested,
            one.Free - other.Free,
            one.Present - other.Present,
            one.Held - other.Held,
            one.Fits - other.Fits
        );

    /// <summary>An eligible node's part.</summary>
    /// <param name="room">The room.</param>
    /// <param name="load">The node.</param>
    /// <param name="claims">What pending pods would take of it and what is given back for them; null: nothing.</param>
    public static NodePart Of(FreeCapacity room, NodeLoad load, NodeClaims? claims)
    {
        var (question, own) = (room.Question, room.Own.On(load.Place));
        var given = claims?.GivenBy(room.Own) ?? 0;
        var present = (own?.Count ?? 0) - given;
        var resource = question.Resource;
        var others = load.Requested[resource] - (own?.Held[resource] ?? 0);
        var free = Math.Max(0, Left(room, load, own, claims, resource));
        var held = question.IsFixed
            ? present * room.Replica.Of(resource)
            : (own?.Stays[resource] ?? 0) - (own?.Part(resource, given) ?? 0);
        return new NodePart(
            1,
            room.Index.Resources.On(load.Facts!, resource),
            others,
            free,
            present,
            held,
            FitsOn(room, load, own, claims, given)
        );
    }

    /// <summary>Why no replica fits on an eligible node; null: it is nothing of the node's own.</summary>
    public static string? Lack(FreeCapacity room, NodeLoad load, NodeClaims? claims)
    {
        if (room.Neighbours.IsScheduled && claims?.Exclude(room.Question.Replica) == true)
            return "anti-affinity with a pod that waits for it";
        if (room.Neighbours.Closing(load) is { } closing)
            return closing;
        var own = room.Own.On(load.Place);
        List<string> lacks = [];
        for (var i = 0; i < room.Replica.Count; i++)
        {
            var (id, one) = room.Replica[i];
            if (Left(room, load, own, claims, id) < one)
                lacks.Add(room.Index.Resources[id]);
        }

        lacks.Sort(StringComparer.Ordinal);
        return lacks.Count == 0 ? null : $"too little is left of {string.Join(", ", lacks)}";
    }

    private static long FitsOn(FreeCapacity room, NodeLoad load, OwnLoad? own, NodeClaims? claims, int given)
    {
        var present = (own?.Count ?? 0) - given;
        long more = int.MaxValue,
            anew = int.MaxValue;
        for (var i = 0; i < room.Replica.Count; i++)
        {
            var (id, one) = room.Replica[i];
            var left = Left(room, load, own, claims, id);
            anew = Math.Min(anew, Math.Max(0, left) / one);
            more = Math.Min(more, FloorDivide(left - (own?.Stays[id] ?? 0) + (own?.Part(id, given) ?? 0), one));
        }

        // Pods that are there take what they take; only further ones are taken to be like the largest.
        var fits = more >= 0 && !room.Question.IsFixed ? present + more : anew;
        var most =
            room.Neighbours.IsScheduled && claims?.Exclude(room.Question.Replica) == true
                ? 0
                : room.Neighbours.MostOn(load);
        return Math.Max(Math.Min(present, fits), Math.Min(fits, most));
    }

    // Below 0 where more is held than there is.
    private static long FloorDivide(long units, long one) => units < 0 ? -1 : units / one;

    /// <summary>What others leave of a resource once what is given back has gone.</summary>
    private static long Left(FreeCapacity room, NodeLoad load, OwnLoad? own, NodeClaims? claims, int id)
    {
        var left = room.Index.Resources.On(load.Facts!, id) - load.Requested[id] + (own?.Held[id] ?? 0);
        if (claims is null)
            return left;
        left -= claims.Claimed[id];
        if (room.Own.Workload.Length == 0)
            return left;
        var leaving = load.Leaving[id] - (own is null ? 0 : own.Held[id] - own.Stays[id]);
        return left + leaving + claims.Freed[id] - (own?.Part(id, claims.GivenBy(room.Own)) ?? 0);
    }
}
