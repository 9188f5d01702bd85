using NodaTime;

namespace Ebb.Core.Claims;

/// <summary>
/// Precedence: power, override, schedule, capacity. Inside one source the larger floor and the smaller ceiling win, and
/// the floor yields to the ceiling; between sources the weaker one moves only within what the stronger ones left.
/// </summary>
public static class Arbiter
{
    /// <summary>Adds up the claims that hold at <paramref name="now"/>.</summary>
    public static Decision Decide(IReadOnlyCollection<Claim> claims, Instant now)
    {
        ArgumentNullException.ThrowIfNull(claims);
        if (claims.Count == 0)
            return Decision.None;
        var holding = claims.Where(claim => claim.HoldsAt(now)).OrderBy(claim => claim.Source).ToList();
        if (holding.Count == 0)
            return Decision.None;

        int? floor = null,
            ceiling = null;
        foreach (var source in holding.GroupBy(claim => claim.Source))
        {
            var least = source.Max(claim => claim.Floor);
            var most = source.Min(claim => claim.Ceiling);
            if (least > most)
                least = most;
            // Exactly n is a floor and a ceiling; a stronger floor lifts a weaker ceiling as a stronger ceiling lowers
            // a weaker floor.
            var before = (Floor: floor, Ceiling: ceiling);
            if (least is { } f)
                floor = Math.Max(before.Floor ?? 0, Math.Min(f, before.Ceiling ?? int.MaxValue));
            if (most is { } c)
                ceiling = Math.Min(before.Ceiling ?? int.MaxValue, Math.Max(c, before.Floor ?? 0));
        }

        var winner = Strongest(holding, floor, ceiling);
        return new Decision(floor, ceiling, winner, [.. holding.Where(claim => !IsMet(claim, floor, ceiling))])
        {
            Agreeing = [.. holding.Where(claim => !ReferenceEquals(claim, winner) && IsMet(claim, floor, ceiling))],
        };
    }

    /// <summary>
    /// The first, in order of strength, of those that got what they asked; ties inside a source go to the tighter
    /// ceiling.
    /// </summary>
    private static Claim? Strongest(List<Claim> holding, int? floor, int? ceiling) =>
        holding
            .Where(claim => IsMet(claim, floor, ceiling))
            .OrderBy(claim => claim.AsksNothing)
            .ThenBy(claim => claim.Source)
            .ThenBy(claim =>
                claim.Ceiling is { } c && c == ceiling ? 0
                : claim.Floor is { } f && f == floor ? 1
                : 2
            )
            .FirstOrDefault()
        ?? holding[0];

    private static bool IsMet(Claim claim, int? floor, int? ceiling) =>
        (claim.Floor is not { } f || (floor >= f)) && (claim.Ceiling is not { } c || (ceiling <= c));
}
