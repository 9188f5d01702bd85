using Ebb.Core.Outages;
using Ebb.Core.Power;
using Ebb.Core.Tests.Power;
using Ebb.Core.Waves;

namespace Ebb.Core.Tests.Planning;

/// <summary>The host of upsd went with the power and does not come back; a person sees that mains did.</summary>
public class RestoreInSilenceSpecs
{
    [Fact]
    public void A_restore_that_is_asked_for_in_a_silence_on_battery_is_carried_out_and_stays_carried_out()
    {
        var shop = Asleep().Silence(600);
        Assert.Equal((Phase.Asleep, 0), (shop.Plan.Phase, shop.ReplicasOf("web")));
        Assert.Null(OrderResults.Refusal(OrderAction.Restore, shop.Input().Power, shop.Progress.Cause, true));
        shop.Ask(OrderAction.Restore, "the NUT host is broken");
        shop.Silence(1);
        Assert.Equal(Phase.Waking, shop.Plan.Phase);
        shop.Silence(20);
        Assert.Equal((3, 1), (shop.ReplicasOf("web"), shop.ReplicasOf("db")));
        var order = Assert.Single(shop.Input().Cluster.Orders!);
        Assert.Equal((OrderPhase.Done, "everything is awake"), (order.Status.Phase, order.Status.Message));
        var written = shop.Writes.Count;
        shop.Silence(3600);
        Assert.Equal(written, shop.Writes.Count);
        Assert.Contains("a person has asked for restore since then", shop.Plan.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OL OB")]
    [InlineData("WAIT")]
    [InlineData("OFF")]
    public void A_status_that_says_nothing_certain_after_it_does_not_undo_it(string status)
    {
        var shop = Asleep().Silence(600);
        shop.Ask(OrderAction.Restore, "the NUT host is broken");
        shop.Silence(60).Run(60, status);
        Assert.Equal((3, 1), (shop.ReplicasOf("web"), shop.ReplicasOf("db")));
        shop.Run(200, "OL");
        Assert.Equal((3, Phase.Normal), (shop.ReplicasOf("web"), shop.Plan.Phase));
    }

    [Fact]
    public void On_battery_heard_again_ends_it_and_a_later_silence_is_another_one()
    {
        var shop = Asleep().Silence(600);
        shop.Ask(OrderAction.Restore, "the NUT host is broken");
        shop.Silence(4).Run(2, "OB");
        Assert.Equal((0, 0), (shop.ReplicasOf("web"), shop.ReplicasOf("db")));
        Assert.Equal("power has failed again", shop.Input().Cluster.Orders![0].Status.Message);
        shop.Silence(600);
        Assert.Equal((Phase.Asleep, 0), (shop.Plan.Phase, shop.ReplicasOf("web")));
    }

    [Fact]
    public void One_from_before_the_silence_does_not_answer_it()
    {
        var shop = Asleep().Run(5, "OL");
        shop.Ask(OrderAction.Restore, "mains is back");
        shop.Run(20, "OL").Run(4, "OB");
        Assert.Equal(3, shop.ReplicasOf("web"));
        shop.Silence(600);
        Assert.Equal((Phase.Asleep, 0), (shop.Plan.Phase, shop.ReplicasOf("web")));
    }

    [Theory]
    // The server says 100 of an order that was stored at 100.9.
    [InlineData(100, 100.5, PowerWish.Stay)]
    [InlineData(100, 101, PowerWish.Sleep)]
    public void An_order_is_stored_in_whole_seconds(double asked, double silent, PowerWish expected)
    {
        var ups = new UpsScenario().Says(0, "OL").Says(10, "OB").IsSilent(silent);
        Assert.Equal(expected, ups.Verdict(1000, acknowledged: asked).Wish);
    }

    [Fact]
    public void An_order_to_sleep_that_was_heard_before_the_silence_is_answered_by_it_as_well()
    {
        var ups = new UpsScenario().Says(0, "OL").Says(10, "OB").Says(12, "FSD OB LB").IsSilent(14);
        Assert.Equal((PowerWish.Sleep, true), (ups.Verdict(1000).Wish, ups.Verdict(1000).Urgent));
        Assert.Equal(PowerWish.Stay, ups.Verdict(1000, acknowledged: 500).Wish);
    }

    [Fact]
    public void Of_two_UPSes_one_that_is_heard_on_battery_is_not_answered()
    {
        var (a, b) = (new UpsScenario(ups: "a"), new UpsScenario(ups: "b"));
        foreach (var ups in new[] { a, b })
            ups.Says(0, "OL").Says(10, "OB");
        a.IsSilent(20);
        b.Says(1000, "OB");
        var asked = At.Second(500);
        var power = PowerState.Of([a.Supply(1000), b.Supply(1000)], new PowerSettings(), asked, null, At.Second(1000));
        Assert.Equal((PowerWish.Sleep, Mains.Battery), (power.Verdict.Wish, power.Mains));
        b.IsSilent(1002);
        power = PowerState.Of([a.Supply(2000), b.Supply(2000)], new PowerSettings(), asked, null, At.Second(2000));
        Assert.Equal(PowerWish.Sleep, power.Verdict.Wish);
        power = PowerState.Of(
            [a.Supply(2000), b.Supply(2000)],
            new PowerSettings(),
            At.Second(1500),
            null,
            At.Second(2000)
        );
        Assert.Equal(PowerWish.Stay, power.Verdict.Wish);
    }

    [Theory]
    [InlineData(null, 20.0)]
    [InlineData("OL OB", 20.0)]
    [InlineData("OB", null)]
    public void Another_process_goes_on_with_the_silence_it_finds_unless_it_has_heard_something(
        string? status,
        double? since
    )
    {
        var before = new UpsScenario().Says(0, "OL").Says(10, "OB").IsSilent(20);
        var after = new UpsScenario();
        if (status is null)
            after.IsSilent(1000);
        else
            after.Says(1000, status);
        var supply = after.Memory.Recalling(before.Memory).At(At.Second(1001), after.Settings);
        Assert.Equal(since is { } second ? At.Second(second) : (Instant?)null, supply.LostSince ?? supply.DoubtSince);
    }

    [Fact]
    public void A_silence_that_lies_in_the_future_is_not_older_than_every_restore()
    {
        var ahead = new UpsScenario().Says(0, "OL").Says(5000, "OB").IsSilent(5010).Memory;
        var remembered = RememberedInstant.At(ahead with { DoubtSince = At.Second(5020) }, At.Second(1000));
        Assert.Equal((At.Second(1000), At.Second(1000)), (remembered.LostSince!.Value, remembered.DoubtSince!.Value));
    }

    private static FakeCluster Asleep() =>
        new FakeCluster()
            .With("web", down: 1, up: 2)
            .With("db", down: 2, up: 1, replicas: 1)
            .Run(70, "OL")
            .Run(60, "OB");
}
