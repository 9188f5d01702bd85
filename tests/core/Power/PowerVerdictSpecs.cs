using Ebb.Core.Power;

namespace Ebb.Core.Tests.Power;

public class PowerVerdictSpecs
{
    [Theory]
    [InlineData("OL", Mains.On)]
    [InlineData("OL CHRG", Mains.On)]
    [InlineData("OL DISCHRG", Mains.On)]
    [InlineData("OL LB", Mains.On)]
    [InlineData("OL BYPASS", Mains.On)]
    [InlineData("OB", Mains.Battery)]
    [InlineData("OB DISCHRG", Mains.Battery)]
    [InlineData("OB BYPASS", Mains.Battery)]
    [InlineData("OB OFF", Mains.Battery)]
    [InlineData("CAL OB", Mains.On)]
    [InlineData("CAL OB LB", Mains.On)]
    [InlineData("OL OB", Mains.Unknown)]
    [InlineData("OL DISCHRG OB", Mains.Unknown)]
    [InlineData("OFF", Mains.Unknown)]
    [InlineData("ALARM", Mains.Unknown)]
    [InlineData("BYPASS", Mains.Unknown)]
    [InlineData("CHRG", Mains.Unknown)]
    [InlineData("TOTALLYNEW", Mains.Unknown)]
    public void Mains_is_read_off_the_status_and_neither_or_both_is_unknown(string status, Mains expected) =>
        Assert.Equal(expected, new UpsScenario().Says(0, status).Supply().Mains);

    [Theory]
    [InlineData("OL ALARM RB", "the UPS reports an alarm|the battery needs to be replaced")]
    [InlineData("OL LB RB", "battery reported low while on mains: not believed|the battery needs to be replaced")]
    [InlineData("OL OVER RB", "overload|the battery needs to be replaced")]
    [InlineData("OB RB", "the battery needs to be replaced")]
    [InlineData("OL OFF BYPASS", "the UPS does not supply its load (OFF)|the load is on bypass, without protection")]
    [InlineData("CAL OB LB RB", "calibration: on battery on purpose|the battery needs to be replaced")]
    [InlineData("OL CHRG", "")]
    [InlineData("OB DISCHRG", "")]
    public void Everything_that_a_status_says_is_told(string status, string notes) =>
        Assert.Equal(notes, string.Join('|', new UpsScenario().Says(0, status).Supply().Notes));

    [Theory]
    [InlineData(4.9, PowerWish.Stay)]
    [InlineData(5.0, PowerWish.Sleep)]
    public void An_outage_begins_when_the_battery_has_carried_for_OnBatteryFor_end_included(
        double after,
        PowerWish expected
    ) => Assert.Equal(expected, new UpsScenario().Says(0, "OL").Says(10, "OB").Verdict(10 + after).Wish);

    [Fact]
    public void Flapping_mains_never_adds_up_to_an_outage()
    {
        var ups = new UpsScenario().Says(0, "OL");
        for (var at = 2; at < 120; at += 4)
        {
            Assert.Equal(PowerWish.Stay, ups.Says(at, "OB").Verdict(at + 1.9).Wish);
            ups.Says(at + 2, "OL");
        }
    }

    [Fact]
    public void A_low_battery_counts_on_battery_and_on_two_fresh_readings_in_a_row()
    {
        var ups = new UpsScenario().Says(0, "OL").Says(2, "OB LB");
        Assert.Equal((PowerWish.Stay, BatteryLevel.Unknown), (ups.Verdict().Wish, ups.Supply().Battery));
        ups.Hears(3, ups.Reading(2, "OB LB"));
        Assert.Equal(BatteryLevel.Unknown, ups.Supply().Battery);
        var verdict = ups.Says(4, "OB LB").Verdict();
        Assert.Equal((PowerWish.Sleep, false), (verdict.Wish, verdict.Urgent));
    }

    [Fact]
    public void A_low_battery_on_mains_is_not_believed()
    {
        var ups = new UpsScenario().SaysFrom(0, 100, "OL LB RB");
        Assert.NotEqual(PowerWish.Sleep, ups.Verdict().Wish);
        Assert.NotEqual(BatteryLevel.Low, ups.Supply().Battery);
    }

    [Fact]
    public void A_calibration_is_no_outage_and_an_outage_after_it_is_one()
    {
        var ups = new UpsScenario().Says(0, "OL").SaysFrom(2, 300, "CAL OB LB");
        Assert.NotEqual(PowerWish.Sleep, ups.Verdict().Wish);
        ups.Says(302, "OL").Says(304, "OB").Says(310, "OB");
        Assert.Equal(PowerWish.Sleep, ups.Verdict().Wish);
    }

    [Theory]
    [InlineData(14.9, PowerWish.Stay)]
    [InlineData(15.0, PowerWish.Sleep)]
    public void Silence_after_on_battery_is_an_outage_after_DeadTime(double after, PowerWish expected)
    {
        var ups = new UpsScenario().Says(0, "OL").Says(2, "OB").IsSilent(4);
        Assert.Equal(expected, ups.Verdict(4 + after).Wish);
        Assert.False(ups.Verdict(4 + after).Urgent);
    }

    [Theory]
    [InlineData(UpsFault.Unreachable)]
    [InlineData(UpsFault.DataStale)]
    [InlineData(UpsFault.DriverNotConnected)]
    [InlineData(UpsFault.AccessDenied)]
    [InlineData(UpsFault.NoData)]
    [InlineData(UpsFault.TimedOut)]
    public void Silence_on_mains_is_an_alarm_and_nothing_else(UpsFault fault)
    {
        var ups = new UpsScenario().SaysFrom(0, 100, "OL").IsSilent(102, fault);
        var (verdict, supply) = (ups.Verdict(100_000), ups.Supply(100_000));
        Assert.Equal((PowerWish.Stay, Mains.Unknown), (verdict.Wish, supply.Mains));
        Assert.NotEmpty(supply.Notes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void No_status_is_lost_contact(string? status) =>
        Assert.NotNull(new UpsScenario().Says(0, "OB").Says(2, status).Supply().LostSince);

    [Fact]
    public void Waiting_for_the_driver_keeps_what_was_known()
    {
        var ups = new UpsScenario().Says(0, "OL").Says(2, "OB").Says(4, "WAIT");
        Assert.Equal((Mains.Battery, At.Second(2)), (ups.Supply().Mains, ups.Supply().Since!.Value));
        Assert.Equal(Mains.On, new UpsScenario().Says(0, "OL").Says(2, "WAIT").Supply().Mains);
    }

    [Fact]
    public void Doubt_after_on_battery_is_an_outage_after_DeadTime_but_not_urgent()
    {
        var ups = new UpsScenario().Says(0, "OL").Says(2, "OB").Says(4, "OL OB");
        Assert.Equal(PowerWish.Stay, ups.Verdict(18.9).Wish);
        Assert.Equal((PowerWish.Sleep, false), (ups.Verdict(19).Wish, ups.Verdict(19).Urgent));
    }

    [Fact]
    public void A_device_that_always_says_on_line_and_on_battery_starts_nothing() =>
        Assert.Equal(PowerWish.Stay, new UpsScenario().SaysFrom(0, 1000, "OL DISCHRG OB").Verdict().Wish);

    [Theory]
    [InlineData(59.9, 100.0, PowerWish.Stay)]
    [InlineData(60.0, 100.0, PowerWish.Wake)]
    [InlineData(60.0, 30.0, PowerWish.Wake)]
    [InlineData(60.0, 29.9, PowerWish.Stay)]
    [InlineData(60.0, null, PowerWish.Wake)]
    public void Waking_needs_mains_for_MainsFor_and_the_charge_if_it_is_known(
        double after,
        double? charge,
        PowerWish expected
    ) => Assert.Equal(expected, new UpsScenario().Says(0, "OB").Says(10, "OL", charge).Verdict(10 + after).Wish);

    [Theory]
    [InlineData(null, 15, false)]
    [InlineData("OL OB", 15, false)]
    [InlineData("WAIT", 15, false)]
    [InlineData("OFF", 15, false)]
    [InlineData(null, 14, true)]
    [InlineData("OL OB", 14, true)]
    [InlineData("WAIT", 14, true)]
    public void Nothing_certain_for_DeadTime_is_a_break_of_mains_and_a_missed_poll_is_none(
        string? said,
        int seconds,
        bool goesOn
    )
    {
        var ups = new UpsScenario().Says(0, "OB").Says(100, "OL").Says(104, "OL");
        for (var at = 106; at <= 106 + seconds; at++)
            if (at == 106 + seconds)
                ups.Says(at, "OL");
            else if (said is null)
                ups.IsSilent(at);
            else
                ups.Says(at, said);
        var since = goesOn ? 100 : 106 + seconds;
        Assert.Equal(At.Second(since), ups.Supply().Since);
        Assert.Equal(PowerWish.Stay, ups.Verdict(since + 59.9).Wish);
        Assert.Equal(PowerWish.Wake, ups.Verdict(since + 60).Wish);
    }

    [Fact]
    public void A_silence_that_a_doubt_follows_is_one_break()
    {
        var ups = new UpsScenario().Says(0, "OB").Says(100, "OL").IsSilent(102).Says(110, "OL OB").Says(117, "OL");
        Assert.Equal(At.Second(117), ups.Supply().Since);
    }

    [Fact]
    public void A_battery_that_nobody_has_seen_for_a_while_was_one_all_the_time()
    {
        var ups = new UpsScenario().Says(0, "OL").Says(10, "OB").IsSilent(12).Says(300, "OB");
        Assert.Equal(At.Second(10), ups.Supply().Since);
    }

    [Fact]
    public void A_forced_shutdown_that_begins_is_an_order_even_on_mains()
    {
        var verdict = new UpsScenario().SaysFrom(0, 100, "OL").Says(102, "FSD OL").Verdict();
        Assert.Equal((PowerWish.Sleep, true), (verdict.Wish, verdict.Urgent));
    }

    [Fact]
    public void A_forced_shutdown_that_was_there_from_the_beginning_on_mains_is_a_latch()
    {
        var ups = new UpsScenario().SaysFrom(0, 500, "FSD OL");
        Assert.Equal(PowerWish.Stay, ups.Verdict().Wish);
        Assert.Contains(ups.Supply().Notes, note => note.Contains("latched", StringComparison.Ordinal));
    }

    [Fact]
    public void A_latched_forced_shutdown_wakes_nothing_until_it_is_cleared_or_answered()
    {
        var ups = new UpsScenario().Says(0, "OB").Says(2, "FSD OB LB").SaysFrom(10, 500, "FSD OL");
        Assert.Equal(PowerWish.Sleep, ups.Verdict().Wish);
        Assert.Equal(PowerWish.Wake, ups.Verdict(acknowledged: 400).Wish);
        Assert.Equal(PowerWish.Wake, ups.SaysFrom(502, 600, "OL").Verdict().Wish);
    }

    [Fact]
    public void An_answered_latch_starts_no_second_outage_by_a_blip()
    {
        var ups = new UpsScenario()
            .Says(0, "OB")
            .Says(2, "FSD OB LB")
            .SaysFrom(10, 500, "FSD OL")
            .Says(502, "FSD OB")
            .Says(504, "FSD OL");
        Assert.NotEqual(PowerWish.Sleep, ups.Verdict(acknowledged: 400).Wish);
    }

    [Fact]
    public void A_word_that_a_device_sets_wrongly_can_be_ignored()
    {
        var settings = new PowerSettings { IgnoreFlags = ["FSD", "LB"] };
        Assert.Equal(
            PowerWish.Wake,
            new UpsScenario(settings).SaysFrom(0, 100, "OL").SaysFrom(102, 300, "FSD OL LB").Verdict().Wish
        );
    }

    [Fact]
    public void A_budget_shorter_than_a_shutdown_skips_the_dwell()
    {
        var ups = new UpsScenario().Says(0, "OL", runtime: 400).Says(2, "OB", runtime: 380);
        Assert.Equal(PowerWish.Stay, ups.Verdict(needed: 60).Wish);
        Assert.Equal(PowerWish.Sleep, ups.Verdict(needed: 120).Wish);
    }

    [Fact]
    public void Fresh_sources_that_disagree_make_the_ups_unknown()
    {
        var ups = new UpsScenario().Says(0, "OL");
        ups.Hears(2, ups.Reading(2, "OB", source: "upsd"), ups.Reading(2, "OL", source: "exporter"));
        Assert.Equal(Mains.Unknown, ups.Supply().Mains);
        Assert.Contains(ups.Supply().Notes, note => note.Contains("disagree", StringComparison.Ordinal));
    }

    [Fact]
    public void A_silent_source_leaves_it_to_the_other()
    {
        var ups = new UpsScenario().Says(0, "OL");
        ups.Hears(
            2,
            new UpsNoAnswer("ups", "upsd", At.Second(2), UpsFault.TimedOut, "no answer"),
            ups.Reading(2, "OB", source: "exporter")
        );
        Assert.Equal(Mains.Battery, ups.Supply().Mains);
        Assert.Null(ups.Supply().LostSince);
    }

    [Fact]
    public void What_the_first_source_leaves_out_comes_from_the_next_that_is_fresh()
    {
        var ups = new UpsScenario().Hears(
            0,
            Of("exporter", null, null) with
            {
                Load = 20,
            },
            new UpsNoAnswer("ups", "silent", At.Second(0), UpsFault.TimedOut, "no answer"),
            Of("upsd", 95, 1800) with
            {
                Load = 99,
                ChargeLow = 25,
                RuntimeLow = Duration.FromSeconds(120),
                Alarm = "it beeps",
            },
            Of("third", 10, 60)
        );
        var reading = ups.Supply().Reading!;
        Assert.Equal(("exporter", 95, 20, 25), (reading.Source, reading.Charge, reading.Load, reading.ChargeLow));
        Assert.Equal((Duration.FromSeconds(1800), Duration.FromSeconds(120)), (reading.Runtime, reading.RuntimeLow));
        Assert.Contains("alarm: it beeps", ups.Supply().Notes);
        Assert.NotNull(ups.Supply().Budget);

        static UpsReading Of(string source, double? charge, double? runtime) =>
            new UpsScenario().Reading(0, "OL", charge, runtime, source);
    }

    [Fact]
    public void A_battery_that_only_the_second_source_shows_as_low_is_low()
    {
        var ups = new UpsScenario();
        for (var at = 0; at <= 20; at += 2)
            ups.Hears(
                at,
                ups.Reading(at, at == 0 ? "OL" : "OB", charge: null, source: "exporter"),
                ups.Reading(at, at == 0 ? "OL" : "OB", charge: at == 0 ? 100 : 20 - at, source: "upsd") with
                {
                    ChargeLow = 20,
                }
            );
        Assert.Equal(BatteryLevel.Low, ups.Supply().Battery);
    }

    [Theory]
    [InlineData(0.0, 1200.0, null, true)]
    [InlineData(null, 0.0, null, true)]
    [InlineData(600.0, 0.0, 600.0, false)]
    [InlineData(null, null, null, false)]
    public void A_runtime_of_zero_is_an_answer(double? first, double? second, double? runtime, bool atZero)
    {
        var ups = new UpsScenario();
        ups.Hears(0, ups.Reading(0, "OL", runtime: first), ups.Reading(0, "OL", runtime: second));
        var reading = ups.Supply().Reading!;
        Assert.Equal((runtime, atZero), (reading.Runtime?.TotalSeconds, reading.RuntimeAtZero));
    }
}
