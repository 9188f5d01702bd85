using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// All is asleep, and then the lights really go out: Ebb, the API server, upsd and the nodes stop. An hour later they
/// come back in
/// whatever order, the nodes one by one.
/// </summary>
public sealed class LightsOutSpecs
{
    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "20s",
        ["Power__RestoreCharge"] = "40",
        ["Power__WaveTimeout"] = "5min",
    };

    private const string Node = """
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: NAME}
        status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}, allocatable: {cpu: "16", memory: 64Gi, pods: "110"}}

        """;

    public static TheoryData<string> Orders =>
        ["api ups ebb nodes", "ebb ups api nodes", "ups nodes api ebb", "nodes api ebb ups"];

    [LongTheory]
    [MemberData(nameof(Orders))]
    public async Task They_come_back_in_any_order_and_everything_is_what_it_was(string order)
    {
        var three =
            EveryKind.Manifests.Replace(
                "metadata: {name: node-1, labels: {kubernetes.io/hostname: node-1}}",
                "metadata: {name: node-1}",
                StringComparison.Ordinal
            )
            + string.Concat(
                Enumerable.Range(2, 2).Select(n => Node.Replace("NAME", $"node-{n}", StringComparison.Ordinal))
            );
        await using var world = await World.StartAsync(three);
        var (kinds, sync) = (new EveryKind(world), new Lock());
        world.Cluster.Faults.AfterApplied = request =>
        {
            lock (sync)
                kinds.Look(request);
        };
        var ebb = EbbProcess.Start(world, Hurried);
        try
        {
            world.Ups.StatusOverride = "OL";
            await UntilAsync(() => world.Seconds > 75, 100);
            world.Ups.StatusOverride = "OB";
            await UntilAsync(() => kinds.AllAsleep, 100);

            await ebb.DisposeAsync();
            world.Cluster.Faults.CutOff = true;
            world.Ups.Refuse = true;
            world.Ups.CutConnections();
            for (var n = 1; n <= 3; n++)
                world.Cluster.PowerOffNode($"node-{n}");
            world.Clock.Advance(TimeSpan.FromHours(1));

            // Mains is back, the battery is nearly empty.
            world.Ups.StatusOverride = "OL CHRG";
            world.Ups.SetVariable("battery.charge", "12");
            var up = false;
            foreach (var what in order.Split(' '))
            {
                switch (what)
                {
                    case "api":
                        world.Cluster.Faults.CutOff = false;
                        break;
                    case "ups":
                        world.Ups.Refuse = false;
                        break;
                    case "ebb":
                        ebb = EbbProcess.Start(
                            world,
                            Hurried,
                            new() { WriteDeadline = TimeSpan.FromMilliseconds(300), Attempts = 2 }
                        );
                        up = true;
                        break;
                    case "nodes":
                        world.Cluster.PowerOnNode("node-1");
                        world.Cluster.PowerOnNode("node-2");
                        break;
                    default:
                        throw new InvalidOperationException(what);
                }
                for (var i = 0; i < 10; i++)
                {
                    world.Clock.Advance(TimeSpan.FromSeconds(3));
                    if (up)
                        await ebb.BlindTurnAsync();
                }
                Assert.True(kinds.AllAsleep, $"after {what} something is awake already");
            }
            for (var i = 0; i < 30; i++)
                await ebb.StepAsync();
            Assert.True(kinds.AllAsleep, "woken below the charge that is needed");
            world.Ups.SetVariable("battery.charge", "55");
            for (var i = 0; i < 30; i++)
                await ebb.StepAsync();
            Assert.True(kinds.AllAsleep, "woken before the nodes that are needed were ready");
            Assert.Contains("node-3", ebb.View.Plan.Reason, StringComparison.Ordinal);
            world.Cluster.PowerOnNode("node-3");
            await UntilAsync(() => kinds.AllAwake, 300);
            kinds.EndedAsItBegan();
            Assert.Empty(kinds.Broken);
        }
        finally
        {
            await ebb.DisposeAsync();
        }

        async Task UntilAsync(Func<bool> condition, int most)
        {
            for (var i = 0; !condition(); i++)
            {
                Assert.True(
                    i < most,
                    $"not within {most} s: {ebb.Path.View?.Plan.Phase}: {ebb.Path.View?.Plan.Reason}"
                );
                await ebb.StepAsync();
            }
        }
    }
}
