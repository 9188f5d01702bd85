using Ebb.Core.Capacity;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;
using Ebb.Kubernetes.Capacity;
using Ebb.Kubernetes.Resources;
using Ebb.Scaler.Exact;
using Ebb.Simulation;
using Ebb.Simulation.Clock;
using Ebb.Tests.Harness;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>The HPA's tolerance as it was measured on both generations, and the two ways past it.</summary>
public sealed class ToleranceSpecs
{
    private static string Simulated(bool exact) =>
        Scaled("queue", "active: \"true\"", "simulated", exact: exact)
            .Replace("scalerAddress: \"SCALER\", ", "", StringComparison.Ordinal);

    public static TheoryData<bool, bool, int, int, int> Rows
    {
        get
        {
            var rows = new TheoryData<bool, bool, int, int, int>();
            void Add(bool newest, bool exact, params (int From, int Metric, int To)[] all)
            {
                foreach (var (from, metric, to) in all)
                    rows.Add(newest, exact, from, metric, to);
            }

            // Kubernetes 1.26: exactly a tenth more moves, exactly a tenth less does not.
            Add(
                false,
                false,
                (1, 2, 2),
                (3, 4, 4),
                (5, 4, 4),
                (9, 10, 10),
                (10, 11, 11),
                (10, 9, 10),
                (10, 8, 8),
                (11, 12, 11),
                (11, 10, 11),
                (12, 13, 12),
                (20, 19, 20),
                (20, 18, 20),
                (20, 21, 20),
                (20, 17, 17),
                (20, 22, 22),
                (20, 23, 23),
                (30, 33, 33),
                (30, 34, 34),
                (30, 27, 30),
                (30, 26, 26),
                (40, 44, 44),
                (40, 45, 45)
            );
            // A tolerance of its own is dropped there without a word.
            Add(false, true, (20, 21, 20), (20, 19, 20));
            // Kubernetes 1.36: a tenth moves neither way.
            Add(
                true,
                false,
                (9, 10, 10),
                (10, 11, 10),
                (20, 22, 20),
                (30, 33, 30),
                (40, 44, 40),
                (10, 9, 10),
                (20, 18, 20),
                (30, 27, 30),
                (20, 23, 23),
                (30, 34, 34),
                (40, 45, 45),
                (20, 17, 17),
                (10, 8, 8)
            );
            // And with tolerance: "0" every step is exact.
            Add(
                true,
                true,
                (20, 21, 21),
                (21, 20, 20),
                (20, 19, 19),
                (50, 51, 51),
                (33, 32, 32),
                (10, 9, 9),
                (11, 12, 12),
                (100, 101, 101),
                (101, 100, 100)
            );
            return rows;
        }
    }

    [LongTheory]
    [MemberData(nameof(Rows))]
    public async Task The_hpa_moves_as_it_was_seen_to(bool newest, bool exact, int from, int metric, int to)
    {
        var clock = SimulationClock.ByHand(Harness.World.Beginning);
        await using var cluster = await SimulatedCluster.StartAsync(
            new SimulationOptions
            {
                Clock = clock,
                World = "",
                HpaPeriod = TimeSpan.FromSeconds(5),
                ConfigurableTolerance = newest,
                Keda = newest ? KedaGeneration.V220 : KedaGeneration.V210,
            },
            TestContext.Current.CancellationToken
        );
        await cluster.ApplyManifestAsync(Node("node-1", "256") + Deployment("queue", from) + Simulated(exact));
        cluster.Scalers.Simulated.Say("shop", "queue", true, from);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(from, (int)cluster.Store.Get("deployments.apps", "shop", "queue")!["spec"]!["replicas"]!);
        cluster.Scalers.Simulated.Say("shop", "queue", true, metric);
        clock.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(to, (int)cluster.Store.Get("deployments.apps", "shop", "queue")!["spec"]!["replicas"]!);
    }

    [LongFact]
    public async Task On_an_older_cluster_the_scale_is_set_and_the_dropped_tolerance_is_told_once()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "64")
                + Deployment("queue", 0)
                + Scaled(
                        "queue",
                        "follow: schedule, timezone: UTC, start: \"11:00\", end: \"12:02\", desiredReplicas: \"20\""
                    )
                    .Replace(
                        "desiredReplicas: \"20\"",
                        "desiredReplicas: \"20\", minReplicas: \"19\"",
                        StringComparison.Ordinal
                    ),
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5), ConfigurableTolerance = false }
        );
        await all.StepAsync(40);
        Assert.Equal(20, all.Replicas("shop", "queue"));
        await all.StepAsync(22);
        await ScalerWorld.UntilAsync(() => all.Replicas("shop", "queue") == 19, "20 to 19, which the HPA ignores");
        await all.StepAsync(30);
        Assert.Equal(19, all.Replicas("shop", "queue"));
        await ScalerWorld.UntilAsync(() => Told(all) == 1, "the dropped tolerance is told");
        await all.StepAsync(30);
        Assert.Equal(1, Told(all));
        Assert.Contains(
            "\"status\":\"False\"",
            await all.Http.GetStringAsync("/explain/shop/queue", TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [LongFact]
    public async Task On_an_older_cluster_counts_stay_exact_when_the_replica_that_holds_the_Lease_is_killed()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "20")
                + Deployment("queue", 0)
                + Scaled("queue", "follow: capacity, growStep: \"100\", growPeriod: 1s"),
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5), ConfigurableTolerance = false },
            started: false
        );
        await using var first = await all.LaunchReplicaAsync();
        await CountsAsync(() => Holder(all).Length > 0, "the first replica holds the Lease");
        var holder = Holder(all);
        await using var second = await all.LaunchScalerAsync();
        await CountsAsync(() => all.Replicas("shop", "queue") == 20, "it fills the node");
        await PayingAsync(1);
        await CountsAsync(() => all.Replicas("shop", "queue") == 19, "20 to 19, which the HPA ignores");
        Assert.Equal(holder, Holder(all));

        first.Process.Kill();
        await PayingAsync(2);
        await CountsAsync(() => all.Replicas("shop", "queue") == 18, "19 to 18 by the other replica");
        Assert.NotEqual(holder, Holder(all));

        Task PayingAsync(int cores) =>
            all.World.Cluster.ApplyManifestAsync(Deployment("paying", cores, "1", "nodeName: node-1,"));

        // The Lease runs out by the real clock: 15 s after its holder is gone.
        async Task CountsAsync(Func<bool> holds, string what)
        {
            var since = System.Diagnostics.Stopwatch.StartNew();
            while (!holds())
            {
                Assert.True(since.Elapsed < TimeSpan.FromSeconds(90), $"{what}; {all.Replicas("shop", "queue")}");
                await all.StepAsync(1);
            }
        }
    }

    private static string Holder(ScalerWorld all) =>
        all.World.Cluster.Store.List("leases.coordination.k8s.io", "ebb-system")
            .Where(lease => (string?)lease["metadata"]!["name"] == "ebb-scaler")
            .Select(lease => (string?)lease["spec"]!["holderIdentity"])
            .FirstOrDefault()
        ?? "";

    private static int Told(ScalerWorld all) =>
        all.World.Cluster.Store.List("events", "shop").Count(e => (string?)e["reason"] == "ToleranceDropped");

    [Theory]
    [InlineData(21, 20, true)]
    [InlineData(18, 20, true)]
    [InlineData(22, 20, true)]
    [InlineData(23, 20, false)]
    [InlineData(17, 20, false)]
    [InlineData(20, 20, false)]
    [InlineData(0, 20, false)]
    [InlineData(1, 0, false)]
    [InlineData(50, 49, false)]
    [InlineData(3, 4, false)]
    public void The_scale_is_set_only_where_the_hpa_would_not_move(int wanted, int present, bool set) =>
        Assert.Equal(
            set,
            ExactDecision.Of(wanted, So(), Target(present), new AutoscalerFacts(null, null, 1, 40, false, false)).Set
        );

    [Fact]
    public void Nothing_is_set_where_something_forbids_it()
    {
        var free = new AutoscalerFacts(null, null, 1, 40, false, false);
        Assert.True(ExactDecision.Of(21, So(), Target(20), free).Set);
        Assert.False(ExactDecision.Of(21, So() with { Pause = "autoscaling.keda.sh/paused" }, Target(20), free).Set);
        Assert.False(ExactDecision.Of(21, So() with { Triggers = 2 }, Target(20), free).Set);
        // What a formula makes of the answer is the HPA's count, and not the answer.
        Assert.Equal(
            (false, "it is in a formula"),
            ExactDecision.Of(20, So() with { HasFormula = true }, Target(19), free)
        );
        Assert.False(ExactDecision.Of(21, So(), Target(20), null).Set);
        Assert.False(ExactDecision.Of(21, So(), Target(20), free with { UpTolerance = 0 }).Set);
        Assert.False(ExactDecision.Of(21, So(), Target(20), free with { UpDisabled = true }).Set);
        Assert.False(ExactDecision.Of(21, So(), Target(20), free with { Max = 20 }).Set);
    }

    private static ScaledObjectFacts So() =>
        new(
            new ObjectRef("keda.sh/v1alpha1", "ScaledObject", "shop", "queue"),
            "u",
            null,
            "keda-hpa-queue",
            1,
            40,
            1,
            null,
            true,
            false
        );

    private static TargetFacts Target(int replicas) =>
        new(
            new ObjectRef("apps/v1", "Deployment", "shop", "queue"),
            "u",
            "1",
            replicas,
            new PodFacts("shop", new Dictionary<string, string>(), null, Amounts.None, Placement.Anywhere),
            _ => false
        );
}
