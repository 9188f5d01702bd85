using Ebb.Core.Power;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>When a stage is expected to come, told before anything happens.</summary>
/// <param name="Member">Whose stage.</param>
/// <param name="Condition">What it waits for, in words.</param>
/// <param name="After">So long after the mains has failed; null: the discharge alone does not bring it.</param>
/// <param name="Because">What brings it.</param>
public sealed record StageForecast(Member Member, string Condition, Duration? After, string Because)
{
    /// <summary>
    /// Of every member that has a stage. The charge is expected to fall evenly over the runtime that the UPS reports;
    /// what is behind a stage is held against the budget, which believes only a part of that.
    /// </summary>
    /// <param name="members">All of them, validated.</param>
    /// <param name="needed">What each wave down is known to need, by priority; one that is not in it is not
    /// known.</param>
    /// <param name="power">The power.</param>
    /// <param name="now">The instant.</param>
    public static IReadOnlyList<StageForecast> Of(
        IReadOnlyList<Member> members,
        IReadOnlyDictionary<int, Duration> needed,
        PowerState power,
        Instant now
    )
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(needed);
        ArgumentNullException.ThrowIfNull(power);
        if (members.All(m => m.Stage == Stage.None))
            return [];
        var discharge = Discharge.Of(power, now);
        List<StageForecast> all = [];
        var (waves, before) = (
            members.Where(m => m is { Refusal: null, Scaler.Implied: false }).GroupBy(m => m.DownPriority),
            (StageForecast?)null
        );
        foreach (var wave in waves.OrderBy(w => w.Key))
        {
            var behind = needed
                .Where(need => need.Key >= wave.Key)
                .Aggregate((Duration?)null, (sum, need) => (sum ?? Duration.Zero) + need.Value);
            List<StageForecast> here =
            [
                .. wave.Where(m => m.Stage != Stage.None)
                    .Select(m => Alone(m, discharge, behind))
                    .Select(one =>
                        one.After < before?.After ? one with { After = before?.After, Because = Waits(before!) } : one
                    ),
            ];
            all.AddRange(here);
            before = here.Concat(before is null ? [] : [before]).Where(f => f.After is not null).MaxBy(f => f.After);
        }
        return all;
    }

    private static string Waits(StageForecast before) => $"wave {before.Member.DownPriority} comes first";

    private static StageForecast Alone(Member member, Discharge discharge, Duration? behind)
    {
        List<(Duration After, string Because)> ways = [];
        var stage = member.Stage;
        if (stage.OnBatteryFor is { } time)
            ways.Add((time, "the time on battery"));
        if (stage.ChargeBelow is { } charge && discharge.UntilCharge(charge) is { } falls)
            ways.Add((falls, "the charge"));
        if (stage.RuntimeBelow is { } runtime && discharge.UntilRuntime(runtime) is { } runs)
            ways.Add((runs, "the runtime"));
        if (stage.LoadAbove < discharge.Load)
            ways.Add((Duration.Zero, "the load"));
        if (behind is { } needs && discharge.UntilBudget(needs) is { } least)
            ways.Add(
                (
                    least,
                    $"the battery budget: from here on {Stage.Spoken(needs)} are needed, as earlier outages have shown"
                )
            );
        else if (stage.OnBatteryFor is null && discharge.UntilBudget(Duration.Zero) is { } used)
            ways.Add((used, "the battery budget, which is used up then"));
        if (ways.Count == 0)
            return new StageForecast(member, stage.Words, null, "nothing that is known brings it");
        var first = ways.MinBy(way => way.After);
        return new StageForecast(member, stage.Words, first.After, first.Because);
    }
}
