using NodaTime;

namespace Ebb.Core.Power;

/// <summary>All UPSes together.</summary>
public sealed record PowerState
{
    /// <summary>
    /// On when enough UPSes are on mains, battery when at least one is on battery and not enough are on mains, else
    /// unknown.
    /// </summary>
    public required Mains Mains { get; init; }

    /// <summary>Low when what is left without the low ones is not enough; unknown when it cannot be told.</summary>
    public required BatteryLevel Battery { get; init; }

    /// <summary>
    /// Without those whose charge is below what waking takes not enough are left. A charge that is not known, or not
    /// believed, is no reason.
    /// </summary>
    public required bool LacksCharge { get; init; }

    /// <summary>At least one UPS has FSD set.</summary>
    public required bool ForcedShutdown { get; init; }

    /// <summary>Every UPS is heard.</summary>
    public required bool Fresh { get; init; }

    /// <summary>Since when the youngest part of this holds; null: not known.</summary>
    public required Instant? Since { get; init; }

    /// <summary>How long enough UPSes can be trusted to carry the load; null: not known, or on mains.</summary>
    public required Budget? Budget { get; init; }

    /// <summary>What power asks.</summary>
    public required PowerVerdict Verdict { get; init; }

    /// <summary>Each UPS.</summary>
    public required IReadOnlyList<Supply> Supplies { get; init; }

    /// <summary>
    /// Judges all together: <see cref="PowerSettings.MinimumSupplies"/> must be good. While at least one UPS fails, one
    /// that has been silent for <see cref="PowerSettings.DeadTime"/> is not counted on, whatever it said last; while
    /// none fails, silence is an alarm and nothing else. One that carries nothing (<see cref="Feed"/>) is no supply.
    /// </summary>
    public static PowerState Of(
        IReadOnlyList<Supply> supplies,
        PowerSettings settings,
        Instant? acknowledged,
        Duration? needed,
        Instant now
    )
    {
        ArgumentNullException.ThrowIfNull(supplies);
        ArgumentNullException.ThrowIfNull(settings);
        var off = Feed.Off(supplies, settings, now);
        var verdicts = Feed.Judge(
            supplies,
            supplies.Select(supply => PowerVerdict.Of(supply, settings, acknowledged, needed, now)),
            off,
            settings
        );
        var carrying = supplies.Where((_, i) => !off[i]).ToList();
        var least = settings.MinimumSupplies;
        return new PowerState
        {
            Mains =
                carrying.Count(s => s.Mains == Mains.On) >= least ? Mains.On
                : carrying.Any(s => s.Mains == Mains.Battery) ? Mains.Battery
                : Mains.Unknown,
            Battery = TogetherOn(carrying, least),
            LacksCharge = AreTooFew(carrying, s => s.Charge < settings.RestoreCharge, least),
            ForcedShutdown = supplies.Any(s => s.ForcedSince is not null),
            Fresh = supplies.Count > 0 && supplies.All(s => s.LostSince is null && s.Reading is not null),
            Since = supplies.Select(s => s.LostSince ?? s.DoubtSince ?? s.Since).Max(),
            Budget = TogetherFor(carrying, Math.Min(least, carrying.Count)),
            Verdict = Together(supplies, verdicts, off, settings, now),
            Supplies = Feed.Annotated(supplies, off, settings, now),
        };
    }

    private static PowerVerdict Together(
        IReadOnlyList<Supply> supplies,
        List<PowerVerdict> verdicts,
        IReadOnlyList<bool> off,
        PowerSettings settings,
        Instant now
    )
    {
        if (verdicts.Count == 0)
            return new PowerVerdict(PowerWish.Wake, false, "no UPS is followed: power asks for nothing");
        var least = settings.MinimumSupplies;
        var next = verdicts.Select(v => v.NextChange).Where(at => at > now).Min();
        if (verdicts.Count(v => v.Wish == PowerWish.Wake) >= least)
            return new PowerVerdict(PowerWish.Wake, false, Reasons(i => verdicts[i].Wish == PowerWish.Wake), next);

        var failing = verdicts.Count(v => v.Wish == PowerWish.Sleep);
        var urgent = verdicts.Count(v => v is { Wish: PowerWish.Sleep, Urgent: true });
        var without = off.Where((o, i) => o && verdicts[i].Wish == PowerWish.Stay).Count();
        // What is off is no reason to suspect one that is merely silent: a silence on mains is an alarm.
        var silent =
            failing == 0
                ? 0
                : supplies.Where((s, i) => verdicts[i].Wish == PowerWish.Stay && !off[i] && IsSilent(s)).Count();
        var left = supplies.Count - without - silent;
        return left - failing < least && failing + without > 0
            ? new PowerVerdict(
                PowerWish.Sleep,
                urgent + silent > 0 && left - urgent < least,
                Reasons(i => verdicts[i].Wish == PowerWish.Sleep || off[i]),
                next
            )
            : new PowerVerdict(
                PowerWish.Stay,
                false,
                Reasons(i => verdicts[i].Wish == (failing > 0 ? PowerWish.Sleep : PowerWish.Stay)),
                next
            );

        bool IsSilent(Supply s) =>
            s.LastKnown == Mains.Unknown
            || (s.LostSince ?? s.DoubtSince) is { } since && now - since >= settings.DeadTime;
        string Reasons(Func<int, bool> which) =>
            string.Join("; ", verdicts.Where((_, i) => which(i)).Select(v => v.Reason));
    }

    private static BatteryLevel TogetherOn(IReadOnlyList<Supply> supplies, int least)
    {
        if (AreTooFew(supplies, s => s.Battery == BatteryLevel.Low, least))
            return BatteryLevel.Low;
        return supplies.Count(s => s.Battery == BatteryLevel.Good) >= least ? BatteryLevel.Good : BatteryLevel.Unknown;
    }

    private static bool AreTooFew(IReadOnlyList<Supply> supplies, Func<Supply, bool> isLow, int least) =>
        supplies.Count(isLow) is > 0 and var low && supplies.Count - low < least;

    /// <summary>
    /// The cluster lasts as long as the UPS that is the last but <paramref name="least"/> - 1 to give up.
    /// </summary>
    private static Budget? TogetherFor(IReadOnlyList<Supply> supplies, int least)
    {
        var onBattery = supplies.Where(s => s.LastKnown == Mains.Battery || s.OrderedAt is not null).ToList();
        // One whose state is not known now is not counted on.
        var good = supplies.Count(s => s is { Mains: Mains.On, OrderedAt: null });
        return good < least && onBattery.Count >= least - good
            ? onBattery
                .OrderByDescending(s => s.Budget?.Remaining ?? Duration.MinValue)
                .ElementAt(least - good - 1)
                .Budget
            : null;
    }
}
