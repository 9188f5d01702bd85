using System.Diagnostics;
using Ebb.Simulation;

namespace Ebb.Tests.Simulation;

/// <summary>The real kubectl against the simulation.</summary>
public sealed class KubectlSpecs
{
    /// <summary>Debian's, which is old, and whatever newer one the machine has.</summary>
    public static TheoryData<string> Kubectls => ["debian", "newer"];

    [Theory]
    [MemberData(nameof(Kubectls))]
    public async Task Kubectl_applies_reads_changes_and_deletes(string which)
    {
        var kubectl = Find(which);
        await using var cluster = await SimulatedCluster.StartAsync(
            new SimulationOptions { Clock = new SimulationClock(World.Start, 50), World = World.Nodes }, TestContext.Current.CancellationToken);
        var folder = Directory.CreateTempSubdirectory("ebb-kubectl-");
        try
        {
            var config = Path.Combine(folder.FullName, "config");
            var manifest = Path.Combine(folder.FullName, "web.yaml");
            await File.WriteAllTextAsync(config, cluster.Kubeconfig, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(manifest, World.Deployment("web", 2), TestContext.Current.CancellationToken);
            Task<string> Run(string arguments) => Kubectl(kubectl, config, folder.FullName, arguments);

            Assert.Contains("deployment.apps/web created", await Run($"apply -f {manifest}"), StringComparison.Ordinal);
            Assert.Contains("unchanged", await Run($"apply -f {manifest}"), StringComparison.Ordinal);
            Assert.Contains("successfully rolled out", await Run("rollout status deployment/web --timeout=20s"), StringComparison.Ordinal);
            await File.WriteAllTextAsync(manifest, World.Deployment("web", 3), TestContext.Current.CancellationToken);
            Assert.Contains("configured", await Run($"apply -f {manifest}"), StringComparison.Ordinal);
            Assert.Contains("SELECTOR", await Run("get deployments -o wide"), StringComparison.Ordinal);
            Assert.Contains("scaled", await Run("scale deployment/web --replicas=1"), StringComparison.Ordinal);
            Assert.Contains("scaled", await Run("scale deployment/web --replicas=2 --current-replicas=1"), StringComparison.Ordinal);
            Assert.Contains("patched", await Run("patch deployment web -p {\"spec\":{\"replicas\":1}}"), StringComparison.Ordinal);
            Assert.Contains("annotated", await Run("annotate deployment web note=here"), StringComparison.Ordinal);
            var described = await Run("describe deployment web");
            Assert.Contains("note: here", described, StringComparison.Ordinal);
            Assert.Contains("ScalingReplicaSet", described, StringComparison.Ordinal);
            Assert.Contains("n1", await Run("get nodes -o wide"), StringComparison.Ordinal);
            Assert.Contains("deleted", await Run("delete deployment web --wait=true --timeout=20s"), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Kubectls))]
    public async Task Kubectl_get_watch_shows_a_scale_down_as_it_happens(string which)
    {
        var kubectl = Find(which);
        await using var cluster = await SimulatedCluster.StartAsync(
            new SimulationOptions { Clock = new SimulationClock(World.Start, 20), World = World.Nodes + "\n---\n" + World.Deployment("web", 1, start: 0.1) }, TestContext.Current.CancellationToken);
        var folder = Directory.CreateTempSubdirectory("ebb-kubectl-");
        try
        {
            var config = Path.Combine(folder.FullName, "config");
            await File.WriteAllTextAsync(config, cluster.Kubeconfig, TestContext.Current.CancellationToken);
            using var watch = Start(kubectl, config, folder.FullName, "get deployments -w");
            Assert.Contains("READY", await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            cluster.Store.Patch("deployments.apps", "default", "web", new() { ["spec"] = new System.Text.Json.Nodes.JsonObject { ["replicas"] = 0 } });
            string? line;
            do
            {
                line = await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            }
            while (line is not null && !line.Contains("0/0", StringComparison.Ordinal));
            watch.Kill();
            Assert.NotNull(line);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Find(string which)
    {
        var debian = Path.Combine(Ebb.Tests.Harness.Repository.Root, "artifacts/counterparts/kubernetes-client/usr/bin/kubectl");
        var found = which == "debian"
            ? File.Exists(debian) ? debian : null
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, "kubectl")).FirstOrDefault(File.Exists);
        var missing = which == "debian" ? $"Debian's kubernetes-client is not unpacked at {debian}" : "kubectl is not on the PATH";
        // A newer kubectl comes from no package that is installed for the tests, so only Debian's can be required.
        Assert.SkipUnless(found is not null || (which == "debian" && Environment.GetEnvironmentVariable("EBB_REQUIRE_COUNTERPARTS") == "1"), missing);
        return found ?? throw new InvalidOperationException($"{missing}, and EBB_REQUIRE_COUNTERPARTS=1 asks for it");
    }

    private static Process Start(string kubectl, string config, string home, string arguments)
    {
        var start = new ProcessStartInfo(kubectl, arguments.Split(' ')) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = config;
        start.Environment["HOME"] = home;
        return Process.Start(start)!;
    }

    private static async Task<string> Kubectl(string kubectl, string config, string home, string arguments)
    {
        using var process = Start(kubectl, config, home, arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(40));
        Assert.True(process.ExitCode == 0, $"kubectl {arguments}: {await errors}{await output}");
        return await output;
    }
}
