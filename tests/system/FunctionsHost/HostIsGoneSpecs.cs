using System.Diagnostics;
using Ebb.Tests.Harness;

namespace Ebb.Tests.FunctionsHost;

/// <summary>
/// However the host ends, its worker ends with it and gives its lease back, so that the next worker leads at once.
/// </summary>
public sealed class HostIsGoneSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [LongTheory]
    [InlineData("terminate")]
    [InlineData("cut")]
    public async Task A_worker_that_is_told_to_stop_or_whose_stream_is_cut_ends_and_gives_its_lease_back(string how)
    {
        await using var world = await World.StartAsync("");
        await using var host = await HostDouble.StartAsync(await PublishedFunctions.RootAsync(), Settings(world));
        await host.TickAsync("PollUps");
        await host.Process.UntilAsync(() => Task.FromResult(Holder(world) is { Length: > 0 }), "the worker leads");
        if (how == "terminate")
            host.Terminate(TimeSpan.FromSeconds(5));
        else
            await host.Streams.CutAsync();
        Assert.Equal(0, await host.Process.ExitAsync());
        Assert.Equal("", Holder(world) ?? "");
        Assert.Equal(
            how == "cut",
            host.Process.Output.Contains("warn: Ebb.Functions.Worker.HostStream", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_worker_whose_host_is_killed_ends_and_gives_its_lease_back()
    {
        await using var world = await World.StartAsync("");
        var (host, id) = await HostProcess.StartAsync(await PublishedFunctions.RootAsync(), Settings(world));
        await using (host)
        {
            using var worker = Process.GetProcessById(id);
            await host.UntilAsync(() => Task.FromResult(Holder(world) is { Length: > 0 }), "the worker leads");
            // SIGKILL, and of the host alone: its worker is left to itself.
            host.Process.Kill(entireProcessTree: false);
            using var deadline = new CancellationTokenSource(Patience);
            await worker.WaitForExitAsync(deadline.Token);
            Assert.Equal("", Holder(world) ?? "");
        }
    }

    private static string? Holder(World world) =>
        (string?)world.Cluster.Store.Get("leases.coordination.k8s.io", "ebb-system", "ebb")?["spec"]?["holderIdentity"];

    private static Dictionary<string, string> Settings(World world) =>
        new()
        {
            ["Cluster__Mode"] = "kubeconfig",
            ["KUBECONFIG"] = world.Kubeconfig,
            ["Power__Sources__0"] = $"nut://127.0.0.1:{world.Ups.Port}/{world.Ups.Name}",
            ["Keys__View"] = "view-key-0123456789",
            ["Keys__Control"] = "control-key-0123456789",
        };
}
