using Ebb.Kubernetes.Api;
using Ebb.Nut;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// An outage with an API server that is as sick as everything else. It ends as it began, and nothing is broken on the
/// way.
/// </summary>
public sealed class ApiServerSpecs
{
    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "120s",
    };

    private static readonly KubernetesApiOptions Impatient = new()
    {
        AttemptTimeout = TimeSpan.FromMilliseconds(250),
        WriteDeadline = TimeSpan.FromMilliseconds(700),
        ReadDeadline = TimeSpan.FromMilliseconds(700),
        Attempts = 3,
    };

    public static TheoryData<string> Sicknesses =>
        ["429", "500", "503", "reset", "reset in the answer", "silence", "conflict"];

    [LongTheory]
    [MemberData(nameof(Sicknesses))]
    public async Task Every_third_request_fails(string sickness)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var (kinds, chance, sync) = (new EveryKind(world), new Random(7), new Lock());
        await using var ebb = EbbProcess.Start(world, Hurried, Impatient);
        world.Ups.StatusOverride = "OL";
        await UntilAsync(ebb, world, () => world.Seconds > 75);
        // Watches are left alone here, or nothing would ever be seen: they have their own tests.
        world.Cluster.Faults.Add(
            r =>
                r.UserAgent.StartsWith("ebb/", StringComparison.Ordinal)
                && !r.Query.Contains("watch=1", StringComparison.Ordinal)
                && IsThird(),
            sickness switch
            {
                "429" => new Fault.ErrorStatus(429, 1),
                "500" => new Fault.ErrorStatus(500),
                "503" => new Fault.ErrorStatus(503),
                "reset" => new Fault.Reset(),
                "reset in the answer" => new Fault.ResetInAnswer(),
                "silence" => new Fault.Delay(TimeSpan.FromSeconds(1)),
                "conflict" => new Fault.Conflict(),
                _ => throw new InvalidOperationException(sickness),
            }
        );
        world.Cluster.Faults.AfterApplied = request =>
        {
            lock (sync)
                kinds.Look(request);
        };
        await OutageAsync(ebb, world, kinds);
        Assert.Empty(kinds.Broken);

        bool IsThird()
        {
            lock (sync)
                return chance.Next(3) == 0;
        }
    }

    /// <summary>
    /// With the deadlines that are shipped, and ten seconds of the real clock in which no request is answered.
    /// </summary>
    [LongTheory]
    [InlineData("going down")]
    [InlineData("waking")]
    public async Task Ten_seconds_of_silence(string phase)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var (kinds, sync) = (new EveryKind(world), new Lock());
        await using var ebb = EbbProcess.Start(world, Hurried);
        world.Cluster.Faults.AfterApplied = request =>
        {
            lock (sync)
                kinds.Look(request);
        };
        world.Ups.StatusOverride = "OL";
        await UntilAsync(ebb, world, () => world.Seconds > 75);
        world.Ups.StatusOverride = "OB";
        if (phase == "going down")
        {
            await UntilAsync(ebb, world, () => ebb.View.Plan.Wave?.Position == 2);
            await SilentAsync();
        }
        await UntilAsync(ebb, world, () => kinds.AllAsleep);
        world.Ups.StatusOverride = "OL CHRG";
        if (phase == "waking")
        {
            await UntilAsync(ebb, world, () => kinds.FirstWaveAwake);
            await SilentAsync();
        }
        await UntilAsync(ebb, world, () => kinds.AllAwake);
        kinds.EndedAsItBegan();
        Assert.Empty(kinds.Broken);

        async Task SilentAsync()
        {
            var until = System.Diagnostics.Stopwatch.GetTimestamp() + 10 * System.Diagnostics.Stopwatch.Frequency;
            world.Cluster.Faults.Add(
                r =>
                    r.UserAgent.StartsWith("ebb/", StringComparison.Ordinal)
                    && !r.Query.Contains("watch=1", StringComparison.Ordinal)
                    && System.Diagnostics.Stopwatch.GetTimestamp() < until,
                new Fault.Delay(TimeSpan.FromSeconds(10))
            );
            do await ebb.StepAsync();
            while (System.Diagnostics.Stopwatch.GetTimestamp() < until);
        }
    }

    [LongFact]
    public async Task A_kind_that_is_forbidden_is_reported_and_the_others_go_on()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        world.Cluster.Store.Patch(
            "clusterroles.rbac.authorization.k8s.io",
            null,
            "ebb-operator",
            new()
            {
                ["rules"] = new System.Text.Json.Nodes.JsonArray([
                    .. world.Cluster.Store.Get("clusterroles.rbac.authorization.k8s.io", null, "ebb-operator")![
                        "rules"
                    ]!
                        .AsArray()
                        .Where(r => !r!.ToJsonString().Contains("cnpg", StringComparison.Ordinal))
                        .Select(r => r!.DeepClone()),
                ]),
            }
        );
        await using var ebb = EbbProcess.Start(world, Hurried, Impatient);
        world.Ups.StatusOverride = "OL";
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        world.Ups.StatusOverride = "OB";
        for (var i = 0; i < 60; i++)
            await ebb.StepAsync();
        Assert.Equal(
            "0",
            world.Cluster.Store.Get("deployments.apps", "shop", "web")!["spec"]!["replicas"]!.ToJsonString()
        );
        Assert.Contains(
            ebb.View.Cluster.Troubles,
            t => t.Contains("clusters.postgresql.cnpg.io", StringComparison.Ordinal)
        );
        Assert.Equal(
            Core.Workloads.WorkloadPhase.Unknown,
            ebb.View.Plan.Workloads.Single(w => w.Member.Scaler.TargetName == "orders").Phase
        );
        Assert.Equal(
            Core.Workloads.WorkloadPhase.Asleep,
            ebb.View.Plan.Workloads.Single(w => w.Member.Scaler.Ref.Name == "cronjob-report").Phase
        );
    }

    [LongTheory]
    [InlineData("before")]
    [InlineData("going down")]
    [InlineData("asleep")]
    [InlineData("waking")]
    public async Task Unreachable_for_ten_minutes(string phase)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var (kinds, sync) = (new EveryKind(world), new Lock());
        await using var ebb = EbbProcess.Start(world, Hurried, Impatient);
        world.Cluster.Faults.AfterApplied = request =>
        {
            lock (sync)
                kinds.Look(request);
        };
        // A battery that lasts: one that is used up meanwhile would leave no time to wait for a wave.
        world.Ups.SetVariable("battery.runtime", "28800");
        world.Ups.StatusOverride = "OL";
        await UntilAsync(ebb, world, () => world.Seconds > 75);
        if (phase == "before")
            await GoneAsync();
        world.Ups.StatusOverride = "OB";
        if (phase == "going down")
        {
            await UntilAsync(ebb, world, () => ebb.View.Plan.Wave?.Position == 2);
            await GoneAsync();
        }
        await UntilAsync(ebb, world, () => kinds.AllAsleep);
        if (phase == "asleep")
            await GoneAsync();
        world.Ups.StatusOverride = "OL CHRG";
        if (phase == "waking")
        {
            await UntilAsync(ebb, world, () => kinds.FirstWaveAwake);
            await GoneAsync();
        }
        await UntilAsync(ebb, world, () => kinds.AllAwake);
        kinds.EndedAsItBegan();
        Assert.Empty(kinds.Broken);

        async Task GoneAsync()
        {
            world.Cluster.Faults.CutOff = true;
            for (var i = 0; i < 20; i++)
            {
                world.Clock.Advance(TimeSpan.FromSeconds(30));
                await ebb.BlindTurnAsync();
            }
            world.Cluster.Faults.CutOff = false;
            await ebb.SeesAsync(TestContext.Current.CancellationToken);
        }
    }

    [LongTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_watch_that_ends_with_410_in_mid_outage_is_begun_anew(bool inTheStream)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var (kinds, sync) = (new EveryKind(world), new Lock());
        await using var ebb = EbbProcess.Start(world, Hurried, Impatient);
        world.Cluster.Faults.AfterApplied = request =>
        {
            lock (sync)
                kinds.Look(request);
        };
        world.Ups.StatusOverride = "OL";
        await UntilAsync(ebb, world, () => world.Seconds > 75);
        world.Ups.StatusOverride = "OB";
        for (var i = 0; i < 6; i++)
        {
            await ebb.StepAsync();
            world.Cluster.Store.Compact();
            world.Cluster.Store.EndWatches(expired: inTheStream);
        }
        await OutageAsync(ebb, world, kinds);
        Assert.Empty(kinds.Broken);
    }

    private static async Task OutageAsync(EbbProcess ebb, World world, EveryKind kinds)
    {
        world.Ups.StatusOverride = "OB";
        await UntilAsync(ebb, world, () => kinds.AllAsleep);
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(ebb, world, () => kinds.AllAwake);
        kinds.EndedAsItBegan();
    }

    private static async Task UntilAsync(EbbProcess ebb, World world, Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(
                i < 900,
                $"not within 900 s: {ebb.Path.View?.Plan.Phase}: {ebb.Path.View?.Plan.Reason}; "
                    + string.Join(
                        "; ",
                        ebb.Path.View?.Plan.Workloads.Where(w => w.Phase != Core.Workloads.WorkloadPhase.Awake)
                            .Select(w => $"{w.Member} {w.Phase} {w.Reason}")
                            ?? []
                    )
            );
            await ebb.StepAsync();
        }
    }
}
