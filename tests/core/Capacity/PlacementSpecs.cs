using Ebb.Core.Capacity;

namespace Ebb.Core.Tests.Capacity;

public sealed class PlacementSpecs
{
    private static readonly NodeFacts Node = new()
    {
        Name = "n1",
        Ready = true,
        Labels = new Dictionary<string, string> { ["zone"] = "a", ["disk"] = "ssd" },
        Allocatable = Amounts.None,
    };

    private static Placement Selecting(string key, string value) =>
        new(new Dictionary<string, string> { [key] = value }, [], []);

    [Theory]
    [InlineData("Gt", "900", "950", true)]
    [InlineData("Gt", "950", "950", false)]
    [InlineData("Gt", "951", "950", false)]
    [InlineData("Lt", "951", "950", true)]
    [InlineData("Lt", "950", "950", false)]
    [InlineData("Gt", "900", "high", false)]
    [InlineData("Gt", "low", "950", false)]
    [InlineData("Gt", "-5", "-4", true)]
    [InlineData("Near", "950", "950", false)]
    [InlineData("", "950", "950", true)]
    [InlineData(null, "950", "950", true)]
    [InlineData("Exists", null, "950", true)]
    public void A_toleration_compares_the_taint_with_its_value(
        string? how,
        string? value,
        string taint,
        bool tolerated
    ) =>
        Assert.Equal(
            tolerated,
            new Toleration("sla", how, value, "NoSchedule").Tolerates(new Taint("sla", taint, "NoSchedule"))
        );

    [Fact]
    public void Two_node_selectors_both_hold()
    {
        var both = Selecting("zone", "a").And(new Dictionary<string, string> { ["disk"] = "ssd" });
        Assert.Null(both.Refusal(Node));
        var contradiction = Selecting("zone", "a").And(new Dictionary<string, string> { ["zone"] = "b" });
        Assert.NotNull(contradiction.Refusal(Node));
        Assert.NotNull(contradiction.Refusal(Node with { Labels = new Dictionary<string, string> { ["zone"] = "b" } }));
    }

    [Fact]
    public void A_contradiction_also_holds_beside_an_affinity()
    {
        var placement = new Placement(
            new Dictionary<string, string> { ["zone"] = "a" },
            [new NodeTerm([new NodeRequirement("disk", "Exists", [])])],
            []
        );
        Assert.Null(placement.Refusal(Node));
        Assert.NotNull(placement.And(new Dictionary<string, string> { ["zone"] = "b" }).Refusal(Node));
    }

    [Fact]
    public void A_pod_that_names_its_node_goes_past_the_scheduler_but_not_past_no_execute()
    {
        var pinned = new Placement(new Dictionary<string, string>(), [], [], "n1");
        Assert.Null(pinned.Refusal(Node with { Unschedulable = true }));
        Assert.Null(pinned.Refusal(Node with { Taints = [new Taint("a", "", "NoSchedule")] }));
        Assert.Equal("taint a:NoExecute", pinned.Refusal(Node with { Taints = [new Taint("a", "", "NoExecute")] }));
        Assert.Equal("not n1", pinned.Refusal(Node with { Name = "n2" }));
    }
}
