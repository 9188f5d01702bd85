using System.Text.Json.Nodes;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.GitOps;

/// <summary>
/// What applies workloads from Git is held back for the length of an outage, without an UpsScaler of its own.
/// </summary>
public sealed class GitOpsSpecs
{
    private const string Kustomizations = "kustomizations.kustomize.toolkit.fluxcd.io";

    [Fact]
    public async Task Flux_and_Argo_CD_find_no_drift_in_an_outage_and_everything_ends_byte_for_byte_as_it_began()
    {
        await using var world = await World.StartAsync(GitWorld.Manifests);
        var git = new GitWorld(world);
        await using var ebb = EbbProcess.Start(world, GitWorld.Hurried);
        await UntilAsync(ebb, git, world, "OL", () => world.Seconds > 75);
        await UntilAsync(ebb, git, world, "OB DISCHRG", () => git.AllAsleep);
        Assert.Equal(
            [
                "application argocd/blog Asleep",
                "helmrelease shop/mail Asleep",
                "kustomization flux-system/apps Asleep",
                "kustomization flux-system/releases Asleep",
            ],
            ebb.View.Plan.Workloads.Where(w => w.Member.Scaler.Implied).Select(w => $"{w.Member} {w.Phase}").Order()
        );
        for (var i = 0; i < 30; i++)
        {
            git.Reconcile();
            await ebb.StepAsync();
        }
        Assert.True(git.AllAsleep);
        await UntilAsync(ebb, git, world, "OL CHRG", () => git.AllAwake);
        git.EndedAsItBegan();
        Assert.Empty(git.Broken);
        Assert.Equal(
            ["Resumed", "Suspended"],
            world
                .Cluster.Store.List("events", "flux-system")
                .Where(e => (string?)(e["involvedObject"] ?? e["regarding"])?["name"] == "apps")
                .Select(e => (string)e["reason"]!)
                .Order()
        );
    }

    [Theory]
    [InlineData("named")]
    [InlineData("off")]
    public async Task Where_it_is_not_asked_for_nothing_of_Flux_or_Argo_CD_is_touched(string mode)
    {
        await using var world = await World.StartAsync(GitWorld.Manifests);
        var git = new GitWorld(world);
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?>(GitWorld.Hurried) { ["Power__GitOps"] = mode }
        );
        await UntilAsync(ebb, git, world, "OL", () => world.Seconds > 75, look: false);
        await UntilAsync(ebb, git, world, "OB DISCHRG", () => git.AllAsleep, look: false);
        Assert.False(git.IsSuspended(Kustomizations, "flux-system", "apps"));
        Assert.Equal(5, ebb.View.Plan.Workloads.Count);
        // It undoes what was done, and that is told.
        git.Reconcile();
        await ebb.StepAsync();
        Assert.DoesNotContain(
            world.Cluster.Store.List("baselines.ebb.dev"),
            b => (string?)b["spec"]!["target"]!["type"] is "kustomization" or "helmrelease" or "application"
        );
    }

    [Fact]
    public async Task With_GitOps_off_an_UpsScaler_that_names_a_Kustomization_is_refused_and_says_so()
    {
        await using var world = await World.StartAsync(
            GitWorld.Manifests
                + """
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: apps, namespace: ebb-system}
                spec: {type: kustomization, namespace: flux-system, name: apps, shutdownPriority: 1, scaleUpPriority: 9}
                """
        );
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?>(GitWorld.Hurried) { ["Power__GitOps"] = "off" }
        );
        world.Ups.StatusOverride = "OL";
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();
        var status = world.Status("upsscalers.ups-scaler.io", "ebb-system", "apps")!;
        Assert.Equal("Refused", (string?)status["phase"]);
        Assert.Contains("Power__GitOps", (string)status["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Kustomization_that_somebody_resumes_in_mid_outage_is_suspended_again_and_that_is_told()
    {
        await using var world = await World.StartAsync(GitWorld.Manifests);
        var git = new GitWorld(world);
        await using var ebb = EbbProcess.Start(world, GitWorld.Hurried);
        await UntilAsync(ebb, git, world, "OL", () => world.Seconds > 75);
        await UntilAsync(ebb, git, world, "OB DISCHRG", () => git.AllAsleep);
        world.Cluster.Store.Patch(
            Kustomizations,
            "flux-system",
            "apps",
            new JsonObject { ["spec"] = new JsonObject { ["suspend"] = null } }
        );
        await UntilAsync(
            ebb,
            git,
            world,
            "OB DISCHRG",
            () => git.IsSuspended(Kustomizations, "flux-system", "apps"),
            look: false
        );
        Assert.Contains(
            world.Cluster.Store.List("events", "flux-system"),
            e => ((string?)e["reason"], (string?)e["type"]) == ("Undone", "Warning")
        );
        Assert.Contains("undone by others", ebb.View.Plan.Reason, StringComparison.Ordinal);
        await UntilAsync(ebb, git, world, "OL CHRG", () => git.AllAwake, look: false);
        git.EndedAsItBegan();
        Assert.Empty(git.Broken);
    }

    [Fact]
    public async Task What_was_suspended_before_stays_suspended_and_what_is_deleted_in_mid_outage_holds_nothing_up()
    {
        await using var world = await World.StartAsync(GitWorld.Manifests);
        world.Cluster.Store.Patch(
            Kustomizations,
            "flux-system",
            "apps",
            new JsonObject { ["spec"] = new JsonObject { ["suspend"] = true } }
        );
        var git = new GitWorld(world);
        await using var ebb = EbbProcess.Start(world, GitWorld.Hurried);
        await UntilAsync(ebb, git, world, "OL", () => world.Seconds > 75);
        await UntilAsync(ebb, git, world, "OB DISCHRG", () => git.AllAsleep);
        world.Cluster.Store.Delete("applications.argoproj.io", "argocd", "blog");
        await UntilAsync(ebb, git, world, "OL CHRG", () => git.AllAwake);
        Assert.True(git.IsSuspended(Kustomizations, "flux-system", "apps"));
        Assert.Empty(git.Broken);
    }

    [Fact]
    public async Task An_Application_that_an_ApplicationSet_made_is_told_as_one_that_may_not_hold()
    {
        await using var world = await World.StartAsync(GitWorld.Manifests + ApplicationSet("{}"));
        Own(world);
        var git = new GitWorld(world);
        await using var ebb = EbbProcess.Start(world, GitWorld.Hurried);
        await UntilAsync(ebb, git, world, "OL", () => ebb.Path.Troubles.Count > 0);
        Assert.Contains(
            ebb.Path.Troubles,
            t => t.StartsWith("application argocd/blog: ApplicationSet argocd/all made it", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task One_whose_set_ignores_the_difference_is_no_trouble()
    {
        await using var world = await World.StartAsync(
            GitWorld.Manifests + ApplicationSet("{ignoreApplicationDifferences: [{jsonPointers: [/spec/syncPolicy]}]}")
        );
        Own(world);
        var git = new GitWorld(world);
        await using var ebb = EbbProcess.Start(world, GitWorld.Hurried);
        await UntilAsync(ebb, git, world, "OL", () => world.Seconds > 100);
        Assert.Contains(ebb.View.Plan.Workloads, w => w.Member.ToString() == "application argocd/blog");
        Assert.Empty(ebb.Path.Troubles);
    }

    private static string ApplicationSet(string spec) =>
        $$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: applicationsets.argoproj.io}
            spec:
              group: argoproj.io
              scope: Namespaced
              names: {kind: ApplicationSet, plural: applicationsets, singular: applicationset}
              versions:
              - name: v1alpha1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} }
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: ApplicationSet
            metadata: {name: all, namespace: argocd}
            spec: {{spec}}
            ---

            """;

    private static void Own(World world) =>
        world.Cluster.Store.Patch(
            "applications.argoproj.io",
            "argocd",
            "blog",
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["ownerReferences"] = new JsonArray(
                        new JsonObject
                        {
                            ["apiVersion"] = "argoproj.io/v1alpha1",
                            ["kind"] = "ApplicationSet",
                            ["name"] = "all",
                            ["uid"] = (string?)
                                world.Cluster.Store.Get("applicationsets.argoproj.io", "argocd", "all")!["metadata"]![
                                    "uid"
                                ],
                        }
                    ),
                },
            }
        );

    private static async Task UntilAsync(
        EbbProcess ebb,
        GitWorld git,
        World world,
        string status,
        Func<bool> condition,
        bool look = true
    )
    {
        world.Ups.StatusOverride = status;
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 300, $"not within 300 s: {ebb.Path.View?.Plan.Phase} {ebb.Path.View?.Plan.Reason}");
            await ebb.StepAsync();
            if (look)
                git.Look($"at {world.Seconds:0} s, {status}");
        }
    }
}
