using Ebb.Core.Gates;
using Ebb.Core.Hooks;
using Ebb.Core.Time.Specs;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Tests.Planning;

/// <summary>Gates between the waves.</summary>
public class GateSpecs
{
    private static readonly Duration TwoMinutes = Duration.FromMinutes(2);

    [Fact]
    public void What_a_webhook_guards_waits_until_its_Service_leads_to_somebody()
    {
        var shop = new FakeCluster().With("web", 1, 1).WithCronJob("report", 1, 1, false);
        shop.Run(70, "OL").Run(60, "OB");
        var which = Assert.Single(shop.Plan.Gates).Key;
        Assert.Equal(GateKind.Webhooks, which.Gate.Kind);
        shop.GateAnswers[which] = Webhooks(Guarding("deployments/scale", "UPDATE"));
        shop.Run(100, "OL");
        Assert.Equal((0, false), (shop.ReplicasOf("web"), shop.SuspendedOf("report")));
        Assert.StartsWith(
            "waits for a webhook: webhook size.guard guards it, and its Service guard/hook has not been looked at yet",
            shop.StateOf("web").Reason,
            StringComparison.Ordinal
        );
        var service = Assert.Single(Asked(shop)).Key;
        Assert.Equal(("guard", "hook"), (service.Gate.Namespace, service.Gate.Service));
        shop.GateAnswers[service] = new GateAnswer(true, "");
        shop.Run(60, "OL");
        Assert.Equal(Phase.Normal, shop.Plan.Phase);
    }

    [Theory]
    [InlineData(false, "webhook size.guard guards it, and its Service")]
    [InlineData(true, "webhook size.guard may guard it (its matchConditions are not evaluated), and its Service")]
    public void It_is_asked_all_the_same_two_minutes_after_its_wave_began(bool conditional, string told)
    {
        var shop = new FakeCluster().With("web", 1, 1);
        shop.Run(70, "OL").Run(60, "OB");
        var guard = Guarding("deployments/scale", "UPDATE") with { IsConditional = conditional };
        shop.GateAnswers[Assert.Single(shop.Plan.Gates).Key] = Webhooks(guard);
        shop.Run(60, "OL");
        var began = shop.Now;
        for (; shop.ReplicasOf("web") == 0; shop.Run(1, "OL"))
        {
            Assert.True(shop.Now < began + 180, "the deadline holds");
            Assert.Contains(
                shop.Plan.Wave is null ? "" : $"waits for a webhook: {told}",
                shop.StateOf("web").Reason,
                StringComparison.Ordinal
            );
        }
        Assert.Contains(
            shop.Report!.Lines,
            line => line.Text.Contains($"not waited for any longer: {told}", StringComparison.Ordinal)
        );
        shop.Run(60, "OL");
        Assert.Equal((3, Phase.Normal), (shop.ReplicasOf("web"), shop.Plan.Phase));
    }

    [Fact]
    public void Where_several_webhooks_have_one_Service_the_one_that_certainly_guards_is_named()
    {
        var shop = new FakeCluster().With("web", 1, 1);
        shop.Run(70, "OL").Run(60, "OB");
        var guard = Guarding("deployments/scale", "UPDATE");
        shop.GateAnswers[Assert.Single(shop.Plan.Gates).Key] = Webhooks(
            guard with
            {
                Name = "may.guard",
                IsConditional = true,
            },
            guard
        );
        shop.Run(100, "OL");
        Assert.Contains("webhook size.guard guards it", shop.StateOf("web").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HookKind.Job, "jobs", true)]
    [InlineData(HookKind.Job, "pods", true)]
    [InlineData(HookKind.Job, "cronjobs", false)]
    [InlineData(HookKind.Http, "*", false)]
    [InlineData(HookKind.Nut, "*", false)]
    public void A_hook_that_is_a_Job_waits_for_what_guards_the_Job_and_its_pods(
        HookKind kind,
        string plural,
        bool waits
    )
    {
        var shop = new FakeCluster().WithHook("flags", 1, 1, new HookSpec(kind));
        shop.Run(70, "OL").Run(20, "OB").End("flags", HookOutcome.Failed, "it broke").Run(60, "OB");
        shop.GateAnswers[Assert.Single(shop.Plan.Gates).Key] = Webhooks(Guarding(plural, "CREATE"));
        shop.Run(100, "OL");
        Assert.Equal(waits, shop.RunOf("flags")!.Down);
        if (!waits)
            return;
        Assert.StartsWith(
            "waits for a webhook: webhook size.guard guards it",
            shop.StateOf("flags").Reason,
            StringComparison.Ordinal
        );
        shop.GateAnswers[Assert.Single(Asked(shop)).Key] = new GateAnswer(true, "");
        shop.Run(10, "OL");
        Assert.False(shop.RunOf("flags")!.Down);
    }

    [Fact]
    public void A_required_hook_that_failed_on_the_way_down_waits_on_the_way_up_as_others_do()
    {
        var shop = new FakeCluster().WithHook("flags", 1, 1, new HookSpec(HookKind.Job) { Required = true });
        shop.Run(70, "OL").Run(20, "OB").End("flags", HookOutcome.Failed, "it broke").Run(60, "OB");
        shop.GateAnswers[Assert.Single(shop.Plan.Gates).Key] = Webhooks(Guarding("jobs", "CREATE"));
        shop.Run(100, "OL");
        Assert.True(shop.RunOf("flags")!.Down);
        Assert.Contains("waits for a webhook", shop.StateOf("flags").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apps/v1beta1", true)]
    [InlineData("apps/v1", false)]
    public void What_is_served_in_several_versions_waits_for_who_converts_it(string beside, bool waits)
    {
        var shop = new FakeCluster().With("web", 1, 1);
        shop.Run(70, "OL").Run(60, "OB");
        var versions = new HashSet<string> { "apps/v1", beside };
        shop.GateAnswers[Assert.Single(shop.Plan.Gates).Key] = new GateAnswer(true, "")
        {
            Webhooks = new(
                [],
                [new ConversionWebhook("deployments.apps", "Deployment", versions, "x", "hook")],
                Places
            ),
        };
        shop.Run(100, "OL");
        Assert.Equal(waits ? 0 : 3, shop.ReplicasOf("web"));
        if (!waits)
            return;
        Assert.StartsWith(
            "waits for a webhook: the conversion webhook of deployments.apps is asked for it, and its Service x/hook has not",
            shop.StateOf("web").Reason,
            StringComparison.Ordinal
        );
        shop.GateAnswers[Assert.Single(Asked(shop)).Key] = new GateAnswer(true, "");
        shop.Run(60, "OL");
        Assert.Equal(Phase.Normal, shop.Plan.Phase);
    }

    [Fact]
    public void A_wave_waits_at_its_gate_until_it_opens_and_later_waves_with_it()
    {
        var shop = Shop(new Gate(GateKind.VolumesDetached, true, TwoMinutes));
        shop.Run(70, "OL").Run(60, "OB");
        Assert.Equal((0, 1), (shop.ReplicasOf("web"), shop.ReplicasOf("db")));
        Assert.Contains(
            "waits at its gate: it has not been read yet",
            shop.StateOf("web").Reason,
            StringComparison.Ordinal
        );
        shop.GateAnswers[Assert.Single(Asked(shop)).Key] = new GateAnswer(true, "");
        shop.Run(10, "OB");
        Assert.Equal((0, Phase.Asleep), (shop.ReplicasOf("db"), shop.Plan.Phase));
        Assert.Empty(Asked(shop));
    }

    [Fact]
    public void One_that_is_edited_when_another_has_opened_in_its_place_waits_until_it_was_read_itself()
    {
        var (volumes, condition) = (Gate(GateKind.VolumesDetached), Gate(GateKind.Condition));
        List<Gate> gates = [volumes, condition];
        var shop = Shop(gates);
        shop.Run(70, "OL").Run(20, "OB");
        shop.GateAnswers[new GateKey("scaler-web", volumes)] = new GateAnswer(true, "");
        (gates[0], gates[1]) = (Gate(GateKind.EndpointsReady) with { Service = "hook" }, volumes);
        shop.Run(20, "OB");
        Assert.Equal(1, shop.ReplicasOf("db"));
        Assert.Equal([gates[0]], Asked(shop).Select(asked => asked.Key.Gate));
        // What is only moved within the list was read.
        (gates[0], gates[1]) = (volumes, volumes);
        shop.Run(10, "OB");
        Assert.Equal(0, shop.ReplicasOf("db"));

        static Gate Gate(GateKind kind) => new(kind, true, TwoMinutes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public void One_that_is_closed_or_not_known_is_passed_at_its_deadline_and_told(bool? open)
    {
        var gate = new Gate(GateKind.VolumesDetached, true, TwoMinutes);
        var shop = Shop(gate);
        shop.GateAnswers[new GateKey("scaler-web", gate)] = new GateAnswer(open, "pv-1 is attached");
        shop.Run(70, "OL", runtime: _ => 9000).Run(120, "OB", runtime: _ => 9000);
        Assert.Equal(1, shop.ReplicasOf("db"));
        shop.Run(20, "OB", runtime: _ => 9000);
        Assert.Equal(0, shop.ReplicasOf("db"));
        Assert.Contains(
            "its gate was passed after 2 min: pv-1 is attached",
            shop.StateOf("web").Reason,
            StringComparison.Ordinal
        );
        Assert.Contains(shop.Report!.Lines, line => line.Text.Contains("passed after", StringComparison.Ordinal));
    }

    [Fact]
    public void A_low_battery_does_not_wait_at_a_gate()
    {
        var shop = Shop(new Gate(GateKind.VolumesDetached, true, Duration.FromHours(1)));
        shop.Run(70, "OL").Run(30, "OB").Run(10, "OB LB");
        Assert.Equal(0, shop.ReplicasOf("db"));
    }

    [Theory]
    [InlineData(null, "not ready and schedulable: n2")]
    [InlineData(2, "1 of 2 nodes are ready and schedulable")]
    public void Nothing_is_woken_before_the_nodes_are_there(int? least, string told)
    {
        var shop = Shop(new Gate(GateKind.NodesReady, false, Duration.FromHours(1)) { Nodes = least });
        shop.Nodes = [new("n1", true, true), new("n2", true, true)];
        shop.Run(70, "OL").Run(30, "OB");
        shop.Nodes = [new("n1", true, true), new("n2", true, false)];
        shop.Run(700, "OL");
        Assert.Equal((0, 1), (shop.ReplicasOf("web"), shop.ReplicasOf("db")));
        Assert.Contains(told, shop.StateOf("web").Reason, StringComparison.Ordinal);
        shop.Nodes = [new("n1", true, true), new("n2", true, true)];
        shop.Run(20, "OL");
        Assert.Equal((3, Phase.Normal), (shop.ReplicasOf("web"), shop.Plan.Phase));
    }

    [Fact]
    public void A_gate_of_the_way_up_is_passed_at_its_deadline_as_well()
    {
        var shop = Shop(new Gate(GateKind.EndpointsReady, false, TwoMinutes) { Service = "hook" });
        shop.Run(70, "OL").Run(30, "OB").Run(180, "OL");
        Assert.Equal(0, shop.ReplicasOf("web"));
        shop.Run(30, "OL");
        Assert.Equal(3, shop.ReplicasOf("web"));
        Assert.Contains(shop.Report!.Lines, line => line.Text.Contains("passed after", StringComparison.Ordinal));
    }

    [Fact]
    public void What_has_begun_to_wake_does_not_wait_once_more()
    {
        var shop = Shop(new Gate(GateKind.NodesReady, false, Duration.FromHours(1)), start: 60);
        shop.Nodes = [new("n1", true, true)];
        shop.Run(70, "OL").Run(30, "OB").Run(90, "OL");
        Assert.Equal(WorkloadPhase.Waking, shop.StateOf("web").Phase);
        shop.Nodes = [new("n1", true, false)];
        shop.Restart();
        shop.Run(90, "OL");
        Assert.Equal((3, Phase.Normal), (shop.ReplicasOf("web"), shop.Plan.Phase));
    }

    private static FakeCluster Shop(Gate gate, double start = 5) => Shop([gate], start);

    private static FakeCluster Shop(IReadOnlyList<Gate> gates, double start = 5) =>
        new FakeCluster()
            .With(
                "web",
                down: 1,
                up: 2,
                start: start,
                stage: view => view with { Gates = new Parsed<IReadOnlyList<Gate>>(gates, []) }
            )
            .With("db", down: 2, up: 1, replicas: 1);

    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> Places = [];

    private static Webhook Guarding(string plural, string operation) =>
        new("size.guard", "guard", "hook", [new(["*"], [plural], [operation], "*")], new([]), new([]));

    private static GateAnswer Webhooks(params Webhook[] all) => new(true, "") { Webhooks = new(all, [], Places) };

    /// <summary>Those of UpsScalers, and of Services.</summary>
    private static IEnumerable<AskedGate> Asked(FakeCluster shop) =>
        shop.Plan.Gates.Where(asked => asked.Key.Gate.Kind != GateKind.Webhooks);
}
