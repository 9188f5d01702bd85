using Ebb.Core.Power;

namespace Ebb.Core.Tests.Power;

public class PowerStateSpecs
{
    private static PowerState Of(int least, params UpsScenario[] upses)
    {
        var now = upses.Select(u => u.Now).DefaultIfEmpty(0).Max();
        var settings = new PowerSettings { MinimumSupplies = least };
        return PowerState.Of([.. upses.Select(u => u.Supply(now))], settings, null, null, At.Second(now));
    }

    private static UpsScenario OnMains(string ups) => new UpsScenario(ups: ups).SaysFrom(0, 100, "OL");

    private static UpsScenario OnBattery(string ups) => new UpsScenario(ups: ups).Says(0, "OL").SaysFrom(50, 100, "OB");

    private static UpsScenario Lost(string ups) =>
        new UpsScenario(ups: ups).SaysFrom(0, 20, "OL").IsSilent(22).IsSilent(100);

    [Fact]
    public void Two_supplies_of_which_one_is_enough_survive_the_loss_of_one() =>
        Assert.Equal(PowerWish.Wake, Of(1, OnMains("a"), OnBattery("b")).Verdict.Wish);

    [Fact]
    public void Two_supplies_that_are_both_needed_do_not() =>
        Assert.Equal(PowerWish.Sleep, Of(2, OnMains("a"), OnBattery("b")).Verdict.Wish);

    [Fact]
    public void Both_on_battery_is_an_outage() =>
        Assert.Equal(PowerWish.Sleep, Of(1, OnBattery("a"), OnBattery("b")).Verdict.Wish);

    [Fact]
    public void A_supply_that_fell_silent_on_mains_is_not_counted_on_while_another_fails() =>
        Assert.Equal(PowerWish.Sleep, Of(1, Lost("a"), OnBattery("b")).Verdict.Wish);

    [Fact]
    public void Silence_of_all_on_mains_is_no_outage() =>
        Assert.Equal(PowerWish.Stay, Of(1, Lost("a"), Lost("b")).Verdict.Wish);

    [Fact]
    public void Without_any_ups_nothing_is_kept_asleep() =>
        Assert.Equal(PowerWish.Wake, PowerState.Of([], new PowerSettings(), null, null, At.Zero).Verdict.Wish);

    // 30 % are needed to wake; a charge that never moved would not be believed.
    private static UpsScenario Charged(string ups, double? charge) =>
        new UpsScenario(ups: ups).Says(0, "OL", charge + 1).Says(2, "OL", charge);

    [Theory]
    [InlineData(1, false, 12.0, 90.0)]
    [InlineData(1, true, 12.0, 12.0)]
    [InlineData(2, true, 12.0, 90.0)]
    [InlineData(2, false, 12.0, 90.0, 90.0)]
    [InlineData(2, true, 12.0, 12.0, 90.0)]
    [InlineData(1, false, null, 90.0)]
    [InlineData(1, false, 12.0, null)]
    [InlineData(2, true, 12.0, null)]
    [InlineData(2, false, null, null)]
    [InlineData(1, false, 31.0)]
    [InlineData(1, true, 29.0)]
    [InlineData(1, false)]
    public void Charge_is_lacking_when_not_enough_are_left_without_those_that_have_little(
        int least,
        bool lacks,
        params double?[] charges
    ) => Assert.Equal(lacks, Of(least, [.. charges.Select((charge, i) => Charged($"ups{i}", charge))]).LacksCharge);
}
