using Ebb.Core.Claims;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>
/// Power and time on one workload: while power has it asleep the clock changes what it wakes to, not that it sleeps.
/// After an outage the
/// size is what the clock says then; where the clock says nothing, or cannot be understood, it is the baseline.
/// </summary>
public class PowerAndTimeSpecs
{
    private static readonly Instant Begins = Instant.FromUtc(2026, 1, 15, 12, 10);

    /// <summary>
    /// The window is from 12:10 to 12:20; web has 5 replicas otherwise and 8 in it, or what is given.
    /// </summary>
    private static string Window(string asks = "minReplicas: 8") =>
        "\n---\n"
        + Manifests.Schedule(
            "shop",
            "busy",
            "Deployment/web",
            $"type: Daily\nstartTime: \"12:10\"\nendTime: \"12:20\"\n{asks}"
        );

    [Fact]
    public async Task A_window_that_began_in_the_outage_is_what_it_wakes_to_and_its_end_gives_back_what_was_before()
    {
        await using var both = await StartAsync(Window());
        await both.UntilAsync(Begins - Duration.FromMinutes(3));
        both.Power(false);
        await both.UntilAsync(Begins + Duration.FromMinutes(1));
        Assert.Equal(0, both.Web);
        // Power has won, and the reasons name both.
        var state = both.Ebb.View.Plan.Workloads.Single(w => w.Member.Scaler.Ref.Name == "web");
        Assert.Equal(ClaimSource.Power, state.Decision.Winner!.Source);
        Assert.Equal(["Schedule busy"], state.Decision.Overruled.Select(c => c.Reason));
        Assert.Contains("the clock wants 8 of it at waking (Schedule busy)", state.Reason, StringComparison.Ordinal);

        both.Power(true);
        await both.UntilAsync(Begins + Duration.FromMinutes(5));
        Assert.Equal(8, both.Web);
        Assert.DoesNotContain(5, both.SizesSince(Begins));
        await both.UntilAsync(Begins + Duration.FromMinutes(11));
        Assert.Equal(5, both.Web);
    }

    [LongFact]
    public async Task A_window_that_ended_in_the_outage_is_over_at_waking()
    {
        await using var both = await StartAsync(Window());
        await both.UntilAsync(Begins + Duration.FromMinutes(7));
        Assert.Equal(8, both.Web);
        both.Power(false);
        await both.UntilAsync(Begins + Duration.FromMinutes(12));
        Assert.Equal(0, both.Web);
        both.Power(true);
        await both.UntilAsync(Begins + Duration.FromMinutes(16));
        Assert.Equal(5, both.Web);
        Assert.Empty(both.World.Cluster.Store.List("baselines.ebb.dev"));
    }

    [LongFact]
    public async Task Zero_by_the_clock_stays_zero_after_the_outage_until_its_window_ends()
    {
        await using var both = await StartAsync(Window("maxReplicas: 0"));
        await both.UntilAsync(Begins - Duration.FromMinutes(3));
        both.Power(false);
        await both.UntilAsync(Begins + Duration.FromMinutes(1));
        both.Power(true);
        await both.UntilAsync(Begins + Duration.FromMinutes(8));
        Assert.Equal([0], both.SizesSince(Begins).Distinct());
        Assert.Equal(["schedule"], both.World.Cluster.Store.List("baselines.ebb.dev").SelectMany(World.Holders));
        await both.UntilAsync(Begins + Duration.FromMinutes(11));
        Assert.Equal(5, both.Web);
    }

    [LongFact]
    public async Task What_is_asleep_or_not_is_not_woken_between_power_and_a_window_that_began_in_the_outage()
    {
        await using var both = await StartAsync(
            "\n---\n"
                + Manifests.Nightly
                + """
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: nightly, namespace: shop}
                spec: {type: cronjob, name: nightly, shutdownPriority: 1, scaleUpPriority: 1}
                ---

                """
                + Manifests.Schedule(
                    "shop",
                    "night",
                    "CronJob/nightly",
                    "type: Daily\nstartTime: \"12:10\"\nendTime: \"12:20\"\nmaxReplicas: 0"
                )
        );
        bool? Suspended() =>
            (bool?)both.World.Cluster.Store.Get("cronjobs.batch", "shop", "nightly")!["spec"]!["suspend"];
        await both.UntilAsync(Begins - Duration.FromMinutes(3));
        Assert.False(Suspended());
        both.Power(false);
        await both.UntilAsync(Begins + Duration.FromMinutes(1));
        Assert.True(Suspended());
        both.Power(true);
        both.World.Cluster.Requests.Clear();
        await both.UntilAsync(Begins + Duration.FromMinutes(8));
        Assert.DoesNotContain(
            both.World.Writes(),
            write => write.Contains("/cronjobs/nightly", StringComparison.Ordinal)
        );
        Assert.Equal(["schedule"], both.World.Cluster.Store.List("baselines.ebb.dev").SelectMany(World.Holders));
        await both.UntilAsync(Begins + Duration.FromMinutes(11));
        Assert.False(Suspended());
        Assert.Empty(both.World.Cluster.Store.List("baselines.ebb.dev"));
    }

    /// <summary>
    /// Taking the pause off and putting it on again would start pods for some seconds, with every other trigger of it
    /// active.
    /// </summary>
    [LongTheory]
    [InlineData(null)]
    [InlineData("7")]
    public async Task A_ScaledObject_whose_window_of_zero_began_in_the_outage_stays_paused_through_the_waking(
        string? pausedBefore
    )
    {
        await using var both = await StartAsync(
            $$$"""

            ---
            apiVersion: keda.sh/v1alpha1
            kind: ScaledObject
            metadata:
              name: web
              namespace: shop
              annotations: {{{(
                pausedBefore is null ? "{}" : $"{{autoscaling.keda.sh/paused-replicas: \"{pausedBefore}\"}}"
            )}}}
            spec:
              scaleTargetRef: {name: web}
              pollingInterval: 5
              minReplicaCount: 2
              maxReplicaCount: 20
              triggers: [{type: simulated, metadata: {active: "true", value: "5", target: "1"}}]
            ---

            """
                + Manifests.Schedule(
                    "shop",
                    "night",
                    "ScaledObject/web",
                    "type: Daily\nstartTime: \"12:10\"\nendTime: \"12:20\"\nmaxReplicas: 0"
                )
        );
        string? Pause() =>
            (string?)
                both.World.Cluster.Store.Get("scaledobjects.keda.sh", "shop", "web")!["metadata"]!["annotations"]?[
                    "autoscaling.keda.sh/paused-replicas"
                ];
        await both.UntilAsync(Begins - Duration.FromMinutes(3));
        var before = both.Web;
        both.Power(false);
        await both.UntilAsync(Begins + Duration.FromMinutes(1));
        Assert.Equal((0, "0"), (both.Web, Pause()));
        both.Power(true);
        await both.UntilAsync(Begins + Duration.FromMinutes(8));
        Assert.Equal(["schedule"], both.World.Cluster.Store.List("baselines.ebb.dev").SelectMany(World.Holders));
        Assert.Equal([0], both.SizesSince(Begins).Distinct());
        Assert.Equal("0", Pause());
        await both.UntilAsync(Begins + Duration.FromMinutes(13));
        Assert.Equal((before, pausedBefore), (both.Web, Pause()));
        Assert.Empty(both.World.Cluster.Store.List("baselines.ebb.dev"));
    }

    [LongTheory]
    [InlineData("minReplicas: 8\nsuspend: true")]
    [InlineData("minReplicas: 8\ntimeZone: Europe/Atlantis")]
    public async Task Where_the_clock_says_nothing_or_cannot_be_understood_the_baseline_is_kept(string asks)
    {
        await using var both = await StartAsync(Window(asks));
        await both.UntilAsync(Begins - Duration.FromMinutes(3));
        both.Power(false);
        await both.UntilAsync(Begins + Duration.FromMinutes(1));
        both.Power(true);
        await both.UntilAsync(Begins + Duration.FromMinutes(5));
        Assert.Equal(5, both.Web);
    }

    [LongFact]
    public async Task A_ServiceScalers_Deployment_wakes_within_the_bounds_that_hold_then()
    {
        await using var both = await StartAsync(
            """

            ---
            apiVersion: scaler.udaan.io/v1
            kind: ServiceScaler
            metadata: {name: web, namespace: shop}
            spec:
              hpa: {minReplicas: 2, maxReplicas: 12, targetCPUUtilization: 50}
              timeRangeSpec: [{kind: ZonedTime, from: "12:10Z", to: "12:20Z", replicaSpec: {hpa: {minReplicas: 9}}}]
            """
        );
        await both.UntilAsync(Begins - Duration.FromMinutes(3));
        both.Power(false);
        await both.UntilAsync(Begins + Duration.FromMinutes(1));
        Assert.Equal(0, both.Web);
        Assert.Equal((9, 12), both.World.Bounds("shop", "web"));
        both.Power(true);
        await both.UntilAsync(Begins + Duration.FromMinutes(5));
        Assert.Equal(9, both.Web);
    }

    [LongFact]
    public async Task What_a_person_holds_wakes_to_what_it_was_held_at_whatever_the_clock_asks()
    {
        await using var both = await StartAsync(Window());
        await both.UntilAsync(Begins - Duration.FromMinutes(6));
        await both.OverrideAsync("deployment", "web", 3, Begins + Duration.FromMinutes(30));
        await both.UntilAsync(Begins - Duration.FromMinutes(3));
        Assert.Equal(3, both.Web);
        both.Power(false);
        await both.UntilAsync(Begins + Duration.FromMinutes(1));
        Assert.Equal(0, both.Web);
        both.Power(true);
        await both.UntilAsync(Begins + Duration.FromMinutes(5));
        Assert.Equal([0, 3], both.SizesSince(Begins).Distinct());
    }

    [LongFact]
    public async Task What_a_person_held_until_the_outage_wakes_to_what_it_was_before_at_once()
    {
        await using var both = await StartAsync("");
        await both.UntilAsync(Begins - Duration.FromMinutes(6));
        await both.OverrideAsync("deployment", "web", 3, Begins - Duration.FromMinutes(1));
        await both.UntilAsync(Begins - Duration.FromMinutes(3));
        Assert.Equal(3, both.Web);
        both.Power(false);
        await both.UntilAsync(Begins);
        both.Power(true);
        await both.UntilAsync(Begins + Duration.FromMinutes(5));
        Assert.Equal([0, 5], both.SizesSince(Begins).Distinct());
        Assert.Empty(both.World.Cluster.Store.List("baselines.ebb.dev"));
    }

    /// <summary>
    /// Whoever comes and goes, in whatever order: what it was is recorded once, before the first of them, and given back
    /// after the last.
    /// </summary>
    [Fact]
    public async Task The_clock_a_person_and_power_hold_one_baseline()
    {
        await using var both = await StartAsync(Window());
        await both.UntilAsync(Begins + Duration.FromMinutes(1));
        Assert.Equal(("5", "schedule"), both.Recorded());
        await both.OverrideAsync("deployment", "web", 3, Begins + Duration.FromMinutes(8));
        await both.UntilAsync(Begins + Duration.FromMinutes(2));
        Assert.Equal((3, ("5", "override, schedule")), (both.Web, both.Recorded()));
        both.Power(false);
        await both.UntilAsync(Begins + Duration.FromMinutes(4));
        Assert.Equal((0, ("5", "power, override, schedule")), (both.Web, both.Recorded()));
        both.Power(true);
        await both.UntilAsync(Begins + Duration.FromMinutes(7));
        Assert.Equal((3, ("5", "override, schedule")), (both.Web, both.Recorded()));
        await both.UntilAsync(Begins + Duration.FromMinutes(9));
        Assert.Equal((8, ("5", "schedule")), (both.Web, both.Recorded()));
        await both.UntilAsync(Begins + Duration.FromMinutes(11));
        Assert.Equal(5, both.Web);
        Assert.Empty(both.World.Cluster.Store.List("baselines.ebb.dev"));
        Assert.Equal([8, 3, 0, 3, 8, 5], both.ChangesSince(Begins + Duration.FromSeconds(1)));
    }

    /// <summary>
    /// Everything ends while power has it asleep: nobody wakes it to a size that one of them had made.
    /// </summary>
    [LongFact]
    public async Task What_the_clock_and_a_person_asked_until_an_instant_in_the_outage_is_over_at_waking()
    {
        await using var both = await StartAsync(Window());
        await both.UntilAsync(Begins + Duration.FromMinutes(1));
        await both.OverrideAsync("deployment", "web", 3, Begins + Duration.FromMinutes(9));
        await both.UntilAsync(Begins + Duration.FromMinutes(7));
        both.Power(false);
        await both.UntilAsync(Begins + Duration.FromMinutes(12));
        Assert.Equal((0, ("5", "power, override, schedule")), (both.Web, both.Recorded()));
        both.Power(true);
        await both.UntilAsync(Begins + Duration.FromMinutes(17));
        Assert.Equal([0, 5], both.ChangesSince(Begins + Duration.FromMinutes(12)));
        Assert.Empty(both.World.Cluster.Store.List("baselines.ebb.dev"));
    }

    /// <summary>Beside the workloads of the stories.</summary>
    private static async Task<PowerAndClock> StartAsync(string manifests) =>
        await PowerAndClock.StartAsync(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests/system/stories/cluster.yaml")) + manifests
        );
}
