using Ebb.Core.Outages;
using NodaTime;

namespace Ebb.Core.Tests.Planning;

public class OutlookSpecs
{
    private static readonly Duration Timeout = Duration.FromMinutes(5);

    /// <param name="needs">Seconds of each wave; -1: not known.</param>
    /// <param name="unseen">Workloads that were never seen going to sleep.</param>
    /// <param name="budget">Seconds; -1: not known.</param>
    /// <param name="waits">Seconds that each wave would be waited for.</param>
    /// <param name="suffices">Null: not known.</param>
    /// <param name="sentence">In words.</param>
    [Theory]
    [InlineData(
        new[] { 10, 60 },
        0,
        300,
        new[] { 125, 300 },
        true,
        "2 waves take 70 s of a battery budget of 5 min; db costs most, 60 s"
    )]
    [InlineData(
        new[] { 10, 60 },
        1,
        300,
        new[] { 125, 300 },
        null,
        "2 waves take at least 70 s of a battery budget of 5 min; db costs most, 60 s; 1 workload was never seen going to sleep"
    )]
    [InlineData(
        new[] { 10, 60 },
        0,
        35,
        new[] { 5, 300 },
        false,
        "2 waves take at least 70 s, more than the battery budget of 35 s: waits are shortened; db costs most, 60 s"
    )]
    [InlineData(
        new[] { -1, -1 },
        2,
        300,
        new[] { 150, 300 },
        null,
        "how long the waves take is known after an outage or a drill; the battery budget is 5 min"
    )]
    [InlineData(
        new[] { 10 },
        0,
        -1,
        new[] { 300 },
        null,
        "one wave takes at least 10 s; how long the battery lasts is not known; db costs most, 10 s"
    )]
    [InlineData(
        new[] { -1 },
        1,
        -1,
        new[] { 300 },
        null,
        "neither how long the waves take nor how long the battery lasts is known yet"
    )]
    [InlineData(new int[0], 0, 300, new int[0], null, "nothing is to go to sleep")]
    public void It_says_whether_the_battery_lasts(
        int[] needs,
        int unseen,
        int budget,
        int[] waits,
        bool? suffices,
        string sentence
    )
    {
        var known = needs
            .Select((seconds, wave) => (wave, seconds))
            .Where(n => n.seconds >= 0)
            .ToDictionary(n => n.wave, n => Duration.FromSeconds(n.seconds));
        var forecast = new SleepForecast(
            [.. Enumerable.Range(0, needs.Length)],
            known,
            unseen,
            known.Count == 0 ? null : ("db", known.Values.Max())
        );
        var outlook = Outlook.Of(forecast, budget < 0 ? null : Duration.FromSeconds(budget), Timeout);
        Assert.Equal(sentence, outlook.Sentence);
        Assert.Equal(suffices, outlook.Suffices);
        Assert.Equal(waits, outlook.Waves.Select(w => (int)w.Wait.TotalSeconds));
    }
}
