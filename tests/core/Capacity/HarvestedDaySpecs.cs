namespace Ebb.Core.Tests.Capacity;

/// <summary>A virtual day of chance; ten days under EBB_LONG=1.</summary>
public sealed class HarvestedDaySpecs
{
    public static IEnumerable<TheoryDataRow<int>> Seeds =>
        Enumerable
            .Range(1, Environment.GetEnvironmentVariable("EBB_LONG") == "1" ? 10 : 2)
            .Select(seed => new TheoryDataRow<int>(seed));

    private const int Rounds = 3;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_paying_pod_that_could_run_without_harvesters_waits_no_longer_than_a_stop_and_a_pass(int seed)
    {
        var day = new HarvestedDay(seed).Run();
        Assert.True(day.Waited > 50, $"only {day.Waited} of {day.Arrivals} had to wait");
        Assert.True(day.Harvested > 500_000, $"harvesters ran {day.Harvested} pod-seconds");
        Assert.InRange(day.LongestWait, 1, HarvestedDay.StopSeconds + HarvestedDay.Passes);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Without_marks_which_is_the_default_it_waits_no_longer_than_three_of_them(int seed)
    {
        var day = new HarvestedDay(seed, marks: false).Run();
        Assert.True(day.Waited > 50, $"only {day.Waited} of {day.Arrivals} had to wait");
        // The controller ends pods on other nodes, too, so that what is still lacking is given back in a second round.
        Assert.InRange(day.LongestWait, 1, Rounds * (HarvestedDay.StopSeconds + HarvestedDay.Passes));
    }
}
