using Ebb.Core.Waves;
using NodaTime;

namespace Ebb.Core.Outages;

/// <summary>What is to be expected of one wave on its way down.</summary>
/// <param name="Priority">Its priority.</param>
/// <param name="Needs">What it takes at least; null: not known.</param>
/// <param name="Wait">How long it would be waited for at most.</param>
public sealed record WaveOutlook(int Priority, Duration? Needs, Duration Wait);

/// <summary>Whether the battery lasts until everything is asleep, told before anything happens.</summary>
/// <param name="Waves">In order.</param>
/// <param name="Suffices">Null: not known.</param>
/// <param name="Sentence">The same in words, with the workload that costs most.</param>
public sealed record Outlook(IReadOnlyList<WaveOutlook> Waves, bool? Suffices, string Sentence)
{
    /// <param name="forecast">What the outages before have shown.</param>
    /// <param name="budget">The battery budget; null: not known.</param>
    /// <param name="timeout">How long a wave is waited for at most.</param>
    /// <param name="assumed">What waits are shared of where the budget is not known; null: there is no battery.</param>
    public static Outlook Of(SleepForecast forecast, Duration? budget, Duration timeout, Duration? assumed = null)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        List<Duration?> needs =
        [
            .. forecast.Priorities.Select(p => forecast.Needs.TryGetValue(p, out var need) ? need : (Duration?)null),
        ];
        List<WaveOutlook> waves = [];
        var left = budget ?? assumed;
        for (var i = 0; i < needs.Count; i++)
        {
            var wait = WaveShare.Of(left, needs[i..], timeout);
            waves.Add(new WaveOutlook(forecast.Priorities[i], needs[i], wait));
            left = left is { } before
                ? Duration.Max(before - Duration.Min(needs[i] ?? wait, wait), Duration.Zero)
                : null;
        }
        bool? suffices =
            forecast.AtLeast > budget ? false
            : forecast.Unseen > 0 || forecast.AtLeast is null || budget is null ? null
            : true;
        return new Outlook(waves, suffices, Words(forecast, budget, suffices));
    }

    private static string Words(SleepForecast forecast, Duration? budget, bool? suffices)
    {
        var count = forecast.Priorities.Count;
        if (count == 0)
            return "nothing is to go to sleep";
        var waves = count == 1 ? "one wave takes" : $"{count} waves take";
        var sentence = (forecast.AtLeast, budget) switch
        {
            (null, null) => "neither how long the waves take nor how long the battery lasts is known yet",
            (null, { } lasts) =>
                $"how long the waves take is known after an outage or a drill; the battery budget is {Spoken(lasts)}",
            ({ } takes, null) => $"{waves} at least {Spoken(takes)}; how long the battery lasts is not known",
            ({ } takes, { } lasts) when suffices == false =>
                $"{waves} at least {Spoken(takes)}, more than the battery budget of {Spoken(lasts)}: "
                    + "waits are shortened",
            ({ } takes, { } lasts) => $"{waves} {(suffices is null ? "at least " : "")}{Spoken(takes)} "
                + $"of a battery budget of {Spoken(lasts)}",
        };
        if (forecast.Costliest is { } slow && forecast.AtLeast > Duration.Zero)
            sentence += $"; {slow.Workload} costs most, {Spoken(slow.Takes)}";
        if (forecast is not { Unseen: > 0 and var unseen, AtLeast: not null })
            return sentence;
        return $"{sentence}; {unseen} {(unseen == 1 ? "workload was" : "workloads were")} never seen going to sleep";
    }

    private static string Spoken(Duration duration) =>
        duration < Duration.FromMinutes(2)
            ? FormattableString.Invariant($"{duration.TotalSeconds:0} s")
            : FormattableString.Invariant($"{duration.TotalMinutes:0.#} min");
}
