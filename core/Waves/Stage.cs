using Ebb.Core.Power;
using Ebb.Core.Settings;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// When a workload's turn comes in a power failure: as soon as any of these holds. Without any, at once.
/// </summary>
/// <param name="OnBatteryFor">On battery for this long, included; null: not asked.</param>
/// <param name="ChargeBelow">Percent, excluded; null likewise.</param>
/// <param name="RuntimeBelow">What the UPS still promises, excluded; null likewise.</param>
/// <param name="LoadAbove">Percent, excluded; null likewise.</param>
public sealed record Stage(
    Duration? OnBatteryFor = null,
    double? ChargeBelow = null,
    Duration? RuntimeBelow = null,
    double? LoadAbove = null
)
{
    /// <summary>No condition.</summary>
    public static readonly Stage None = new();

    /// <summary>Each fault is named; what is wrong is not asked.</summary>
    internal static Stage Read(UpsScalerView scaler, List<string> faults)
    {
        if (scaler is { OnBatteryFor: null, ChargeBelow: null, RuntimeBelow: null, LoadAbove: null })
            return None;
        return new Stage(
            Time("onBatteryFor", scaler.OnBatteryFor, faults),
            Percent("chargeBelow", scaler.ChargeBelow, 100, faults),
            Time("runtimeBelow", scaler.RuntimeBelow, faults),
            Percent("loadAbove", scaler.LoadAbove, 200, faults)
        );
    }

    private static Duration? Time(string name, string? text, List<string> faults)
    {
        if (text is null)
            return null;
        if (DurationText.Parse(text) is { } span && span >= Duration.Zero && span <= Longest)
            return span;
        faults.Add(
            $"spec.{name}: expected a time of at most {Longest.TotalDays:0} days, such as 5min, found \"{text}\""
        );
        return null;
    }

    private static double? Percent(string name, double? value, double most, List<string> faults)
    {
        if (value is null or >= 0 && !(value > most))
            return value;
        faults.Add(FormattableString.Invariant($"spec.{name}: expected percent from 0 to {most}, found {value}"));
        return null;
    }

    private static readonly Duration Longest = Duration.FromDays(7);

    /// <summary>
    /// Why it is not its turn yet, and when time alone makes it; null: it is. A battery of which nothing is known does
    /// not wait, nor one that is low or forced or whose budget is used up, nor what a person asks for.
    /// </summary>
    /// <param name="power">The power.</param>
    /// <param name="behind">What this wave and all behind it are known to need; null: not known.</param>
    /// <param name="now">The instant.</param>
    public (string Why, Instant? Until)? Waits(PowerState power, Duration? behind, Instant now)
    {
        ArgumentNullException.ThrowIfNull(power);
        if (this == None || power.Verdict is not { Wish: PowerWish.Sleep, Urgent: false })
            return null;
        if (power.Battery == BatteryLevel.Low || power.Budget?.Remaining < behind)
            return null;
        // A time comes by itself; charge, runtime and load may never get there before the battery is empty.
        if (OnBatteryFor is null && power.Budget?.Remaining <= Duration.Zero)
            return null;
        var failing = power.Supplies.Where(supply => supply.Mains == Mains.Battery).ToList();
        // Silence: nobody knows how far the battery is.
        if (failing.Count == 0 || failing.Any(supply => supply.Reading is null))
            return null;
        var since = failing.Select(supply => supply.Since).Max();
        var due = OnBatteryFor is { } span && since is { } began ? began + span : (Instant?)null;
        if (due <= now || (OnBatteryFor is not null && since is null))
            return null;
        List<string> waits = [];
        if (OnBatteryFor is { } wanted)
            waits.Add($"on battery for {Spoken(wanted)}");
        if (
            Below(failing.Select(supply => supply.Charge), ChargeBelow, "charge below {0} %", waits)
            || Below(
                failing.Select(supply => supply.Runtime?.TotalSeconds),
                RuntimeBelow?.TotalSeconds,
                "runtime below {0} s",
                waits
            )
        )
            return null;
        if (LoadAbove is { } most)
        {
            if (failing.Any(supply => supply.Reading!.Load > most))
                return null;
            waits.Add(FormattableString.Invariant($"load above {most:0.#} %"));
        }
        return ($"waits for its stage: {string.Join(" or ", waits)}", due);
    }

    /// <summary>Whether the least of what is known is below; what is asked for and not known does not wait.</summary>
    private static bool Below(IEnumerable<double?> found, double? least, string words, List<string> waits)
    {
        if (least is not { } limit)
            return false;
        var all = found.ToList();
        if (all.All(value => value is null) || all.Min() < limit)
            return true;
        waits.Add(string.Format(System.Globalization.CultureInfo.InvariantCulture, words, $"{limit:0.#}"));
        return false;
    }

    /// <summary>All conditions in words; any of them suffices.</summary>
    public string Words =>
        string.Join(
            " or ",
            new[]
            {
                OnBatteryFor is { } time ? $"on battery for {Spoken(time)}" : null,
                ChargeBelow is { } charge ? FormattableString.Invariant($"charge below {charge:0.#} %") : null,
                RuntimeBelow is { } runtime ? $"runtime below {Spoken(runtime)}" : null,
                LoadAbove is { } load ? FormattableString.Invariant($"load above {load:0.#} %") : null,
            }.OfType<string>()
        );

    internal static string Spoken(Duration duration) =>
        duration < Duration.FromMinutes(2)
            ? FormattableString.Invariant($"{duration.TotalSeconds:0} s")
            : FormattableString.Invariant($"{duration.TotalMinutes:0.#} min");
}
