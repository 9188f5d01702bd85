using Ebb.Engine.Settings;
using Microsoft.Extensions.Configuration;

namespace Ebb.Tests.Nut;

/// <summary>What is said of the UPSes' settings before anything starts.</summary>
public sealed class SupplySettingsSpecs
{
    [Theory]
    [InlineData("2", "nut://nas/a nut://nas/b", null)]
    [InlineData("1", "", null)]
    [InlineData("2", "nut://nas/a", "at most 1, because Power__Sources names 1 UPS (a), found 2")]
    [InlineData(
        "3",
        "rack=nut://nas/a Rack=http://exporter/m?ups=a b=nut://nas/b",
        "at most 2, because Power__Sources names 2 UPSes (rack, b), found 3"
    )]
    [InlineData("2", "", "at most 1, because Power__Sources names 0 UPSes, found 2")]
    public void More_supplies_than_there_are_cannot_be_needed(string least, string sources, string? fault)
    {
        var faults = Faults(sources, ("Power:MinimumSupplies", least));
        Assert.Equal(fault is null ? [] : [$"Power__MinimumSupplies: expected {fault}"], faults);
    }

    [Theory]
    [InlineData("0s", true)]
    [InlineData("45s", true)]
    [InlineData("-1s", false)]
    [InlineData("25h", false)]
    [InlineData("soon", false)]
    public void How_long_a_supply_may_be_off_is_a_duration_of_at_most_a_day(string text, bool right)
    {
        var faults = Faults("nut://nas/a", ("Power:OffFor", text));
        if (right)
            Assert.Empty(faults);
        else
            Assert.StartsWith("Power__OffFor: expected a duration", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a:rack=1", null)]
    [InlineData("A,b:rack in (1,2),!spare", null)]
    [InlineData("rack=1", "UPSes and a label selector of nodes, such as ups-a,ups-b:rack=1, found \"rack=1\"")]
    [InlineData("a:", "UPSes and a label selector of nodes, such as ups-a,ups-b:rack=1, found \"a:\"")]
    [InlineData("a,c:rack=1", "UPSes of Power__Sources (a, b), found \"c\"")]
    public void Domains_name_UPSes_that_there_are_and_the_nodes_that_they_feed(string text, string? fault) =>
        Assert.Equal(
            fault is null ? [] : [$"Power__Domains__0: expected {fault}"],
            Faults("nut://nas/a nut://nas/b", ("Power:Domains:0", text))
        );

    [Fact]
    public void A_source_that_is_wrong_is_told_alone() =>
        Assert.StartsWith(
            "Power__Sources__1: ",
            Assert.Single(Faults("nut://nas/a nut://[fe80::1%25nosuch0]/b", ("Power:MinimumSupplies", "2"))),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_real_UPS_is_not_combined_with_a_simulated_cluster_unless_that_is_asked_for() =>
        Assert.Equal(
            "Cluster__Mode: expected kubeconfig, incluster or simulation, because Power__Sources names a UPS and this is "
                + "no pod, found nothing",
            Assert.Single(Faults("nut://nas/a", ("Cluster:Mode", "")))
        );

    [Fact]
    public void Where_power_is_not_followed_there_is_no_source() =>
        Assert.Equal(
            "Power__Sources__0: expected nothing, because Power__Enabled is false, found a UPS",
            Assert.Single(Faults("nut://nas/a", ("Power:Enabled", "false")))
        );

    private static IReadOnlyList<string> Faults(string sources, params (string Key, string Value)[] settings) =>
        [
            .. EbbSettingsReader
                .Read(
                    new ConfigurationBuilder()
                        .AddInMemoryCollection(
                            sources
                                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                                .Select((value, i) => ($"Power:Sources:{i}", value))
                                .Concat(settings)
                                .Append(("Cluster:Mode", "simulation"))
                                .DistinctBy(s => s.Item1)
                                .Select(s => KeyValuePair.Create(s.Item1, (string?)s.Item2))
                        )
                        .Build()
                )
                .Faults.Select(f => f.ToString()),
        ];
}
