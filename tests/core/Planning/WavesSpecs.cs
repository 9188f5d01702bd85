using Ebb.Core.Hooks;
using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Planning;

public class WavesSpecs
{
    private static FakeCluster Shop() =>
        new FakeCluster()
            .With("web", down: 1, up: 3, replicas: 5)
            .With("worker", down: 2, up: 2, replicas: 2, stop: 20)
            .WithCronJob("report", down: 2, up: 2, suspended: false)
            .WithCronJob("parked", down: 2, up: 2, suspended: true)
            .With("db", down: 3, up: 1, replicas: 1, stop: 8, type: "statefulset");

    private static void IsAsItWas(FakeCluster shop)
    {
        Assert.Equal((5, 2, 1), (shop.ReplicasOf("web"), shop.ReplicasOf("worker"), shop.ReplicasOf("db")));
        Assert.Equal((false, true), (shop.SuspendedOf("report"), shop.SuspendedOf("parked")));
        Assert.All(new[] { "web", "worker", "db", "report", "parked" }, name => Assert.Null(shop.BaselineOf(name)));
        Assert.Equal(Phase.Normal, shop.Plan.Phase);
    }

    [Fact]
    public void An_outage_goes_down_in_waves_and_up_in_another_order_to_exactly_what_was()
    {
        var shop = Shop().Run(70, "OL").Run(100, "OB");
        Assert.Equal(Phase.Asleep, shop.Plan.Phase);
        Assert.Equal((0, 0, 0), (shop.ReplicasOf("web"), shop.ReplicasOf("worker"), shop.ReplicasOf("db")));
        IsAsItWas(shop.Run(200, "OL"));
        string[] order =
        [
            .. shop
                .Writes.Where(w => w.Contains("scale", StringComparison.Ordinal))
                .Select(w => string.Join(' ', w.Split(' ')[1..])),
        ];
        Assert.Equal(
            ["web scale 0", "worker scale 0", "db scale 0", "db scale 1", "worker scale 2", "web scale 5"],
            order
        );
    }

    [Fact]
    public void The_next_wave_goes_when_no_pod_of_the_one_before_is_left()
    {
        var shop = Shop().Run(70, "OL").Run(60, "OB");
        double When(string what) =>
            double.Parse(
                shop.Writes.Single(w => w.EndsWith(what, StringComparison.Ordinal)).Split(' ')[0],
                System.Globalization.CultureInfo.InvariantCulture
            );
        Assert.Equal(5, When("worker scale 0") - When("web scale 0"));
        Assert.Equal(20, When("db scale 0") - When("worker scale 0"));
    }

    [Fact]
    public void What_serves_a_webhook_that_refuses_is_woken_first_and_the_order_holds()
    {
        var shop = new FakeCluster()
            .With("operator", down: 1, up: 3, start: 20)
            .With("db", down: 2, up: 1, stop: 8)
            .With("web", down: 1, up: 2, replicas: 5)
            .Guard("db", "operator");
        // On the way down the webhook sleeps already when the database's turn comes: no wave is held for long.
        shop.Run(70, "OL").Run(30, "OB");
        Assert.Equal((0, 3), (shop.ReplicasOf("operator"), shop.ReplicasOf("db")));
        Assert.Equal(WorkloadPhase.Refused, shop.StateOf("db").Phase);
        Assert.Equal(Phase.Asleep, shop.Plan.Phase);
        shop.Run(120, "OL");
        Assert.Equal((3, 3, 5), (shop.ReplicasOf("operator"), shop.ReplicasOf("db"), shop.ReplicasOf("web")));
        Assert.Equal(Phase.Normal, shop.Plan.Phase);

        // The other way round it is only the way up that is blocked.
        shop = new FakeCluster()
            .With("operator", down: 3, up: 3, start: 20)
            .With("db", down: 2, up: 1, stop: 8)
            .With("web", down: 1, up: 2, replicas: 5)
            .Guard("db", "operator");
        shop.Run(70, "OL").Run(60, "OB");
        Assert.Equal((0, 0, 0), (shop.ReplicasOf("operator"), shop.ReplicasOf("db"), shop.ReplicasOf("web")));
        var told = "";
        shop.Writes.Clear();
        shop.Run(
            140,
            "OL",
            each: _ => told = shop.StateOf("db").Reason is var reason && reason.Contains("webhook") ? reason : told
        );
        Assert.Contains("; deployment shop/operator serves that webhook and is woken first", told);
        string[] scaled =
        [
            .. shop.Writes.Where(w => w.Contains("scale")).Select(w => string.Join(' ', w.Split(' ')[1..])),
        ];
        Assert.Equal(["operator scale 3", "db scale 3", "web scale 5"], scaled);
        Assert.Equal(Phase.Normal, shop.Plan.Phase);
    }

    [Fact]
    public void What_serves_a_webhook_that_refuses_the_Job_of_a_hook_is_woken_first()
    {
        var shop = new FakeCluster()
            .With("operator", down: 1, up: 3)
            .WithHook("flags", down: 2, up: 1, new HookSpec(HookKind.Job) { Down = false })
            .Guard("nobody", "operator");
        shop.Run(70, "OL").Run(60, "OB").Run(90, "OL");
        Assert.Equal(0, shop.ReplicasOf("operator"));
        shop.End(
            "flags",
            HookOutcome.Running,
            "cannot create jobs.batch: Internal error occurred: failed calling webhook \"v\": failed to call webhook: Post "
                + "\"https://operator-webhook.shop.svc:443/v?timeout=10s\": no endpoints available"
        );
        shop.Run(5, "OL");
        Assert.Equal(3, shop.ReplicasOf("operator"));
        shop.End("flags", HookOutcome.Succeeded, "Job shop/flags succeeded").Run(60, "OL");
        Assert.Equal(Phase.Normal, shop.Plan.Phase);
    }

    [Fact]
    public void What_serves_the_conversion_of_a_kind_that_cannot_be_read_without_it_is_woken_first()
    {
        var shop = new FakeCluster()
            .With("operator", down: 3, up: 3)
            .With("db", down: 2, up: 1)
            .With("web", down: 1, up: 2)
            .Guard("db", "operator");
        shop.Run(70, "OL").Run(60, "OB");
        shop.Hide(
            "db",
            "cannot list dbs.x.io: conversion webhook for x.io/v1, Kind=Db failed: Post "
                + "\"https://operator-webhook.shop.svc:443/convert?timeout=30s\": no endpoints available"
        );
        shop.Run(80, "OL");
        Assert.Equal((3, 0), (shop.ReplicasOf("operator"), shop.ReplicasOf("web")));
        shop.Hide("db", null);
        shop.Run(60, "OL");
        Assert.Equal(Phase.Normal, shop.Plan.Phase);
    }

    [Theory]
    [InlineData(
        "Failed: Internal error occurred: failed calling webhook \"v.cnpg.io\": failed to call webhook: Post \"https://cnpg-webhook-service.cnpg-system.svc:443/v?timeout=10s\": no endpoints available for service \"cnpg-webhook-service\"",
        "cnpg-system/cnpg-webhook-service",
        true
    )]
    [InlineData(
        "failed calling webhook \"x\": Post \"https://kyverno-svc.kyverno.svc.cluster.local/mutate\": dial tcp 10.0.0.1:443: connect: connection refused",
        "kyverno/kyverno-svc",
        true
    )]
    [InlineData(
        "Failed: Internal error occurred: conversion webhook for kafka.strimzi.io/v1beta2, Kind=Kafka failed: Post \"https://op-svc.op.svc:443/convert?timeout=30s\": no endpoints available for service \"op-svc\"",
        "op/op-svc",
        true
    )]
    [InlineData("conversion webhook for x.io/v1, Kind=X failed: expected 1 converted objects, got 0", null, true)]
    [InlineData("failed calling webhook \"x\": Post \"https://hooks.example.com/mutate\": EOF", null, true)]
    [InlineData(
        "Internal error occurred: failed calling webhook \"pods.x\": failed to call webhook: Post \"https://x.x.svc:443/pods?timeout=10s\": service \"x\" not found",
        "x/x",
        true
    )]
    [InlineData("failed calling webhook \"x\"", null, true)]
    [InlineData("Forbidden: admission webhook \"x\" denied the request: https://a.b.svc/", null, false)]
    [InlineData(null, null, false)]
    public void A_webhook_that_cannot_be_asked_is_a_refusal_and_its_Service_is_read_off_it(
        string? failure,
        string? service,
        bool refused
    )
    {
        Assert.Equal(refused, Attempt.After(null, Direction.Down, At.Second(0), failure, []).Refused);
        Assert.Equal(
            service,
            BlockedByWebhook.Service(failure) is { } found ? $"{found.Namespace}/{found.Name}" : null
        );
    }

    [Fact]
    public void Observing_only_it_says_what_would_be_done_and_never_that_it_is()
    {
        var shop = new FakeCluster { Acts = false }
            .With("web", down: 1, up: 1, replicas: 5)
            .Run(70, "OL")
            .Run(400, "OB");
        Assert.Equal(Phase.OnBattery, shop.Plan.Phase);
        Assert.Null(shop.Plan.Wave);
        var web = Assert.Single(shop.Plan.Workloads);
        Assert.Equal((WorkloadPhase.Awake, false, null), (web.Phase, web.Late, web.Decision.Winner));
        Assert.StartsWith(
            "would go to sleep, observing only (Power__Act=false): ",
            web.Reason,
            StringComparison.Ordinal
        );
        Assert.StartsWith("would go to sleep, ", shop.Plan.Reason, StringComparison.Ordinal);
        Assert.Equal("would go to sleep, observing only", shop.Report!.Lines[0].Text.Split(" (")[0]);
        Assert.Empty(shop.Report.Waves);
        Assert.Empty(shop.Writes);
        Assert.NotNull(shop.Run(100, "OL").Report?.Ended);
    }

    [Fact]
    public void Nothing_is_done_from_a_cluster_that_was_not_read_whole_and_the_reason_names_what_cannot_be_read()
    {
        var shop = Shop();
        shop.Unread = "a right is missing to list upsscalers.ups-scaler.io";
        Assert.Empty(shop.Run(70, "OL").Run(100, "OB LB").Writes);
        Assert.Equal(
            "the cluster has not been read whole yet; a right is missing to list upsscalers.ups-scaler.io",
            shop.Plan.Reason
        );
        shop.Unread = null;
        Assert.Equal(0, shop.Run(1, "OB LB").ReplicasOf("web"));
    }

    [Fact]
    public void A_short_blip_writes_nothing() => Assert.Empty(Shop().Run(70, "OL").Run(4, "OB").Run(100, "OL").Writes);

    [Fact]
    public void A_calibration_writes_nothing() =>
        Assert.Empty(Shop().Run(70, "OL").Run(600, "CAL OB LB").Run(100, "OL").Writes);

    [Fact]
    public void Mains_back_in_mid_shutdown_turns_round_where_it_stands()
    {
        var shop = Shop().Run(70, "OL").Run(15, "OB");
        Assert.Equal((0, 0, 1), (shop.ReplicasOf("web"), shop.ReplicasOf("worker"), shop.ReplicasOf("db")));
        shop.Run(30, "OL");
        Assert.Equal(Phase.WaitingForMains, shop.Plan.Phase);
        IsAsItWas(shop.Run(100, "OL"));
        Assert.DoesNotContain(shop.Writes, w => w.Contains("db", StringComparison.Ordinal));
    }

    [Fact]
    public void Mains_lost_in_mid_wake_turns_round_again_and_the_first_baseline_stays()
    {
        var shop = Shop().Run(70, "OL").Run(100, "OB").Run(68, "OL");
        Assert.Equal((1, 0), (shop.ReplicasOf("db"), shop.ReplicasOf("web")));
        shop.Run(60, "OB");
        Assert.Equal(Phase.Asleep, shop.Plan.Phase);
        Assert.Equal(5, shop.BaselineOf("web")!.Replicas);
        IsAsItWas(shop.Run(300, "OL"));
    }

    [Fact]
    public void A_low_battery_shortens_the_waits_to_their_floor_and_skips_none()
    {
        var shop = Shop().Run(70, "OL").Run(9, "OB LB");
        string[] scaled = [.. shop.Writes.Where(w => w.Contains("scale", StringComparison.Ordinal))];
        Assert.Equal(["72 web scale 0", "75 worker scale 0", "78 db scale 0"], scaled);
    }

    [Fact]
    public void A_forced_shutdown_skips_the_waits_and_not_the_order()
    {
        var shop = Shop().Run(70, "OL").Run(2, "FSD OB LB");
        string[] scaled = [.. shop.Writes.Where(w => w.Contains("scale", StringComparison.Ordinal))];
        Assert.Equal(["71 web scale 0", "71 worker scale 0", "71 db scale 0"], scaled);
    }

    [Fact]
    public void After_a_long_silence_mains_must_hold_anew_before_anything_wakes()
    {
        var shop = Shop().Run(70, "OL").Run(100, "OB").Run(4, "OL").Silence(300).Run(55, "OL");
        Assert.Equal((Phase.WaitingForMains, 0), (shop.Plan.Phase, shop.ReplicasOf("web")));
        IsAsItWas(shop.Run(200, "OL"));
    }

    [Fact]
    public void A_silence_while_everything_is_awake_changes_nothing()
    {
        var shop = Shop().Run(70, "OL").Silence(300).Run(1, "OL");
        Assert.Equal(Phase.Normal, shop.Plan.Phase);
        Assert.Empty(shop.Writes);
    }

    [Fact]
    public void A_wave_that_is_late_is_left_behind_after_WaveTimeout_and_named()
    {
        var shop = new FakeCluster().With("stuck", 1, 1, stop: 1e9).With("next", 2, 2);
        shop.Run(70, "OL", runtime: _ => 9000).Run(300, "OB", runtime: _ => 9000);
        Assert.Equal(3, shop.ReplicasOf("next"));
        shop.Run(20, "OB", runtime: _ => 9000);
        Assert.Equal((0, Phase.Asleep), (shop.ReplicasOf("next"), shop.Plan.Phase));
        Assert.True(shop.StateOf("stuck").Late);
        Assert.Contains("late", shop.StateOf("stuck").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_not_whole_before_is_waited_for_no_longer_than_until_it_is_as_it_was()
    {
        var shop = Shop();
        shop.Crash("web", 2);
        shop.Run(70, "OL").Run(100, "OB");
        Assert.Equal(Phase.Asleep, shop.Plan.Phase);
        Assert.Equal(2, shop.BaselineOf("web")!.Ready);
        IsAsItWas(shop.Run(200, "OL"));
        Assert.Empty(shop.Report!.NotBack);
    }

    [Fact]
    public void What_does_not_become_ready_any_more_is_its_own_after_WaveTimeout_and_told_as_not_back()
    {
        var shop = Shop().Run(70, "OL").Run(100, "OB");
        shop.Crash("web", 0);
        // 60 s until mains is believed, then its wave of three.
        shop.Run(200, "OL");
        Assert.NotNull(shop.BaselineOf("web"));
        Assert.Equal(Phase.Waking, shop.Plan.Phase);
        IsAsItWas(shop.Run(240, "OL"));
        Assert.NotNull(shop.Report!.Ended);
        Assert.Equal(["deployment shop/web"], shop.Report.NotBack);
        // From then on people own it.
        shop.Scale("web", 1, "kubectl");
        shop.Run(60, "OL");
        Assert.Equal(1, shop.ReplicasOf("web"));
    }

    [Fact]
    public void An_UpsScaler_that_is_deleted_over_a_workload_that_never_becomes_ready_goes_after_WaveTimeout()
    {
        var shop = Shop().Run(70, "OL").Run(100, "OB");
        shop.Crash("web", 0);
        shop.DeleteScaler("web");
        shop.Run(290, "OB");
        Assert.True(shop.HasScaler("web"));
        shop.Run(20, "OB");
        Assert.False(shop.HasScaler("web"));
        Assert.Equal(5, shop.ReplicasOf("web"));
    }

    [Fact]
    public void A_workload_that_never_becomes_ready_does_not_keep_the_others_dark()
    {
        var shop = new FakeCluster()
            .With("broken", 1, 1, start: 1e9)
            .With("next", 1, 2)
            .Run(70, "OL")
            .Run(60, "OB")
            .Run(400, "OL");
        Assert.Equal(3, shop.ReplicasOf("next"));
        Assert.Null(shop.BaselineOf("next"));
        Assert.Null(shop.BaselineOf("broken"));
        Assert.Equal(["deployment shop/broken"], shop.Report!.NotBack);
    }

    [Fact]
    public void Another_process_goes_on_from_what_the_cluster_shows()
    {
        var shop = Shop().Run(70, "OL").Run(20, "OB");
        shop.Restart();
        shop.Run(100, "OB");
        Assert.Equal(Phase.Asleep, shop.Plan.Phase);
        shop.Restart();
        IsAsItWas(shop.Run(300, "OL"));
    }

    [Fact]
    public void A_drill_sleeps_and_wakes_by_itself()
    {
        var shop = Shop().Run(70, "OL");
        shop.Ask(OrderAction.Drill, "rehearsal");
        shop.Run(200, "OL");
        IsAsItWas(shop);
        Assert.Contains(shop.Writes, w => w.EndsWith("db scale 0", StringComparison.Ordinal));
        Assert.Null(shop.Orders.Drill);
    }

    [Fact]
    public void A_power_failure_in_a_drill_is_an_outage()
    {
        var shop = Shop().Run(70, "OL");
        shop.Ask(OrderAction.Drill, "rehearsal");
        shop.Run(60, "OL").Run(100, "OB");
        Assert.Equal((Phase.Asleep, false), (shop.Plan.Phase, shop.Plan.Progress.Drill));
        IsAsItWas(shop.Run(300, "OL"));
    }

    [Fact]
    public void A_shutdown_stays_until_restore_and_restore_does_not_wait_for_mains_to_hold()
    {
        var shop = Shop().Run(70, "OL");
        shop.Ask(OrderAction.Shutdown, "moving house");
        shop.Run(1000, "OL");
        Assert.Equal(Phase.Asleep, shop.Plan.Phase);
        shop.Ask(OrderAction.Restore, "moved");
        IsAsItWas(shop.Run(60, "OL", charge: 5));
    }

    [Fact]
    public void Hold_touches_nothing_whichever_way_the_power_goes()
    {
        var shop = Shop().Run(70, "OL").Run(12, "OB");
        var before = shop.Writes.Count;
        shop.Ask(OrderAction.Hold, "let me look", shop.Now + 300);
        shop.Run(150, "OB").Run(149, "OL");
        Assert.Equal((before, Phase.Held), (shop.Writes.Count, shop.Plan.Phase));
        IsAsItWas(shop.Run(200, "OL"));
    }

    // The leader had begun to wake and died before it could store that; then the power failed again.
    [Fact]
    public void What_a_dead_leader_had_woken_already_sleeps_again_wave_after_wave()
    {
        var shop = new FakeCluster().With("web", 1, 1, stop: 10).With("db", 2, 1).Run(70, "OL").Run(60, "OB");
        var stored = shop.Progress;
        Assert.Equal((0, 0), (shop.ReplicasOf("web"), shop.ReplicasOf("db")));
        for (var i = 0; i < 90 && shop.ReplicasOf("db") == 0; i++)
            shop.Run(1, "OL");
        shop.TakeOver(stored);
        var before = shop.Writes.Count;
        shop.Run(60, "OB");
        var asked = shop
            .Writes.Skip(before)
            .Where(write => write.EndsWith("scale 0", StringComparison.Ordinal))
            .Select(write => (At: int.Parse(write.Split(' ')[0]), Name: write.Split(' ')[1]))
            .ToList();
        Assert.Equal(["web", "db"], asked.Select(write => write.Name));
        Assert.True(asked[1].At - asked[0].At >= 10, string.Join(", ", asked));
    }

    [Fact]
    public void What_a_dead_leader_had_left_is_not_waited_for_again()
    {
        var shop = new FakeCluster().With("web", 1, 1).With("db", 2, 1).With("late", 3, 1).Run(70, "OL");
        shop.Hang("web");
        for (var i = 0; i < 400 && shop.ReplicasOf("db") != 0; i++)
            shop.Run(1, "OB");
        shop.TakeOver(shop.Progress);
        shop.Run(15, "OB");
        Assert.Equal(0, shop.ReplicasOf("late"));
    }

    [Fact]
    public void A_workload_made_anew_in_the_outage_is_left_alone()
    {
        var shop = Shop().Run(70, "OL").Run(100, "OB");
        shop.MakeAnew("web", 7);
        shop.Run(50, "OB");
        Assert.Equal(7, shop.ReplicasOf("web"));
        shop.Run(200, "OL");
        Assert.Equal(7, shop.ReplicasOf("web"));
        Assert.Null(shop.BaselineOf("web"));
    }

    [Fact]
    public void A_workload_deleted_in_the_outage_holds_nobody_up()
    {
        var shop = Shop().Run(70, "OL").Run(100, "OB");
        shop.Delete("db");
        shop.Run(300, "OL");
        Assert.Equal((5, Phase.Normal), (shop.ReplicasOf("web"), shop.Plan.Phase));
        Assert.Null(shop.BaselineOf("db"));
    }

    [Fact]
    public void An_UpsScaler_deleted_in_the_outage_goes_when_its_workload_is_awake()
    {
        var shop = Shop().Run(70, "OL").Run(100, "OB");
        shop.DeleteScaler("web");
        shop.Run(2, "OB");
        Assert.True(shop.HasScaler("web"));
        shop.Run(10, "OB");
        Assert.Equal((5, false), (shop.ReplicasOf("web"), shop.HasScaler("web")));
        Assert.Equal(0, shop.ReplicasOf("worker"));
    }

    [Fact]
    public void Somebody_who_scales_it_back_is_answered_but_not_with_a_storm_and_is_named()
    {
        var shop = Shop().Run(70, "OL").Run(60, "OB");
        var before = shop.Writes.Count;
        shop.Run(
            100,
            "OB",
            each: now =>
            {
                if (now % 5 == 0)
                    shop.Scale("web", 5, "argocd-controller");
            }
        );
        Assert.InRange(shop.Writes.Count - before, 15, 21);
        shop.Run(2, "OB", each: _ => shop.Scale("web", 5, "argocd-controller"));
        Assert.Contains("argocd-controller keeps changing it", shop.StateOf("web").Reason, StringComparison.Ordinal);
        IsAsItWas(shop.Run(300, "OL"));
    }

    [Theory]
    [InlineData("Invalid: at least one replica please")]
    [InlineData("Failed: failed calling webhook \"x\": Post \"https://hooks.example.com/mutate\": connection refused")]
    public void What_the_cluster_refuses_is_told_at_once_and_holds_the_later_waves_for_seconds(string refusal)
    {
        var shop = Shop().Run(70, "OL");
        shop.Refusals["worker"] = refusal;
        shop.Run(35, "OB");
        var state = shop.StateOf("worker");
        Assert.Equal(WorkloadPhase.Refused, state.Phase);
        Assert.StartsWith($"{refusal}; ", state.Reason, StringComparison.Ordinal);
        Assert.Contains("refused by the cluster: deployment shop/worker", shop.Plan.Reason, StringComparison.Ordinal);
        shop.Run(40, "OB");
        Assert.Equal((0, Phase.Asleep), (shop.ReplicasOf("db"), shop.Plan.Phase));
        Assert.InRange(shop.Writes.Count(w => w.EndsWith("worker refused", StringComparison.Ordinal)), 5, 20);
        shop.Refusals.Clear();
        shop.Run(10, "OB");
        Assert.Equal(0, shop.ReplicasOf("worker"));
        IsAsItWas(shop.Run(300, "OL"));
    }

    [Fact]
    public void What_is_refused_at_waking_holds_no_later_wave_for_long()
    {
        var shop = Shop().Run(70, "OL").Run(130, "OB");
        shop.Refusals["db"] = "Forbidden: exceeded quota";
        shop.Run(120, "OL");
        Assert.Equal((0, 5), (shop.ReplicasOf("db"), shop.ReplicasOf("web")));
        Assert.Contains("refused by the cluster: statefulset shop/db", shop.Plan.Reason, StringComparison.Ordinal);
        shop.Refusals.Clear();
        IsAsItWas(shop.Run(60, "OL"));
    }

    [Fact]
    public void Somebody_who_undoes_it_is_named_the_first_time_and_holds_no_later_wave()
    {
        var shop = Shop().Run(70, "OL");
        shop.Run(
            60,
            "OB",
            each: now =>
            {
                if (shop.ReplicasOf("worker") == 0)
                    shop.Scale("worker", 3, "kubectl");
            }
        );
        Assert.Contains("kubectl keeps changing it", shop.StateOf("worker").Reason, StringComparison.Ordinal);
        Assert.Equal(0, shop.ReplicasOf("db"));
    }

    // Who takes a field away leaves no name in managedFields.
    [Fact]
    public void Somebody_who_undoes_it_and_leaves_no_name_is_told_too_and_holds_no_later_wave()
    {
        var shop = Shop().Run(70, "OL");
        shop.Run(
            60,
            "OB",
            each: now =>
            {
                if (shop.ReplicasOf("worker") == 0)
                    shop.Scale("worker", 3);
            }
        );
        Assert.Contains("somebody keeps changing it", shop.StateOf("worker").Reason, StringComparison.Ordinal);
        Assert.Equal(0, shop.ReplicasOf("db"));
    }

    [Fact]
    public void A_stateful_set_whose_claims_would_be_deleted_is_refused()
    {
        var shop = new FakeCluster()
            .With("precious", 1, 1, type: "statefulset", deletes: true)
            .Run(70, "OL")
            .Run(100, "OB");
        Assert.Empty(shop.Writes);
        Assert.Equal(WorkloadPhase.Refused, shop.StateOf("precious").Phase);
    }

    [Fact]
    public void What_a_ScaledObject_scales_is_paused_and_scaled_and_handed_back_in_that_order()
    {
        var shop = new FakeCluster().With("queue", 1, 1, replicas: 4, keda: true).Run(70, "OL").Run(30, "OB");
        Assert.Equal((0, "0"), (shop.ReplicasOf("queue"), shop.PauseOf("queue")));
        shop.Run(100, "OL");
        Assert.Equal((4, null, null), (shop.ReplicasOf("queue"), shop.PauseOf("queue"), shop.BaselineOf("queue")));
        Assert.Equal(
            ["capture 4", "pause 0", "scale 0", "scale 4", "pause no more", "release"],
            shop.Writes.Select(w => string.Join(' ', w.Split(' ')[2..]))
        );
    }

    [Fact]
    public void An_autoscaler_that_goes_on_at_zero_is_held_still_for_as_long_and_given_back()
    {
        var shop = new FakeCluster()
            .With("queue", 1, 1, replicas: 4)
            .WithAutoscaler("queue", 0)
            .Run(70, "OL")
            .Run(30, "OB");
        Assert.Equal((0, 1), (shop.ReplicasOf("queue"), shop.LeastOf("queue")));
        shop.Run(100, "OL");
        Assert.Equal((4, 0, null), (shop.ReplicasOf("queue"), shop.LeastOf("queue"), shop.BaselineOf("queue")));
        Assert.Equal(
            ["capture 4", "least 1", "scale 0", "scale 4", "least 0", "release"],
            shop.Writes.Select(w => string.Join(' ', w.Split(' ')[2..]))
        );
    }

    [Fact]
    public void An_autoscaler_that_stands_still_at_zero_is_not_touched()
    {
        var shop = new FakeCluster()
            .With("queue", 1, 1, replicas: 4)
            .WithAutoscaler("queue", 1)
            .Run(70, "OL")
            .Run(30, "OB")
            .Run(100, "OL");
        Assert.Equal((4, 1), (shop.ReplicasOf("queue"), shop.LeastOf("queue")));
        Assert.DoesNotContain(shop.Writes, write => write.Contains("least", StringComparison.Ordinal));
    }

    // keda.sh not served yet at the start, or a ScaledObject that is made or renamed in the outage.
    [Fact]
    public void A_ScaledObject_that_is_first_seen_after_the_capture_is_paused_and_let_go_and_its_workload_filled()
    {
        var shop = new FakeCluster().With("queue", 1, 1, replicas: 4).Run(70, "OL").Run(30, "OB");
        shop.ShowScaledObject("queue");
        shop.Run(30, "OB");
        Assert.Equal((0, "0"), (shop.ReplicasOf("queue"), shop.PauseOf("queue")));
        // What is asked for the first time was undone by nobody.
        Assert.Null(shop.StateOf("queue").ChangedBy);
        shop.Run(100, "OL");
        Assert.Equal((4, null, null), (shop.ReplicasOf("queue"), shop.PauseOf("queue"), shop.BaselineOf("queue")));
    }

    [Fact]
    public void Waking_waits_for_the_nodes_that_were_ready_before_but_not_for_ever()
    {
        var shop = Shop();
        shop.Nodes = [new("n1", true, true), new("n2", true, true)];
        shop.Run(70, "OL").Run(100, "OB");
        shop.Nodes = [new("n1", true, true), new("n2", false, true)];
        shop.Run(120, "OL");
        Assert.Equal((0, Phase.WaitingForMains), (shop.ReplicasOf("db"), shop.Plan.Phase));
        Assert.Contains("n2", shop.Plan.Reason, StringComparison.Ordinal);
        shop.Nodes = [new("n1", true, true), new("n2", true, true)];
        IsAsItWas(shop.Run(100, "OL"));
    }

    [Fact]
    public void Nodes_that_do_not_come_back_are_waited_for_once_and_not_once_a_wave()
    {
        var shop = Shop();
        shop.Nodes = [new("n1", true, true), new("n2", true, true)];
        shop.Run(70, "OL").Run(100, "OB");
        shop.Nodes = [new("n1", true, true), new("n2", false, true)];
        shop.Unschedule("db", "db-0");
        shop.Unschedule("worker", "worker-x");
        // 60 s until mains is believed, and one WaveTimeout for the node.
        shop.Run(359, "OL");
        Assert.Equal((0, Phase.WaitingForMains), (shop.ReplicasOf("db"), shop.Plan.Phase));
        shop.Run(70, "OL");
        Assert.Equal((1, 2, 5), (shop.ReplicasOf("db"), shop.ReplicasOf("worker"), shop.ReplicasOf("web")));
        Assert.Null(shop.BaselineOf("web"));
        Assert.Contains(
            "cannot start: pod db-0 (no node takes it)",
            shop.StateOf("db").Reason,
            StringComparison.Ordinal
        );
        shop.Run(300, "OL");
        Assert.Equal(["deployment shop/worker", "statefulset shop/db"], shop.Report!.NotBack);
        Assert.NotNull(shop.Report.Ended);
    }

    // As where its volume is attached to the node that does not come back: it is scheduled, and never ready.
    [Fact]
    public void What_hangs_on_a_node_that_does_not_come_back_is_not_waited_for_once_more_in_each_wave()
    {
        var shop = Shop();
        shop.Nodes = [new("n1", true, true), new("n2", true, true)];
        shop.Run(70, "OL").Run(100, "OB");
        shop.Nodes = [new("n1", true, true), new("n2", false, true)];
        shop.Crash("db", 0);
        shop.Crash("worker", 0);
        shop.Run(359, "OL");
        Assert.Equal((0, Phase.WaitingForMains), (shop.ReplicasOf("db"), shop.Plan.Phase));
        shop.Run(70, "OL");
        Assert.Equal((1, 2, 5), (shop.ReplicasOf("db"), shop.ReplicasOf("worker"), shop.ReplicasOf("web")));
        Assert.Null(shop.BaselineOf("web"));
        shop.Run(300, "OL");
        Assert.Equal(["deployment shop/worker", "statefulset shop/db"], shop.Report!.NotBack);
        Assert.NotNull(shop.Report.Ended);
    }

    [Fact]
    public void A_pod_that_no_node_takes_although_all_are_back_is_waited_for_as_any_other()
    {
        var shop = Shop();
        shop.Nodes = [new("n1", true, true)];
        shop.Run(70, "OL").Run(100, "OB");
        shop.Unschedule("db", "db-0");
        shop.Run(350, "OL");
        Assert.Equal((1, 0), (shop.ReplicasOf("db"), shop.ReplicasOf("web")));
    }

    [Fact]
    public void Contact_lost_on_mains_writes_nothing_and_on_battery_is_an_outage_with_short_waits()
    {
        Assert.Empty(Shop().Run(70, "OL").Silence(600).Writes);
        var shop = Shop().Run(70, "OL").Run(2, "OB").Silence(24);
        Assert.Equal((0, 0, 0), (shop.ReplicasOf("web"), shop.ReplicasOf("worker"), shop.ReplicasOf("db")));
    }

    [Fact]
    public void The_same_input_gives_the_same_plan()
    {
        var input = Shop().Run(70, "OL").Run(6, "OB").Input();
        var (a, b) = (Planner.Decide(input), Planner.Decide(input));
        Assert.Equal(a.Workloads.Select(w => (w.Phase, w.Reason)), b.Workloads.Select(w => (w.Phase, w.Reason)));
        Assert.Equal((a.Phase, a.Wave, a.NextChange), (b.Phase, b.Wave, b.NextChange));
    }
}
