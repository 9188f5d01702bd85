using Ebb.Core.Hooks;
using Ebb.Core.Power;
using Ebb.Core.Tests.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Planning;

/// <summary>What is told beforehand of a supply that fails alone is what becomes of it when it does.</summary>
public sealed class DomainForecastSpecs
{
    private readonly FakeCluster _shop;
    private readonly UpsScenario _b = new(ups: "ups-b");

    public DomainForecastSpecs() => _shop = Shop();

    private FakeCluster Shop(PowerSettings? settings = null)
    {
        var shop = new FakeCluster(settings, "ups-a")
            .With("db", 2, 1)
            .With("cache", 1, 2)
            .With("web", 1, 3)
            .With("lost", 3, 3);
        shop.Beside[_b] = "OL";
        shop.Nodes = [Node("n1", "ups-a"), Node("n2", "ups-b"), Node("n3", "ups-a", "ups-b")];
        return shop.Place("db", ["n1"]).Place("cache", ["n1"]).Place("web", ["n1", "n2"]).Place("lost", null);
    }

    [Fact]
    public void Of_each_supply_it_is_told_what_sleeps_in_its_order_and_what_is_left_running_and_why()
    {
        _shop.Run(70, "OL");
        var told = Forecast(_shop);
        Assert.Equal(["ups-a", "ups-b"], told.Select(one => one.Supply));
        Assert.Equal(["n1"], told[0].Nodes);
        Assert.Equal(["deployment shop/cache", "deployment shop/db"], told[0].Asleep.Select(m => $"{m}"));
        Assert.Equal(
            [
                "deployment shop/web: it may run on n2, fed by ups-b",
                "deployment shop/lost: a pod of it is on no node that is known; which supply feeds it is not known",
            ],
            told[0].Running.Select(left => $"{left.Member}: {left.Why}")
        );
        Assert.Equal((1, 0, 4), (told[1].Nodes.Count, told[1].Asleep.Count, told[1].Running.Count));
        Assert.All(told, one => Assert.False(one.IsWhole));
    }

    [Fact]
    public void What_was_told_is_what_happens()
    {
        _shop.Run(70, "OL");
        var told = Forecast(_shop)[0];
        _shop.Run(60, "OB");
        Assert.Equal(
            told.Asleep.Select(m => m.Scaler.TargetName).Order(),
            _shop.Workloads.Where(w => w.Replicas == 0).Select(w => w.Name).Order()
        );
        Assert.All(
            told.Running,
            left => Assert.StartsWith($"left running: {left.Why}", _shop.StateOf(left.Member.Scaler.TargetName!).Reason)
        );
        // And it is still told while it happens.
        Assert.Equal(told.Asleep.Select(m => $"{m}"), Forecast(_shop)[0].Asleep.Select(m => $"{m}"));
    }

    [Theory]
    [InlineData("OB", 100)]
    [InlineData("OL", 10)]
    public void How_the_supplies_are_now_makes_no_difference(string other, double charge)
    {
        _shop.Run(70, "OL");
        var before = Told();
        _shop.Beside[_b] = other;
        _shop.Run(3, "OL", charge);
        Assert.Equal(before, Told());

        List<string> Told() => [.. Forecast(_shop)[0].Asleep.Select(m => $"{m}")];
    }

    [Fact]
    public void Where_too_few_are_left_all_go_to_sleep()
    {
        var shop = Shop(new PowerSettings { MinimumSupplies = 2 });
        shop.WithHook("flags", 1, 1, new(HookKind.Job) { CronJob = "flags" });
        shop.Run(70, "OL");
        var told = Forecast(shop)[0];
        Assert.True(told.IsWhole);
        Assert.Equal(["cache", "web", "db", "lost"], told.Asleep.Select(m => m.Scaler.TargetName));
        Assert.Empty(told.Running);
        Assert.Equal(["n1"], told.Nodes);
    }

    [Fact]
    public void What_is_refused_is_in_neither()
    {
        _shop.With("pod", 1, 1, type: "pod").Place("pod", ["n1"]);
        _shop.Run(70, "OL");
        var told = Forecast(_shop)[0];
        Assert.DoesNotContain(
            told.Asleep.Concat(told.Running.Select(r => r.Member)),
            m => m.Scaler.TargetName == "pod"
        );
    }

    [Fact]
    public void Where_no_node_names_one_or_none_can_be_read_there_is_nothing_to_tell()
    {
        _shop.Nodes = [Node("n1"), Node("n2", "ups-x")];
        _shop.Run(70, "OL");
        Assert.Empty(Forecast(_shop));
        _shop.Nodes = null;
        Assert.Empty(Forecast(_shop));
    }

    private static IReadOnlyList<DomainForecast> Forecast(FakeCluster shop)
    {
        var input = shop.Input();
        return DomainForecast.Of(input.Cluster, input.Members, input.Power.Supplies, shop.Settings, input.Now);
    }

    private static NodeView Node(string name, params string[] supplies) =>
        new(name, true, true) { Supplies = supplies };
}
