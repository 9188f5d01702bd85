using Ebb.Core.Hooks;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Tests.Planning;

/// <summary>Hooks take their place in the waves like workloads.</summary>
public class HookSpecs
{
    private static readonly HookSpec Both = new(HookKind.Job) { CronJob = "flags" };

    [Fact]
    public void A_hook_is_run_in_its_wave_on_the_way_down_and_again_on_the_way_up()
    {
        var shop = Shop(Both);
        shop.Run(70, "OL").Run(20, "OB");
        Assert.Equal((0, 1), (shop.ReplicasOf("web"), shop.ReplicasOf("db")));
        var run = shop.RunOf("flags")!;
        Assert.Equal((1, true, true), (run.Number, run.Down, run.IsOpen));
        Assert.Equal(WorkloadPhase.GoingToSleep, shop.StateOf("flags").Phase);

        shop.End("flags", HookOutcome.Succeeded, "Job shop/flags succeeded").Run(20, "OB");
        Assert.Equal((0, Phase.Asleep), (shop.ReplicasOf("db"), shop.Plan.Phase));
        Assert.Equal(WorkloadPhase.Asleep, shop.StateOf("flags").Phase);

        shop.Run(120, "OL");
        Assert.Equal(
            (2, false, true),
            (shop.RunOf("flags")!.Number, shop.RunOf("flags")!.Down, shop.RunOf("flags")!.IsOpen)
        );
        Assert.Equal((0, 1), (shop.ReplicasOf("web"), shop.ReplicasOf("db")));
        shop.End("flags", HookOutcome.Succeeded, "Job shop/flags succeeded").Run(30, "OL");
        Assert.Equal((3, Phase.Normal), (shop.ReplicasOf("web"), shop.Plan.Phase));
        Assert.Null(shop.BaselineOf("flags"));
    }

    [Theory]
    [InlineData(HookOutcome.Failed)]
    [InlineData(HookOutcome.MayHaveRun)]
    public void What_failed_is_told_and_does_not_stop_the_outage(HookOutcome outcome)
    {
        var shop = Shop(Both);
        shop.Run(70, "OL").Run(20, "OB").End("flags", outcome, "it broke").Run(20, "OB");
        Assert.Equal((0, Phase.Asleep), (shop.ReplicasOf("db"), shop.Plan.Phase));
        Assert.Contains("(down)", shop.StateOf("flags").Reason, StringComparison.Ordinal);
        Assert.Contains("it broke", shop.StateOf("flags").Reason, StringComparison.Ordinal);
        Assert.Contains(shop.Report!.Lines, line => line.Text.Contains("it broke", StringComparison.Ordinal));
    }

    [Fact]
    public void A_required_hook_holds_the_waves_until_the_battery_is_low()
    {
        var shop = Shop(Both with { Required = true });
        shop.Run(70, "OL").Run(20, "OB").End("flags", HookOutcome.Failed, "no quorum").Run(900, "OB");
        Assert.Equal((1, Phase.GoingToSleep), (shop.ReplicasOf("db"), shop.Plan.Phase));
        Assert.Contains("it is required", shop.StateOf("flags").Reason, StringComparison.Ordinal);
        shop.Run(30, "OB LB", 5);
        Assert.Equal(0, shop.ReplicasOf("db"));
    }

    /// <summary>What ends the wait for a required hook that has failed at the return.</summary>
    public enum Remedy
    {
        /// <summary>A person says that it is not required.</summary>
        NotRequired,

        /// <summary>A person deletes its UpsScaler.</summary>
        Deleted,
    }

    [Theory]
    [InlineData(HookOutcome.Failed, Remedy.NotRequired)]
    [InlineData(HookOutcome.MayHaveRun, Remedy.NotRequired)]
    [InlineData(HookOutcome.Failed, Remedy.Deleted)]
    public void A_required_hook_that_fails_at_the_return_holds_later_waves_until_a_person_decides(
        HookOutcome outcome,
        Remedy remedy
    )
    {
        var shop = Shop(Both with { Required = true });
        AtTheReturn(shop).End("flags", outcome, "no quorum").Run(900, "OL");
        Assert.Equal((1, 0, Phase.Waking), (shop.ReplicasOf("db"), shop.ReplicasOf("web"), shop.Plan.Phase));
        Assert.Equal(2, Runs(shop));
        Assert.EndsWith(
            "(up)"
                + (outcome == HookOutcome.MayHaveRun ? ", and is not sent again" : "")
                + ": no quorum; it is required, so the waves wait for it",
            shop.StateOf("flags").Reason,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "; waves wait for what is required and failed: hook shop/flags",
            shop.Plan.Reason,
            StringComparison.Ordinal
        );
        if (remedy == Remedy.NotRequired)
            shop.Change("flags", Both);
        else
        {
            shop.DeleteScaler("flags");
            shop.Delete("flags");
        }
        shop.Run(30, "OL");
        Assert.Equal((3, Phase.Normal), (shop.ReplicasOf("web"), shop.Plan.Phase));
        Assert.DoesNotContain("waves wait", shop.Plan.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_required_hook_that_hangs_at_the_return_holds_later_waves_until_it_succeeds()
    {
        var shop = Shop(Both with { Required = true, Deadline = Duration.FromHours(1) });
        AtTheReturn(shop).Run(900, "OL");
        Assert.Equal((1, 0, Phase.Waking), (shop.ReplicasOf("db"), shop.ReplicasOf("web"), shop.Plan.Phase));
        shop.End("flags", HookOutcome.Succeeded, "done").Run(30, "OL");
        Assert.Equal((3, Phase.Normal, 2), (shop.ReplicasOf("web"), shop.Plan.Phase, Runs(shop)));
    }

    [Fact]
    public void A_second_outage_while_a_required_hook_holds_the_return_runs_it_down_and_up_again()
    {
        var shop = Shop(Both with { Required = true });
        AtTheReturn(shop).End("flags", HookOutcome.Failed, "no quorum").Run(60, "OL").Run(20, "OB");
        Assert.Equal((3, true), (shop.RunOf("flags")!.Number, shop.RunOf("flags")!.Down));
        shop.End("flags", HookOutcome.Succeeded, "done").Run(30, "OB").Run(120, "OL");
        Assert.Equal((4, false), (shop.RunOf("flags")!.Number, shop.RunOf("flags")!.Down));
        shop.End("flags", HookOutcome.Succeeded, "done").Run(30, "OL");
        Assert.Equal((3, Phase.Normal), (shop.ReplicasOf("web"), shop.Plan.Phase));
    }

    [Fact]
    public void One_that_is_not_required_holds_the_return_neither_by_failing_nor_by_hanging()
    {
        var failing = Shop(Both);
        AtTheReturn(failing).End("flags", HookOutcome.Failed, "it broke").Run(30, "OL");
        Assert.Equal((3, Phase.Normal), (failing.ReplicasOf("web"), failing.Plan.Phase));
        var hanging = Shop(Both with { Deadline = Duration.FromHours(1) });
        AtTheReturn(hanging).Run(290, "OL");
        Assert.Equal(0, hanging.ReplicasOf("web"));
        hanging.Run(30, "OL");
        Assert.Equal((3, true), (hanging.ReplicasOf("web"), hanging.StateOf("flags").Late));
    }

    [Fact]
    public void Where_few_may_start_at_once_one_that_hangs_holds_no_longer_though_another_process_began_it()
    {
        var shop = new FakeCluster(new() { WakeAtOnce = 1 })
            .With("web", down: 1, up: 3)
            .WithHook("flags", 2, 2, Both with { Deadline = Duration.FromHours(1) })
            .With("db", 3, 1, replicas: 1);
        AtTheReturn(shop).Restart();
        shop.Run(320, "OL");
        Assert.Equal(3, shop.ReplicasOf("web"));
    }

    [Fact]
    public void A_hook_that_hangs_does_not_hold_later_waves_longer_than_one_wave_is_waited_for()
    {
        var shop = Shop(Both with { Deadline = Duration.FromHours(1) });
        shop.Run(70, "OL", runtime: _ => 9000).Run(290, "OB", runtime: _ => 9000);
        Assert.Equal(1, shop.ReplicasOf("db"));
        shop.Run(30, "OB", runtime: _ => 9000);
        Assert.Equal((0, true), (shop.ReplicasOf("db"), shop.StateOf("flags").Late));
    }

    [Fact]
    public void Each_turn_has_one_run_of_its_own_and_one_waits_for_the_other_to_end()
    {
        var shop = Shop(Both);
        shop.Run(70, "OL").Run(20, "OB").Run(100, "OL");
        // It turned while the run on the way down is under way.
        Assert.Equal((1, true), (shop.RunOf("flags")!.Number, shop.RunOf("flags")!.Down));
        shop.End("flags", HookOutcome.Succeeded, "done").Run(5, "OL");
        Assert.Equal((2, false), (shop.RunOf("flags")!.Number, shop.RunOf("flags")!.Down));
        shop.Run(20, "OB");
        Assert.Equal(2, shop.RunOf("flags")!.Number);
        shop.End("flags", HookOutcome.Succeeded, "done").Run(5, "OB");
        Assert.Equal((3, true), (shop.RunOf("flags")!.Number, shop.RunOf("flags")!.Down));
        Assert.Equal(3, shop.Writes.Count(write => write.Contains("flags run", StringComparison.Ordinal)));
    }

    [Fact]
    public void One_for_a_single_way_is_run_on_that_way_only()
    {
        var down = Shop(Both with { Up = false });
        down.Run(70, "OL").Run(20, "OB").End("flags", HookOutcome.Succeeded, "done").Run(20, "OB").Run(150, "OL");
        Assert.Equal((Phase.Normal, 1), (down.Plan.Phase, Runs(down)));
        var up = Shop(Both with { Down = false });
        up.Run(70, "OL").Run(40, "OB");
        Assert.Equal((Phase.Asleep, 0), (up.Plan.Phase, Runs(up)));
        up.Run(100, "OL").End("flags", HookOutcome.Succeeded, "done").Run(50, "OL");
        Assert.Equal((Phase.Normal, 1), (up.Plan.Phase, Runs(up)));
    }

    [Fact]
    public void An_outage_that_turns_before_its_wave_came_runs_nothing()
    {
        var shop = new FakeCluster().With("web", down: 1, up: 2, stop: 60).WithHook("flags", 2, 1, Both);
        shop.Run(70, "OL").Run(20, "OB").Run(150, "OL");
        Assert.Equal((Phase.Normal, 0), (shop.Plan.Phase, Runs(shop)));
    }

    [Fact]
    public void One_that_is_not_for_drills_is_run_in_earnest_only()
    {
        var shop = Shop(Both with { Drill = false });
        shop.Run(70, "OL");
        shop.Ask(Ebb.Core.Power.OrderAction.Drill, "try it");
        shop.Run(10, "OL");
        Assert.Contains("is not run in drills", shop.StateOf("flags").Reason, StringComparison.Ordinal);
        shop.Run(60, "OL");
        Assert.Equal((Phase.Normal, 0, 3), (shop.Plan.Phase, Runs(shop), shop.ReplicasOf("web")));
        shop.Run(20, "OB");
        Assert.Equal(1, Runs(shop));
    }

    /// <summary>All was asleep, mains is back, and the run on the way up has begun.</summary>
    private static FakeCluster AtTheReturn(FakeCluster shop)
    {
        shop.Run(70, "OL").Run(20, "OB").End("flags", HookOutcome.Succeeded, "done").Run(20, "OB");
        Assert.Equal(Phase.Asleep, shop.Plan.Phase);
        for (var second = 0; second < 120 && shop.RunOf("flags")!.Down; second++)
            shop.Run(1, "OL");
        Assert.Equal((2, true, 0), (shop.RunOf("flags")!.Number, shop.RunOf("flags")!.IsOpen, shop.ReplicasOf("web")));
        return shop;
    }

    private static int Runs(FakeCluster shop) =>
        shop.Writes.Count(write => write.Contains("flags run", StringComparison.Ordinal));

    /// <summary>web, then the hook, then db; back db, then the hook, then web.</summary>
    private static FakeCluster Shop(HookSpec hook) =>
        new FakeCluster().With("web", down: 1, up: 3).WithHook("flags", 2, 2, hook).With("db", 3, 1, replicas: 1);
}
