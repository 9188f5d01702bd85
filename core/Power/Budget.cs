using NodaTime;

namespace Ebb.Core.Power;

/// <summary>
/// How long the battery may be trusted to carry the load: a budget, not a prediction. It only ever starts things
/// earlier; it never lengthens a running shutdown.
/// </summary>
/// <param name="Remaining">Zero or more.</param>
/// <param name="Bound">Which of the bounds was the least: <c>slope</c>, <c>reported before</c>, <c>reported</c>,
/// <c>low</c>, <c>forced</c> or <c>silent</c>.</param>
public sealed record Budget(Duration Remaining, string Bound);

/// <summary>
/// The least of three bounds, each of which may be missing. No estimate from the slope is safe when a battery dies at
/// 60 % of displayed charge; only the share of the reported runtime is, at the price of being too short for healthy
/// batteries.
/// </summary>
public static class BatteryBudget
{
    /// <summary>
    /// Lead-acid capacity falls with the current; Peukert's exponent for the packs in question is about this.
    /// </summary>
    private const double Exponent = 1.15;

    /// <summary>Percent: below this a load is dominated by the inverter's own.</summary>
    private const double LeastLoad = 8;

    /// <summary>Percent: what lies below cannot be counted on, whatever the device calls low.</summary>
    private const double LeastFloor = 30;

    /// <summary>Percent of charge that must have gone before a slope means anything.</summary>
    private const double LeastDrop = 2;

    private static readonly Duration Transfer = Duration.FromSeconds(15);
    private static readonly Duration Recent = Duration.FromSeconds(120);

    /// <summary>The budget now, or null when none of the bounds can be given.</summary>
    /// <param name="samples">Samples of this outage, oldest first.</param>
    /// <param name="reading">The last fresh reading; null: none.</param>
    /// <param name="runtimeBefore">What was reported last before the outage; null: nothing.</param>
    /// <param name="onBattery">How long it has been on battery; null: it is not.</param>
    /// <param name="factor">Share of a reported runtime to believe, above 0 and at most 1.</param>
    /// <param name="age">Of the reading: on battery what it says has been falling since.</param>
    /// <param name="chargeAge">The same of the charge alone; null: as old as the reading.</param>
    public static Budget? Estimate(
        IReadOnlyList<BatterySample> samples,
        UpsReading? reading,
        Duration? runtimeBefore,
        Duration? onBattery,
        double factor,
        Duration age = default,
        Duration? chargeAge = null
    )
    {
        ArgumentNullException.ThrowIfNull(samples);
        Budget? least = null;
        if (onBattery is { } spent)
        {
            Take(Slope(samples, reading, spent) - (chargeAge ?? age), "slope");
            Take(runtimeBefore is { } before ? (before * factor) - spent : null, "reported before");
        }
        Take((reading?.Runtime * factor) - (onBattery is null ? Duration.Zero : age), "reported");
        return least;

        void Take(Duration? remaining, string bound)
        {
            if (remaining is not { } value)
                return;
            var floored = Duration.Max(value, Duration.Zero);
            if (least is null || floored < least.Remaining)
                least = new Budget(floored, bound);
        }
    }

    /// <summary>
    /// The steeper of the line through the whole outage and the line through its last two minutes, charge against work
    /// (load to the power of 1.15, times seconds), drawn on to the floor.
    /// </summary>
    private static Duration? Slope(IReadOnlyList<BatterySample> samples, UpsReading? reading, Duration spent)
    {
        // The drop at the moment of transfer is not the slope of what follows.
        if (spent <= Transfer || samples.Count < 4)
            return null;
        var settled = samples.Skip(1).ToList();
        if (settled[0].Charge - settled[^1].Charge < LeastDrop)
            return null;

        var work = new double[settled.Count];
        for (var i = 1; i < settled.Count; i++)
            work[i] = work[i - 1] + (Weight(settled[i - 1].Load) * (settled[i].At - settled[i - 1].At).TotalSeconds);

        var from = settled.FindIndex(sample => settled[^1].At - sample.At <= Recent);
        var steepest = Math.Max(Fall(settled, work, 0), settled.Count - from >= 3 ? Fall(settled, work, from) : 0);
        if (steepest <= 0)
            return null;

        var floor = Math.Max(reading?.ChargeLow ?? 0, LeastFloor);
        var left = settled[^1].Charge - floor;
        return left <= 0
            ? Duration.Zero
            : Duration.FromSeconds(Math.Min(left / (steepest * Weight(settled[^1].Load)), 7 * 86400d));
    }

    /// <summary>Percent lost per unit of work, by least squares; 0 when there is no fall.</summary>
    private static double Fall(List<BatterySample> samples, double[] work, int from)
    {
        var count = samples.Count - from;
        double sumX = 0,
            sumY = 0,
            sumXX = 0,
            sumXY = 0;
        for (var i = from; i < samples.Count; i++)
        {
            sumX += work[i];
            sumY += samples[i].Charge;
            sumXX += work[i] * work[i];
            sumXY += work[i] * samples[i].Charge;
        }
        var spread = (count * sumXX) - (sumX * sumX);
        return spread <= 0 ? 0 : Math.Max(0, -((count * sumXY) - (sumX * sumY)) / spread);
    }

    private static double Weight(double? load) => Math.Pow(Math.Max(load ?? LeastLoad, LeastLoad), Exponent);
}
