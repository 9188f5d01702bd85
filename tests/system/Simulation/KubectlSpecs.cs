using Ebb.Simulation;
using Ebb.Simulation.Clock;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Simulation;

/// <summary>The real kubectl against the simulation.</summary>
public sealed class KubectlSpecs
{
    [LongTheory]
    [MemberData(nameof(Kubectl.Both), MemberType = typeof(Kubectl))]
    public async Task Kubectl_applies_reads_changes_and_deletes(string which)
    {
        await using var cluster = await SimulatedCluster.StartAsync(
            new SimulationOptions { Clock = new SimulationClock(World.Start, 50), World = World.Nodes },
            TestContext.Current.CancellationToken
        );
        using var kubectl = Kubectl.For(which, cluster);
        var manifest = Path.Combine(kubectl.Home.FullName, "web.yaml");
        await File.WriteAllTextAsync(manifest, World.Deployment("web", 2), TestContext.Current.CancellationToken);
        Task<string> Run(string arguments) => kubectl.Run(arguments);

        Assert.Contains("deployment.apps/web created", await Run($"apply -f {manifest}"), StringComparison.Ordinal);
        Assert.Contains("unchanged", await Run($"apply -f {manifest}"), StringComparison.Ordinal);
        Assert.Contains(
            "successfully rolled out",
            await Run("rollout status deployment/web --timeout=20s"),
            StringComparison.Ordinal
        );
        await File.WriteAllTextAsync(manifest, World.Deployment("web", 3), TestContext.Current.CancellationToken);
        Assert.Contains("configured", await Run($"apply -f {manifest}"), StringComparison.Ordinal);
        Assert.Contains("SELECTOR", await Run("get deployments -o wide"), StringComparison.Ordinal);
        Assert.Contains("scaled", await Run("scale deployment/web --replicas=1"), StringComparison.Ordinal);
        Assert.Contains(
            "scaled",
            await Run("scale deployment/web --replicas=2 --current-replicas=1"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "patched",
            await Run("patch deployment web -p {\"spec\":{\"replicas\":1}}"),
            StringComparison.Ordinal
        );
        Assert.Contains("annotated", await Run("annotate deployment web note=here"), StringComparison.Ordinal);
        var described = await Run("describe deployment web");
        Assert.Contains("note: here", described, StringComparison.Ordinal);
        Assert.Contains("ScalingReplicaSet", described, StringComparison.Ordinal);
        Assert.Contains("n1", await Run("get nodes -o wide"), StringComparison.Ordinal);
        Assert.Contains(
            "deleted",
            await Run("delete deployment web --wait=true --timeout=20s"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Kubectl.Both), MemberType = typeof(Kubectl))]
    public async Task Kubectl_get_watch_shows_a_scale_down_as_it_happens(string which)
    {
        await using var cluster = await SimulatedCluster.StartAsync(
            new SimulationOptions
            {
                Clock = new SimulationClock(World.Start, 20),
                World = World.Nodes + "\n---\n" + World.Deployment("web", 1, start: 0.1),
            },
            TestContext.Current.CancellationToken
        );
        using var kubectl = Kubectl.For(which, cluster);
        using var watch = kubectl.Start("get deployments -w");
        Assert.Contains(
            "READY",
            await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        cluster.Store.Patch(
            "deployments.apps",
            "default",
            "web",
            new() { ["spec"] = new System.Text.Json.Nodes.JsonObject { ["replicas"] = 0 } }
        );
        string? line;
        do
        {
            line = await watch
                .StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
                .AsTask()
                .WaitAsync(TimeSpan.FromSeconds(20));
        } while (line is not null && !line.Contains("0/0", StringComparison.Ordinal));
        watch.Kill();
        Assert.NotNull(line);
    }
}
