using Ebb.Simulation.Ups;
using Ebb.Tests.Nut.Rig;
using Microsoft.Extensions.Time.Testing;

namespace Ebb.Tests.Nut;

public sealed class BatterySpecs
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task It_says_23_minutes_and_lasts_6()
    {
        await using var ups = await SimulatedUps.StartAsync(0, _clock);
        Assert.Equal(
            ("OL", "100", "1380"),
            (ups.Status, ups.Variables["battery.charge"], ups.Variables["battery.runtime"])
        );
        ups.PullThePlug();
        Assert.Equal("OB DISCHRG", ups.Status);
        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromMinutes(6), ups.EmptyAt);
        _clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal((50, "690"), (ups.Charge, ups.Variables["battery.runtime"]));
        _clock.Advance(TimeSpan.FromMinutes(3));
        Assert.True(ups.IsDark);
        Assert.Equal("0", ups.Variables["battery.charge"]);
    }

    [Fact]
    public async Task Its_flags_follow_the_battery_and_every_change_is_told_once()
    {
        await using var ups = await SimulatedUps.StartAsync(0, _clock);
        List<string?> seen = [];
        ups.Changed += (_, _) => seen.Add(ups.Status);
        ups.PullThePlug();
        ups.PullThePlug();
        _clock.Advance(TimeSpan.FromMinutes(10));
        ups.PlugIn();
        _clock.Advance(TimeSpan.FromHours(5));
        Assert.Equal(["OB DISCHRG", "OB DISCHRG LB", "OL CHRG", "OL"], seen);
    }

    [Fact]
    public async Task It_charges_from_where_it_was_left_and_a_second_outage_is_shorter()
    {
        await using var ups = await SimulatedUps.StartAsync(0, _clock);
        ups.PullThePlug();
        _clock.Advance(TimeSpan.FromMinutes(3));
        ups.PlugIn();
        _clock.Advance(TimeSpan.FromMinutes(24));
        Assert.Equal(60, ups.Charge, 6);
        ups.PullThePlug();
        Assert.Equal(TimeSpan.FromMinutes(3.6).TotalSeconds, (ups.EmptyAt!.Value - _clock.GetUtcNow()).TotalSeconds, 3);
    }

    [Fact]
    public async Task Half_the_load_lasts_twice_as_long_also_in_mid_outage()
    {
        await using var ups = await SimulatedUps.StartAsync(
            0,
            _clock,
            new() { Load = 40, RealRuntime = TimeSpan.FromMinutes(10) }
        );
        ups.PullThePlug();
        _clock.Advance(TimeSpan.FromMinutes(5));
        ups.Load = 20;
        Assert.Equal((50, TimeSpan.FromMinutes(20)), (ups.Charge, ups.RealRuntime));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(25, ups.Charge, 6);
    }

    [Fact]
    public async Task It_flaps_as_often_as_told()
    {
        await using var ups = await SimulatedUps.StartAsync(0, _clock);
        List<bool> mains = [];
        ups.Changed += (_, _) => mains.Add(ups.OnMains);
        var flapping = ups.FlapAsync(TimeSpan.FromSeconds(2), 4);
        // Each step of the loop continues on another thread, which must set its next timer before time moves on.
        for (var i = 0; i < 500 && !flapping.IsCompleted; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Delay(2);
        }
        await flapping;
        Assert.Equal([false, true, false, true], mains.Where((on, i) => i == 0 || mains[i - 1] != on));
    }
}
