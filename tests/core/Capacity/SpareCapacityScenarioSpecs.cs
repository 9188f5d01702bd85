namespace Ebb.Core.Tests.Capacity;

/// <summary>The original's scenario, side by side with the HPA on the reversed metric.</summary>
public sealed class SpareCapacityScenarioSpecs
{
    [Fact]
    public void Ours_settles_without_turning_round_and_keeps_no_paying_pod_waiting_longer_than_a_poll_and_a_stop()
    {
        var ours = SpareCapacityScenario.Ours();
        Assert.Equal(0, ours.Directions);
        // 980 core-seconds of the reserve: the 16 core-minutes of README.
        Assert.InRange(ours.Violated * 60, 0, 980.001);
        Assert.InRange(ours.LongestPending, 0, SpareCapacityScenario.Sync + SpareCapacityScenario.StopSeconds);
        // Fifteen more a minute: still on its way to 146 when the paying service comes, and there at the end.
        Assert.Equal(135, ours.Samples[590].Miners);
        Assert.Equal(86, ours.Samples[1190].Miners);
        Assert.Equal(146, ours.Samples[^1].Miners);
    }

    [Fact]
    public void The_reversed_metric_wavers()
    {
        var (ours, reversed) = (SpareCapacityScenario.Ours(), SpareCapacityScenario.Reversed());
        Assert.True(reversed.Directions > 10, $"{reversed.Directions} changes of direction");
        Assert.True(
            ours.Violated < reversed.Violated,
            $"{ours.Violated:0} and {reversed.Violated:0} core-minutes of the reserve"
        );
    }
}
