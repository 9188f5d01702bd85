using Ebb.Core.Power;

namespace Ebb.Core.Tests.Power;

/// <summary>UPSes that say OFF or BYPASS, alone and beside others.</summary>
public class FeedSpecs
{
    private static PowerState Of(int least, double now, params UpsScenario[] upses)
    {
        var settings = new PowerSettings { MinimumSupplies = least };
        return PowerState.Of([.. upses.Select(u => u.Supply(now))], settings, null, null, At.Second(now));
    }

    private static UpsScenario Ups(string name, string status, double since, double until = 100) =>
        new UpsScenario(ups: name).SaysFrom(0, since - 2, "OL").SaysFrom(since, until, status);

    [Theory]
    [InlineData("OL OFF", 29, false)]
    [InlineData("OL OFF", 30, true)]
    [InlineData("OL BYPASS", 29, false)]
    [InlineData("OL BYPASS", 30, true)]
    // Neither OL nor OB is doubt as well, and 15 s of that beside one that fails are enough.
    [InlineData("OFF", 14, false)]
    [InlineData("BYPASS", 15, true)]
    public void The_others_must_carry_what_one_has_not_carried_for_OffFor(string status, double after, bool outage) =>
        Assert.Equal(
            outage,
            Of(1, 40 + after, Ups("a", status, 40, 40 + after), Ups("b", "OB", 30, 40 + after)).Verdict.Wish
                == PowerWish.Sleep
        );

    [Theory]
    [InlineData(1, PowerWish.Wake, Mains.On)]
    [InlineData(2, PowerWish.Sleep, Mains.Unknown)]
    public void One_that_carries_nothing_does_not_count_among_those_that_must_be_good(
        int least,
        PowerWish expected,
        Mains mains
    )
    {
        var power = Of(least, 100, Ups("a", "OL BYPASS", 40), Ups("b", "OL", 40));
        Assert.Equal((expected, mains), (power.Verdict.Wish, power.Mains));
        Assert.Contains(power.Supplies[0].Notes, n => n.EndsWith("the others must carry", StringComparison.Ordinal));
    }

    [Fact]
    public void An_outage_for_want_of_supplies_names_the_one_that_is_off_and_is_not_urgent()
    {
        var verdict = Of(2, 100, Ups("a", "OL OFF", 40), Ups("b", "OL", 40)).Verdict;
        Assert.Equal("a: does not carry the load (OFF) since 2026-01-15T12:00:40Z", verdict.Reason);
        Assert.False(verdict.Urgent);
    }

    [Fact]
    public void The_end_of_OffFor_is_foreseen()
    {
        var power = Of(2, 50, Ups("a", "OL BYPASS", 40, 50), Ups("b", "OL", 40, 50));
        Assert.Equal(PowerWish.Stay, power.Verdict.Wish);
        Assert.Equal(At.Second(60), power.Verdict.NextChange);
    }

    [Fact]
    public void A_blip_of_bypass_begins_anew()
    {
        var flapping = new UpsScenario(ups: "a").SaysFrom(0, 20, "OL");
        for (var at = 22; at < 100; at += 20)
            flapping.SaysFrom(at, at + 16, "OL BYPASS").Says(at + 18, "OL");
        Assert.NotEqual(PowerWish.Sleep, Of(2, 102, flapping, Ups("b", "OL", 40)).Verdict.Wish);
    }

    [Theory]
    [InlineData("OL BYPASS", PowerWish.Wake)]
    [InlineData("OL OFF", PowerWish.Wake)]
    [InlineData("OFF", PowerWish.Stay)]
    public void A_single_one_is_told_and_changes_nothing(string status, PowerWish expected)
    {
        var power = Of(1, 200, Ups("a", status, 40, 200));
        Assert.Equal(expected, power.Verdict.Wish);
        Assert.NotEmpty(power.Supplies[0].Notes);
    }

    [Fact]
    public void All_of_them_on_bypass_are_as_one_is() =>
        Assert.Equal(
            PowerWish.Wake,
            Of(1, 200, Ups("a", "OL BYPASS", 40, 200), Ups("b", "OL BYPASS", 40, 200)).Verdict.Wish
        );

    [Fact]
    public void A_silence_on_mains_beside_a_bypass_is_an_alarm_and_no_outage() =>
        Assert.Equal(
            PowerWish.Stay,
            Of(
                1,
                200,
                Ups("a", "OL BYPASS", 40, 200),
                new UpsScenario(ups: "b").Says(0, "OL").IsSilent(50)
            ).Verdict.Wish
        );

    [Fact]
    public void Waiting_for_the_driver_and_silence_keep_it_and_a_restart_remembers_it()
    {
        var a = Ups("a", "OL BYPASS", 40).Says(102, "WAIT").IsSilent(104);
        Assert.Equal(At.Second(40), a.Memory.OffSince);
        var anew = new UpsScenario(ups: "a").Says(200, "OL BYPASS").Memory.Recalling(a.Memory);
        Assert.Equal(At.Second(40), anew.OffSince);
        Assert.Null(new UpsScenario(ups: "a").Says(200, "OL").Memory.Recalling(a.Memory).OffSince);
        Assert.Null(a.Says(106, "OL").Memory.OffSince);
    }

    [Fact]
    public void One_on_battery_while_another_is_on_mains_is_told_after_DeadTime()
    {
        static IReadOnlyList<string> Notes(double now) =>
            Of(1, now, Ups("a", "OB", 40, now), Ups("b", "OL", 40, now)).Supplies[0].Notes;
        Assert.Empty(Notes(54));
        Assert.Equal(["on battery while b is on mains: look at its input"], Notes(55));
    }

    [Theory]
    [InlineData("OL", "OB", true)]
    [InlineData("OL", "OL BYPASS", true)]
    [InlineData("OL OFF", "OL", true)]
    [InlineData("FSD OB", "OB", true)]
    [InlineData("OL CHRG", "OL", false)]
    [InlineData("WAIT", "OL BYPASS", false)]
    [InlineData("OL OB", "OL", false)]
    public void Sources_of_one_UPS_that_disagree_in_what_is_decided_on_are_told(string one, string other, bool told)
    {
        var ups = new UpsScenario().Says(0, "OL");
        ups.Hears(2, ups.Reading(2, one, source: "upsd"), ups.Reading(2, other, source: "exporter"));
        Assert.Equal(
            told,
            ups.Supply().Notes.Contains($"sources disagree: upsd says \"{one}\"; exporter says \"{other}\"")
        );
    }
}
