using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Power;

/// <summary>
/// Which of several UPSes carry the load at all. One that says OFF or BYPASS does not, mains or no mains; a moment of
/// it is a transfer, so it counts after <see cref="PowerSettings.OffFor"/>. Where there is nothing beside it, alone or
/// all of them so, nothing follows: whatever runs is fed by it all the same.
/// </summary>
internal static class Feed
{
    /// <summary>Whether each supply carries nothing, in their order.</summary>
    public static IReadOnlyList<bool> Off(IReadOnlyList<Supply> supplies, PowerSettings settings, Instant now)
    {
        List<bool> off = [.. supplies.Select(s => s.OffSince is { } since && now - since >= settings.OffFor)];
        return off.Contains(false) ? off : [.. off.Select(_ => false)];
    }

    /// <summary>The verdicts with those replaced that carry nothing and are not on battery besides.</summary>
    public static List<PowerVerdict> Judge(
        IReadOnlyList<Supply> supplies,
        IEnumerable<PowerVerdict> verdicts,
        IReadOnlyList<bool> off,
        PowerSettings settings
    ) =>
        [
            .. verdicts.Select(
                (verdict, i) =>
                    off[i] && verdict.Wish != PowerWish.Sleep
                        ? new PowerVerdict(PowerWish.Stay, false, $"{supplies[i].Ups}: {Words(supplies[i])}")
                    : supplies.Count > 1 && supplies[i].OffSince is { } since
                        ? verdict with
                        {
                            NextChange = Earlier(verdict.NextChange, since + settings.OffFor),
                        }
                    : verdict
            ),
        ];

    /// <summary>
    /// The supplies with what shows only beside each other: one that is not counted on, and one that has been on
    /// battery for <see cref="PowerSettings.DeadTime"/> while another is on mains, which is its cable or its breaker.
    /// </summary>
    public static IReadOnlyList<Supply> Annotated(
        IReadOnlyList<Supply> supplies,
        IReadOnlyList<bool> off,
        PowerSettings settings,
        Instant now
    )
    {
        var onMains = supplies.Where(s => s.Mains == Mains.On).Select(s => s.Ups).ToList();
        return
        [
            .. supplies.Select(
                (supply, i) =>
                    off[i] ? Noted(supply, $"{Words(supply)}: the others must carry")
                    : onMains.Count > 0 && supply.Mains == Mains.Battery && now - supply.Since >= settings.DeadTime
                        ? Noted(
                            supply,
                            $"on battery while {string.Join(", ", onMains)} "
                                + $"{(onMains.Count == 1 ? "is" : "are")} on mains: look at its input"
                        )
                    : supply
            ),
        ];
    }

    private static string Words(Supply supply) =>
        $"does not carry the load "
        + $"({(supply.Reading?.Flags?.Contains("OFF") == true ? "OFF" : "BYPASS")}) "
        + $"since {InstantPattern.General.Format(supply.OffSince!.Value)}";

    private static Supply Noted(Supply supply, string note) => supply with { Notes = [.. supply.Notes, note] };

    private static Instant? Earlier(Instant? a, Instant b) => a < b ? a : b;
}
