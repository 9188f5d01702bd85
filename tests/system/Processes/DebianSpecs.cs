using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;

namespace Ebb.Tests.Processes;

/// <summary>The whole way with Debian's programs at both ends: upsd and dummy-ups in front, kubectl behind.</summary>
public sealed class DebianSpecs
{
    [Fact]
    public async Task An_outage_told_by_dummy_ups_puts_the_cluster_to_sleep_and_wakes_it_as_kubectl_shows()
    {
        var kubectl = Counterpart.Need("kubectl", "kubernetes-client");
        await using var dummy = await DummyUps.StartAsync();
        var kubeconfig = Path.Combine(dummy.Folder, "kubeconfig");
        await using var ebb = await RealProcess.FunctionsAsync(
            new Dictionary<string, string>
            {
                ["Power__Sources__0"] = dummy.Address,
                ["Cluster__Mode"] = "simulation",
                ["Simulation__Kubeconfig"] = kubeconfig,
                ["Simulation__Speed"] = "30",
            }
        );
        async Task<string> Kubectl(params string[] arguments) =>
            (
                await Run.Async(
                    kubectl,
                    new Dictionary<string, string> { ["KUBECONFIG"] = kubeconfig, ["HOME"] = dummy.Folder },
                    arguments
                )
            ).Output;

        var before = await ebb.SettledAsync();

        await dummy.SetAsync("OB DISCHRG");
        await ebb.UntilPhaseAsync("asleep");
        var status = await ebb.GetAsync("/api/status");
        Assert.Equal("battery", (string?)status["power"]!["mains"]);
        var shown = await Kubectl("get", "ups", "-A", "--no-headers");
        await ebb.UntilAsync(
            async () =>
                (shown = await Kubectl("get", "ups", "-A", "--no-headers"))
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .All(line => line.Contains("Asleep", StringComparison.Ordinal)),
            $"kubectl shows every UpsScaler asleep"
        );
        Assert.DoesNotContain(" -1 ", shown, StringComparison.Ordinal);

        await dummy.SetAsync("OB DISCHRG LB");
        await ebb.UntilAsync(
            async () => (string?)(await ebb.GetAsync("/api/status"))["power"]!["battery"] == "low",
            "the battery is low"
        );
        await dummy.SetAsync("OL CHRG");
        Assert.Equal(before, await ebb.SettledAsync());
        Assert.DoesNotContain("Asleep", await Kubectl("get", "ups", "-A", "--no-headers"), StringComparison.Ordinal);
        var waited = await Kubectl("wait", "--for=condition=Ready", "ups", "--all", "-A", "--timeout=60s");
        Assert.Equal(
            (await Kubectl("get", "ups", "-A", "--no-headers")).Count('\n'),
            waited.Split('\n').Count(line => line.EndsWith("condition met", StringComparison.Ordinal))
        );
    }
}
