using Ebb.Core.Power;

namespace Ebb.Core.Tests.Power;

public class LowBatterySpecs
{
    [Theory]
    [InlineData(20, 600, BatteryLevel.Low)]
    [InlineData(21, 180, BatteryLevel.Low)]
    [InlineData(21, 181, BatteryLevel.Good)]
    public void A_charge_or_a_runtime_at_its_threshold_is_a_low_battery_without_LB(
        double charge,
        double runtime,
        BatteryLevel expected
    )
    {
        var ups = OnBattery();
        Hears(ups, 4, "OB", charge, runtime);
        Assert.NotEqual(BatteryLevel.Low, ups.Supply().Battery);
        Hears(ups, 6, "OB", charge, runtime);
        Assert.Equal(expected, ups.Supply().Battery);
        Assert.Equal(expected == BatteryLevel.Low ? PowerWish.Sleep : PowerWish.Stay, ups.Verdict().Wish);
    }

    [Fact]
    public void One_that_recovers_in_between_begins_to_count_anew()
    {
        var ups = OnBattery();
        Hears(ups, 4, "OB", 20, 600);
        Hears(ups, 6, "OB", 25, 600);
        Hears(ups, 8, "OB", 20, 600);
        Assert.Equal(BatteryLevel.Unknown, ups.Supply().Battery);
    }

    [Fact]
    public void On_mains_a_threshold_says_nothing()
    {
        var ups = OnBattery();
        for (var at = 4; at < 20; at += 2)
            Hears(ups, at, "OL CHRG", 10, 60);
        Assert.Equal(BatteryLevel.Good, ups.Supply().Battery);
    }

    [Fact]
    public void What_is_left_by_the_numbers_is_shared_when_no_LB_says_that_it_is_over()
    {
        var ups = OnBattery();
        Hears(ups, 4, "OB", 19, 160);
        Hears(ups, 6, "OB", 19, 160);
        Assert.Equal((BatteryLevel.Low, 40), (ups.Supply().Battery, ups.Supply().Budget!.Remaining.TotalSeconds));
        Hears(ups, 8, "OB LB", 19, 160);
        Assert.Equal((0, "low"), (ups.Supply().Budget!.Remaining.TotalSeconds, ups.Supply().Budget!.Bound));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(0, 60)]
    public void Numbers_that_never_move_make_no_battery_low_hold_no_waking_and_are_told(double charge, double runtime)
    {
        var ups = new UpsScenario();
        double? known = runtime > 0 ? runtime : null;
        for (var at = 0; at <= 100; at += 2)
            Hears(ups, at, "OL", charge, known);
        Assert.Equal(PowerWish.Wake, ups.Verdict().Wish);
        Assert.Contains("charge not believed", ups.Verdict().Reason, StringComparison.Ordinal);
        Assert.Contains(
            ups.Supply().Notes,
            note => note.Contains($"charge {charge} % has not", StringComparison.Ordinal)
        );
        Assert.Equal(
            known is not null,
            ups.Supply().Notes.Any(note => note.Contains($"runtime {runtime} s has not", StringComparison.Ordinal))
        );
        for (var at = 102; at <= 104; at += 2)
            Hears(ups, at, "OB", charge, known);
        Assert.Equal((BatteryLevel.Good, null), (ups.Supply().Battery, ups.Supply().Budget));
    }

    [Fact]
    public void A_full_battery_that_never_moves_on_mains_is_nothing_to_tell() =>
        Assert.Empty(new UpsScenario().SaysFrom(0, 1000, "OL").Supply().Notes);

    [Fact]
    public void That_a_charge_has_moved_is_remembered_over_a_restart()
    {
        var before = new UpsScenario().Says(0, "OB", 40).Says(2, "OB", 12);
        var after = new UpsScenario().Says(10, "OL", 12);
        Assert.Null(after.Supply().Charge);
        Assert.Equal(12, after.Memory.Recalling(before.Memory).At(At.Second(12), after.Settings).Charge);
    }

    [Theory]
    [InlineData(97.0, 1600.0, true)]
    [InlineData(97.0, null, true)]
    [InlineData(null, 1600.0, true)]
    [InlineData(97.0, 200.0, false)]
    [InlineData(40.0, 1600.0, false)]
    [InlineData(null, null, false)]
    public void LB_that_charge_and_runtime_contradict_is_told_with_its_remedy(
        double? charge,
        double? runtime,
        bool contradicted
    )
    {
        var ups = new UpsScenario().Says(0, "OL", 100, 1700).Says(2, "OB LB", charge, runtime);
        ups.Says(4, "OB LB", charge, runtime);
        Assert.Equal(BatteryLevel.Low, ups.Supply().Battery);
        Assert.Equal(
            contradicted,
            ups.Supply().Notes.Any(note => note.Contains("Power__IgnoreFlags=LB", StringComparison.Ordinal))
        );
        Assert.Equal(contradicted, ups.Supply().Budget!.Remaining > Duration.Zero);
    }

    /// <param name="low">The device's own mark, in seconds; null: it names none.</param>
    /// <param name="begins">Seconds of runtime at which the battery is low.</param>
    [Theory]
    [InlineData(120.0, 120)]
    [InlineData(null, 0)]
    public void A_runtime_that_counts_down_to_zero_is_a_low_battery_and_stays_one(double? low, int begins)
    {
        var ups = new UpsScenario().Says(0, "OL", null, 300, runtimeLow: low);
        for (var left = 300; left >= 0; left -= 10)
        {
            for (var half = 0; half < 2; half++)
                ups.Says(310 - left + (half * 5), "OB DISCHRG", null, left, runtimeLow: low);
            Assert.Equal(left <= begins ? BatteryLevel.Low : BatteryLevel.Good, ups.Supply().Battery);
        }
        for (var at = 320; at < 1000; at += 10)
            ups.Says(at, "OB DISCHRG", null, 0, runtimeLow: low);
        Assert.Equal((BatteryLevel.Low, 0), (ups.Supply().Battery, ups.Supply().Budget!.Remaining.TotalSeconds));
        Assert.DoesNotContain(ups.Supply().Notes, note => note.Contains("runtime", StringComparison.Ordinal));
    }

    [Fact]
    public void A_runtime_that_has_counted_down_to_zero_agrees_with_LB()
    {
        var ups = new UpsScenario().Says(0, "OL", 97, 300).Says(10, "OB", 95, 100).Says(20, "OB", 94, 10);
        ups.Says(30, "OB LB", 93, 0).Says(40, "OB LB", 92, 0);
        Assert.Equal((0, "low"), (ups.Supply().Budget!.Remaining.TotalSeconds, ups.Supply().Budget!.Bound));
        Assert.Empty(ups.Supply().Notes);
    }

    [Theory]
    // Always zero; and zero as the first thing on battery.
    [InlineData(0)]
    [InlineData(1800)]
    public void A_zero_that_nothing_counted_down_to_is_told_and_says_nothing(double before)
    {
        var ups = new UpsScenario().Says(0, "OL", null, before).Says(2, "OL", null, before == 0 ? 0 : before - 1);
        for (var at = 4; at <= 20; at += 2)
            ups.Says(at, "OB", null, 0);
        Assert.Equal(BatteryLevel.Good, ups.Supply().Battery);
        Assert.Contains("runtime \"0\" is not believed", ups.Supply().Notes);
    }

    [Theory]
    [InlineData(11, null, BatteryLevel.Good)]
    [InlineData(10, null, BatteryLevel.Low)]
    [InlineData(0, null, BatteryLevel.Low)]
    [InlineData(6, 5.0, BatteryLevel.Good)]
    public void Where_the_device_names_no_mark_a_charge_is_low_at_10_percent(
        double charge,
        double? mark,
        BatteryLevel expected
    )
    {
        var ups = new UpsScenario().Says(0, "OL");
        for (var at = 2; at <= 6; at += 2)
            ups.Says(at, "OB", charge, chargeLow: mark);
        Assert.Equal(expected, ups.Supply().Battery);
    }

    /// <param name="first">Percent when mains comes back.</param>
    /// <param name="swing">It goes up and down by so much.</param>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 3)]
    [InlineData(29, 1)]
    public void A_charge_that_does_not_rise_on_mains_holds_no_waking_and_is_told(int first, int swing)
    {
        var ups = new UpsScenario().SaysFrom(0, 60, "OL").SaysFrom(62, 80, "OB", charge: first);
        var at = 82;
        for (; at < 82 + 1800; at += 2)
            Assert.Equal(PowerWish.Stay, ups.Says(at, "OL CHRG", first + (at % swing)).Verdict().Wish);
        for (; at < 82 + 1900; at += 2)
            ups.Says(at, "OL CHRG", first + (at % swing));
        Assert.Equal(PowerWish.Wake, ups.Verdict().Wish);
        Assert.Contains("charge not believed", ups.Verdict().Reason, StringComparison.Ordinal);
        Assert.Contains(
            ups.Supply().Notes,
            note => note.EndsWith("has not risen on mains for 30 min: not believed", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void One_that_rises_slowly_is_waited_for_and_one_that_rises_again_counts_again()
    {
        var ups = new UpsScenario().SaysFrom(0, 60, "OL").SaysFrom(62, 80, "OB", charge: 5);
        for (var at = 100; at < 100 + (24 * 900); at += 100)
            Assert.Equal(PowerWish.Stay, ups.Says(at, "OL CHRG", 5 + ((at - 100) / 900)).Verdict().Wish);
        Assert.Equal(PowerWish.Wake, ups.Says(30_000, "OL CHRG", 30).Verdict().Wish);
        ups = new UpsScenario().SaysFrom(0, 60, "OL").SaysFrom(62, 80, "OB", charge: 5);
        ups.SaysFrom(82, 2000, "OL CHRG", charge: 5);
        Assert.Null(ups.Supply().Charge);
        Assert.Equal(6, ups.Says(2002, "OL CHRG", 6).Supply().Charge);
    }

    [Fact]
    public void The_next_outage_and_a_silence_begin_to_count_anew()
    {
        var ups = new UpsScenario().SaysFrom(0, 60, "OL").SaysFrom(62, 80, "OB", charge: 5);
        ups.SaysFrom(82, 1800, "OL", charge: 5).Says(1802, "OB", 5).SaysFrom(1804, 3500, "OL", charge: 5);
        Assert.Equal(5, ups.Supply().Charge);
        ups.IsSilent(3502).IsSilent(3600).SaysFrom(3620, 5300, "OL", charge: 5);
        Assert.Equal(5, ups.Supply().Charge);
        Assert.Null(ups.SaysFrom(5302, 5500, "OL", charge: 5).Supply().Charge);
    }

    [Fact]
    public void A_charge_that_stands_still_on_battery_contradicts_no_LB()
    {
        var ups = new UpsScenario().SaysFrom(0, 60, "OL").SaysFrom(62, 400, "OB").SaysFrom(402, 410, "OB LB");
        Assert.Equal((BatteryLevel.Low, 0), (ups.Supply().Battery, ups.Supply().Budget!.Remaining.TotalSeconds));
        Assert.DoesNotContain(
            ups.Supply().Notes,
            note => note.Contains("Power__IgnoreFlags=LB", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_charge_at_its_threshold_stays_a_low_battery_however_long_it_stands_there()
    {
        var ups = OnBattery();
        for (var at = 4; at < 1000; at += 2)
            Hears(ups, at, "OB", 15, 700 - (at / 2));
        Assert.Equal((BatteryLevel.Low, 15), (ups.Supply().Battery, ups.Supply().Charge));
    }

    [Fact]
    public void A_promise_before_the_outage_falls_with_the_time_also_when_the_one_on_battery_does_not()
    {
        var ups = new UpsScenario().Says(0, "OL", 100, 1800);
        for (var at = 2; at <= 402; at += 2)
            ups.Says(at, "OB", 100, 1800);
        Assert.Equal(
            (50, "reported before"),
            (ups.Supply().Budget!.Remaining.TotalSeconds, ups.Supply().Budget!.Bound)
        );
        Assert.Null(ups.Supply().Runtime);
    }

    [Fact]
    public void What_a_falling_charge_promised_goes_on_falling_when_the_charge_stands_still()
    {
        var ups = new UpsScenario().Says(0, "OL");
        for (var at = 2; at <= 400; at += 2)
            ups.Says(at, "OB", 100 - (at / 40));
        var before = ups.Supply().Budget!.Remaining;
        for (var at = 402; at <= 902; at += 2)
            ups.Says(at, "OB", 90);
        Assert.Equal("slope", ups.Supply().Budget!.Bound);
        Assert.InRange((before - ups.Supply().Budget!.Remaining).TotalSeconds, 480, 520);
    }

    [Theory]
    [InlineData("FSD OL", "Power__IgnoreFlags=FSD")]
    [InlineData("OL DISCHRG OB", "Power__IgnoreFlags=OB")]
    public void A_word_that_a_device_always_says_is_told_with_its_remedy(string status, string remedy) =>
        Assert.Contains(
            new UpsScenario().SaysFrom(0, 100, status).Supply().Notes,
            note => note.Contains(remedy, StringComparison.Ordinal)
        );

    /// <summary>A UPS whose numbers have been seen to move.</summary>
    private static UpsScenario OnBattery()
    {
        var ups = new UpsScenario();
        Hears(ups, 0, "OL", 100, 700);
        Hears(ups, 2, "OB", 99, 690);
        return ups;
    }

    private static void Hears(UpsScenario ups, double at, string status, double charge, double? runtime) =>
        ups.Says(at, status, charge, runtime, chargeLow: 20, runtimeLow: 180);
}
