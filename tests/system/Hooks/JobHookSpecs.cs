using System.Text.Json.Nodes;
using Ebb.Core.Outages;
using Ebb.Core.Waves;
using Ebb.Engine.Http;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Hooks;

/// <summary>Hooks that are Jobs, on the real wire.</summary>
public sealed class JobHookSpecs
{
    [Fact]
    public async Task A_Job_is_run_between_the_waves_once_down_and_once_up_and_is_told_why()
    {
        await using var world = await World.StartAsync(HookWorld.Manifest("{type: job, cronJob: flags}"));
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OL";
        await HookWorld.UntilAsync(ebb, () => world.Seconds > 75);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => world.Jobs().Count == 1);
        Assert.Equal((0, 1), (world.Replicas("shop", "web"), world.Replicas("shop", "db")));
        var job = world.Jobs()[0];
        Assert.StartsWith("flags-down-", (string?)job["metadata"]!["name"], StringComparison.Ordinal);
        Assert.Equal("UpsScaler", (string?)job["metadata"]!["ownerReferences"]![0]!["kind"]);
        Assert.Equal("86400", job["spec"]!["ttlSecondsAfterFinished"]!.ToJsonString());
        Assert.Equal("60", job["spec"]!["activeDeadlineSeconds"]!.ToJsonString());
        var env = job["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!
            .AsArray()
            .ToDictionary(e => (string)e!["name"]!, e => (string)e!["value"]!);
        Assert.Equal("down", env["EBB_DIRECTION"]);
        Assert.Contains("on battery", env["EBB_REASON"], StringComparison.Ordinal);
        Assert.True(DateTimeOffset.Parse(env["EBB_DEADLINE"]) > world.Clock.GetUtcNow());

        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        Assert.Equal("Succeeded", (string?)world.Run()!["outcome"]);
        Assert.Equal("Asleep", (string?)world.Scaler()["status"]!["phase"]);
        Assert.Contains("job hook has run (down)", world.Reason(), StringComparison.Ordinal);
        var plan = Readings.Plan(ebb.View, DurationHistory.Nothing, ebb.Settings.Power);
        Assert.Equal("job hook", Assert.Single(plan.Down[1].Workloads).Kind);

        world.Ups.StatusOverride = "OL CHRG";
        await HookWorld.UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal(
            ["flags-down", "flags-up"],
            world.Jobs().Select(j => string.Join('-', ((string)j["metadata"]!["name"]!).Split('-')[..2]))
        );
        Assert.Equal((2, 1), (world.Replicas("shop", "web"), world.Replicas("shop", "db")));
    }

    [Theory]
    [InlineData(0, 86400)]
    [InlineData(604800, 604800)]
    public async Task One_stays_for_a_day_at_least_whatever_its_template_says(int stated, int kept)
    {
        await using var world = await World.StartAsync(
            HookWorld
                .Manifest("{type: job, cronJob: flags, required: true}")
                .Replace(
                    "jobTemplate: {spec: {",
                    $"jobTemplate: {{spec: {{ttlSecondsAfterFinished: {stated}, ",
                    StringComparison.Ordinal
                )
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        Assert.Equal("Succeeded", (string?)world.Run()!["outcome"]);
        Assert.Equal(kept, (int)Assert.Single(world.Jobs())["spec"]!["ttlSecondsAfterFinished"]!);
    }

    [Fact]
    public async Task A_record_that_somebody_deletes_is_made_again_with_its_run_and_nothing_is_run_twice()
    {
        await using var world = await World.StartAsync(HookWorld.Manifest("{type: job, cronJob: flags}"));
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        var run = world.Run()!.ToJsonString();
        Assert.True(world.Cluster.Store.Delete("baselines.ebb.dev", "ebb-system", "shop.hook.flags"));
        await HookWorld.UntilAsync(ebb, () => world.Run()?.ToJsonString() == run);
        world.Ups.StatusOverride = "OL CHRG";
        await HookWorld.UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal(2, world.Jobs().Count);
    }

    [Fact]
    public async Task One_whose_UpsScaler_is_deleted_is_forgotten_and_the_rest_comes_back()
    {
        await using var world = await World.StartAsync(HookWorld.Manifest("{type: job, cronJob: flags}"));
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        world.Cluster.Store.Delete("upsscalers.ups-scaler.io", "shop", "flags");
        await HookWorld.UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 2);
        world.Ups.StatusOverride = "OL CHRG";
        await HookWorld.UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal((2, 1), (world.Replicas("shop", "web"), world.Replicas("shop", "db")));
    }

    [Fact]
    public async Task One_that_fails_is_told_with_its_condition_and_the_outage_goes_on()
    {
        await using var world = await World.StartAsync(
            HookWorld.Manifest(
                "{type: job, cronJob: flags}",
                annotations: "simulation.ebb.dev/run-seconds: \"2\", simulation.ebb.dev/fails: \"true\""
            )
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        await ebb.StepAsync();
        Assert.Equal(0, world.Replicas("shop", "db"));
        Assert.Contains("failed (down): Job shop/flags-down-", world.Reason(), StringComparison.Ordinal);
        Assert.Contains("BackoffLimitExceeded", world.Reason(), StringComparison.Ordinal);
        Assert.Single(world.Jobs());
        Assert.Contains(
            world.Cluster.Store.List("events"),
            e => (string?)e["reason"] == "HookFailed" && (string?)e["type"] == "Warning"
        );
    }

    [LongTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_fails_at_the_return_is_told_and_holds_the_later_waves_only_if_it_is_required(
        bool required
    )
    {
        await using var world = await World.StartAsync(
            HookWorld.Manifest($"{{type: job, cronJob: flags, required: {(required ? "true" : "false")}}}")
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        Next(world, "2", fails: true);
        world.Ups.StatusOverride = "OL CHRG";
        if (!required)
        {
            await HookWorld.UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
            Assert.Equal((2, 1, 2), (world.Replicas("shop", "web"), world.Replicas("shop", "db"), world.Jobs().Count));
            var told = Assert.Single(world.Cluster.Store.List("events"), e => (string?)e["reason"] == "HookFailed");
            Assert.StartsWith(
                "hook shop/flags: job hook failed (up): Job shop/flags-up-",
                (string?)(told["note"] ?? told["message"]),
                StringComparison.Ordinal
            );
            Assert.Contains(
                Assert.Single(ebb.Records.Reports!).Lines,
                line => line.Text.Contains("job hook failed (up)", StringComparison.Ordinal)
            );
            return;
        }
        await HookWorld.UntilAsync(
            ebb,
            () => world.Reason().Contains("job hook failed (up)", StringComparison.Ordinal)
        );
        // More than twice as long as a wave is waited for.
        for (var i = 0; i < 150; i++)
            await ebb.StepAsync();
        Assert.Equal((0, 1, 2), (world.Replicas("shop", "web"), world.Replicas("shop", "db"), world.Jobs().Count));
        Assert.EndsWith("; it is required, so the waves wait for it", world.Reason(), StringComparison.Ordinal);
        Assert.EndsWith(
            "; waves wait for what is required and failed: hook shop/flags",
            ebb.View.Plan.Reason,
            StringComparison.Ordinal
        );
        Assert.Contains(
            world.Cluster.Store.List("events"),
            e => (string?)e["reason"] == "HookFailed" && (string?)e["type"] == "Warning"
        );
        world.Cluster.Store.Patch(
            "upsscalers.ups-scaler.io",
            "shop",
            "flags",
            new JsonObject { ["spec"] = new JsonObject { ["hook"] = new JsonObject { ["required"] = false } } }
        );
        await HookWorld.UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal((2, 2), (world.Replicas("shop", "web"), world.Jobs().Count));
    }

    [LongTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_hangs_at_the_return_holds_the_later_waves_until_it_succeeds_only_if_it_is_required(
        bool required
    )
    {
        await using var world = await World.StartAsync(
            HookWorld.Manifest(
                $"{{type: job, cronJob: flags, deadline: 10min, required: {(required ? "true" : "false")}}}"
            )
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        Next(world, "180", fails: false);
        world.Ups.StatusOverride = "OL CHRG";
        await HookWorld.UntilAsync(ebb, () => world.Jobs().Count == 2);
        // Longer than a wave is waited for, and not as long as it takes.
        for (var i = 0; i < 120; i++)
            await ebb.StepAsync();
        Assert.Equal("Running", (string?)world.Run()!["outcome"]);
        Assert.Equal((required ? 0 : 2, 1), (world.Replicas("shop", "web"), world.Replicas("shop", "db")));
        Assert.Contains("job hook runs (up)", world.Reason(), StringComparison.Ordinal);
        await HookWorld.UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal((2, 2), (world.Replicas("shop", "web"), world.Jobs().Count));
    }

    /// <summary>What the next Job does.</summary>
    private static void Next(World world, string seconds, bool fails)
    {
        var annotations = new JsonObject
        {
            ["simulation.ebb.dev/run-seconds"] = seconds,
            ["simulation.ebb.dev/fails"] = fails ? "true" : "false",
        };
        JsonNode patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } };
        foreach (var around in new[] { "template", "spec", "jobTemplate", "spec" })
            patch = new JsonObject { [around] = patch };
        world.Cluster.Store.Patch("cronjobs.batch", "shop", "flags", patch.AsObject());
    }

    [Fact]
    public async Task One_whose_pod_has_no_node_says_so_and_is_given_up_at_its_deadline()
    {
        await using var world = await World.StartAsync(
            HookWorld.Manifest(
                "{type: job, cronJob: flags, deadline: 30s}",
                "restartPolicy: Never, nodeSelector: {kubernetes.io/hostname: gone}, containers: [{name: c, image: i}]"
            )
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(
            ebb,
            () =>
                world.Reason().Contains("job hook runs (down): Job shop/flags-down-", StringComparison.Ordinal)
                && world.Reason().Contains("has no node", StringComparison.Ordinal)
        );
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        await ebb.StepAsync();
        Assert.Contains("failed (down)", world.Reason(), StringComparison.Ordinal);
        Assert.Contains("has no node", world.Reason(), StringComparison.Ordinal);
        Assert.Equal(0, world.Replicas("shop", "db"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_whose_pod_may_not_be_created_says_so_and_why_and_not_that_it_runs(bool rights)
    {
        await using var world = await World.StartAsync(
            HookWorld
                .Manifest("{type: job, cronJob: flags, deadline: 30s}")
                .Replace(
                    "resources: [events, ",
                    rights ? "resources: [events, " : "resources: [",
                    StringComparison.Ordinal
                )
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        await ebb.StepAsync();
        await world.Cluster.ApplyManifestAsync(
            """
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: nothing, namespace: shop}
            spec: {hard: {pods: "0"}}
            """
        );
        world.Ups.StatusOverride = "OB DISCHRG";
        var told = rights ? "has no pod yet: Error creating: pods \"flags-down-" : "has no pod yet; ";
        await HookWorld.UntilAsync(ebb, () => (world.Reason() + "; ").Contains(told, StringComparison.Ordinal));
        Assert.Equal(rights, world.Reason().Contains("exceeded quota: nothing", StringComparison.Ordinal));
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        Assert.Equal(0, world.Replicas("shop", "db"));
    }

    [Theory]
    [InlineData(false, "{type: job, cronJob: flags}", "a right is missing to")]
    [InlineData(true, "{type: job, cronJob: nothing}", "CronJob shop/nothing does not exist")]
    public async Task What_it_needs_and_is_not_there_is_told(bool rights, string hook, string told)
    {
        await using var world = await World.StartAsync(HookWorld.Manifest(hook, rights: rights));
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        await ebb.StepAsync();
        Assert.Contains(told, world.Reason(), StringComparison.Ordinal);
        Assert.Empty(world.Jobs());
    }

    [Fact]
    public async Task What_is_wrong_is_told_in_its_status_and_disturbs_nothing_else()
    {
        await using var world = await World.StartAsync(
            HookWorld.Manifest("{type: http, http: {url: \"http://192.0.2.1/\"}}")
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        Assert.Equal("Refused", (string?)world.Scaler()["status"]!["phase"]);
        Assert.Contains("spec.hook.type: expected job, found http", world.Reason(), StringComparison.Ordinal);
        Assert.Equal(0, world.Replicas("shop", "db"));
    }
}
