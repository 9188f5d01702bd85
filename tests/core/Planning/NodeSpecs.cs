using Ebb.Core.Gates;
using Ebb.Core.Time.Specs;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Planning;

/// <summary>
/// Nodes: cordoned in their wave, uncordoned where Ebb had cordoned them, and nobody's but an admin's.
/// </summary>
public class NodeSpecs
{
    [Theory]
    [InlineData("node", true)]
    [InlineData(" Node ", true)]
    [InlineData("core/v1/Node", true)]
    [InlineData("CORE/v1/node", true)]
    [InlineData("v1/Node", false)]
    [InlineData("nodes", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Both_spellings_are_one_type_which_only_UpsScalers_name(string? text, bool isNode)
    {
        Assert.Equal(isNode, WorkloadType.OfUpsScaler(text) == WorkloadType.Node);
        Assert.NotEqual(WorkloadType.Node, WorkloadType.Parse(text));
    }

    [Theory]
    [InlineData(false, false, "cordon True; cordon ")]
    [InlineData(false, true, "cordon True; cordon False")]
    [InlineData(true, true, "")]
    public void It_is_given_back_what_it_was(bool cordoned, bool stated, string writes)
    {
        var shop = new FakeCluster().WithNode("n1", 1, 1, cordoned, stated);
        shop.Run(70, "OL").Run(40, "OB");
        Assert.Equal((Phase.Asleep, true), (shop.Plan.Phase, shop.SuspendedOf("n1")));
        Assert.Equal(
            (cordoned ? 0 : 1, cordoned),
            (shop.BaselineOf("n1")!.SpecReplicas, shop.BaselineOf("n1")!.Suspended)
        );
        shop.Run(100, "OL");
        Assert.Equal((Phase.Normal, cordoned), (shop.Plan.Phase, shop.SuspendedOf("n1")));
        Assert.Equal(writes, string.Join("; ", Written(shop).Select(write => write["n1 ".Length..])));
    }

    [Fact]
    public void One_that_was_cordoned_and_that_a_person_uncordons_in_mid_outage_ends_cordoned_as_it_was()
    {
        var shop = new FakeCluster().WithNode("n1", 1, 1, cordoned: true);
        shop.Run(70, "OL").Run(40, "OB");
        shop.Suspend("n1", false);
        shop.Run(100, "OL");
        Assert.Equal((Phase.Normal, true), (shop.Plan.Phase, shop.SuspendedOf("n1")));
    }

    [Fact]
    public void Of_one_that_is_not_known_nothing_is_said_or_written()
    {
        var shop = new FakeCluster().WithNode("n1", 1, 1, cordoned: null);
        shop.Run(70, "OL").Run(40, "OB").Run(100, "OL");
        Assert.Empty(shop.Writes);
        var unknown = Scaler("a", "ebb-system") with
        {
            Baseline = new Baseline("n", At.Second(1), Suspended: false),
            Target = new WorkloadLookup.Found(Node(false, false) with { Suspended = null }),
        };
        var member = Assert.Single(UpsScalerValidation.Of([unknown], []));
        Assert.Equal(((bool?)null, (bool?)null), (member.IsAsleep, member.IsAwake));
    }

    [Fact]
    public void Only_an_admin_namespace_may_name_one_and_a_tenant_takes_nobodys_place()
    {
        var members = UpsScalerValidation.Of(
            [Scaler("tenant", "shop", created: 1), Scaler("own", "ebb-system", created: 2)],
            [],
            ["ebb-system", "ops"]
        );
        Assert.Null(members.Single(m => m.Scaler.Uid == "own").Refusal);
        Assert.Equal(
            "spec.type: expected something that lives in a namespace, found node; only in ebb-system, ops "
                + "(Tenancy__AdminNamespaces) it may be one",
            members.Single(m => m.Scaler.Uid == "tenant").Refusal
        );
        // What an UpsScaler had cordoned that may not any more is uncordoned.
        var left = Scaler("tenant", "shop") with
        {
            Baseline = new Baseline("n", At.Second(1), Suspended: false),
        };
        Assert.True(Assert.Single(UpsScalerValidation.Of([left], [], ["ebb-system"])).Scaler.Deleting);
    }

    [Fact]
    public void Two_namespaces_that_name_one_node_mean_one_workload()
    {
        var members = UpsScalerValidation.Of(
            [Scaler("b", "ops", created: 2), Scaler("a", "ebb-system", created: 1)],
            [],
            ["ebb-system", "ops"]
        );
        Assert.Equal(
            "the same workload is managed by UpsScaler ebb-system/a, which is older",
            members.Single(m => m.Scaler.Uid == "b").Refusal
        );
        Assert.Equal("node n1", members.Single(m => m.Scaler.Uid == "a").ToString());
    }

    [Fact]
    public void It_names_no_namespace_and_waits_at_no_gate_for_itself()
    {
        var gate = new Gate(GateKind.NodesReady, false, NodaTime.Duration.FromMinutes(1));
        var refusal = Assert
            .Single(
                UpsScalerValidation.Of(
                    [
                        Scaler("a", "ebb-system") with
                        {
                            NeedlessNamespace = "shop",
                            Gates = new Parsed<IReadOnlyList<Gate>>([gate], []),
                        },
                    ],
                    [],
                    ["ebb-system"]
                )
            )
            .Refusal!;
        Assert.Contains("spec.namespace: expected none", refusal, StringComparison.Ordinal);
        Assert.Contains("spec.gates: expected none that waits for nodes", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void It_goes_down_after_what_runs_on_it_and_up_before()
    {
        var shop = new FakeCluster()
            .With("web", down: 1, up: 2)
            .WithNode("n1", 9, 1)
            .WithNode("n2", 9, 1, cordoned: true);
        shop.Run(70, "OL").Run(40, "OB");
        Assert.Equal(Phase.Asleep, shop.Plan.Phase);
        Assert.Equal([true, true], [shop.SuspendedOf("n1"), shop.SuspendedOf("n2")]);
        shop.Run(120, "OL");
        Assert.Equal(Phase.Normal, shop.Plan.Phase);
        Assert.Equal([false, true], [shop.SuspendedOf("n1"), shop.SuspendedOf("n2")]);
        Assert.Equal(["web scale 0", "n1 cordon True", "n1 cordon ", "web scale 3"], Written(shop));
    }

    [Fact]
    public void One_that_somebody_uncordons_is_cordoned_again_and_told()
    {
        var shop = new FakeCluster().WithNode("n1", 1, 1);
        shop.Run(70, "OL").Run(40, "OB");
        shop.Suspend("n1", false);
        shop.Run(5, "OB");
        Assert.True(shop.SuspendedOf("n1"));
        shop.Suspend("n1", false);
        shop.Turn();
        shop.Suspend("n1", false);
        shop.Turn();
        Assert.Contains(
            "somebody uncordoned it, and it was cordoned again",
            shop.StateOf("n1").Reason,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Where_nobody_remembers_the_nodes_those_that_Ebb_cordoned_are_waited_for()
    {
        var shop = new FakeCluster()
            .With("web", down: 1, up: 2)
            .WithNode("n1", 9, 1)
            .WithNode("n2", 9, 1, cordoned: true);
        shop.Run(70, "OL").Run(40, "OB");
        shop.Restart();
        NodeView[] others = [new("n2", false, false), new("n3", true, true)];
        shop.Nodes = [new NodeView("n1", false, false), .. others];
        shop.Run(100, "OL");
        Assert.Equal(Phase.WaitingForMains, shop.Plan.Phase);
        Assert.EndsWith("waiting for nodes n1", shop.Plan.Reason, StringComparison.Ordinal);
        shop.Nodes = [new NodeView("n1", true, false), .. others];
        shop.Run(60, "OL");
        Assert.Equal(Phase.Normal, shop.Plan.Phase);
    }

    [Fact]
    public void One_that_is_uncordoned_takes_no_place_of_those_that_start()
    {
        var shop = new FakeCluster(new() { WakeAtOnce = 1 })
            .WithNode("n1", 2, 1)
            .WithNode("n2", 2, 1)
            .With("web", down: 1, up: 1, start: 40);
        shop.Run(70, "OL").Run(40, "OB");
        List<Plan> plans = [];
        shop.Run(75, "OL", each: _ => plans.Add(Planner.Decide(shop.Input())));
        Assert.Equal(
            ["n1", "n2", "web"],
            plans
                .First(plan => plan.Steps.Count > 0)
                .Steps[0]
                .Moves.Select(move => move.Member.Scaler.TargetName!)
                .Order()
        );
    }

    /// <summary>What was written to workloads, without the second.</summary>
    private static IEnumerable<string> Written(FakeCluster shop) =>
        shop
            .Writes.Select(line => line.Split(' ', 2)[1])
            .Where(line => line.Split(' ')[1] is "scale" or "cordon" or "suspend");

    private static WorkloadView Node(bool cordoned, bool stated) =>
        new()
        {
            Ref = new ObjectRef("v1", "Node", "", "n1"),
            Uid = "n",
            ResourceVersion = "1",
            Suspended = cordoned,
            SuspendStated = stated,
        };

    private static UpsScalerView Scaler(string name, string own, double created = 0) =>
        new()
        {
            Ref = new ObjectRef("ups-scaler.io/v1alpha1", "UpsScaler", own, name),
            Uid = name,
            ResourceVersion = "1",
            CreatedAt = At.Second(created),
            Type = "node",
            TargetNamespace = "",
            TargetName = "n1",
            ShutdownPriority = 9,
            ScaleUpPriority = 1,
            Target = new WorkloadLookup.Found(Node(false, false)),
        };
}
