using System.Text.Json.Nodes;
using Ebb.Core.Waves;
using Ebb.Simulation.Faults;
using Ebb.Tests.Building;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Hooks;

/// <summary>
/// What a fail-closed webhook guards waits until somebody answers there, found from the configurations of the cluster
/// before anything is refused.
/// </summary>
public sealed class WebhookWaitSpecs
{
    private const string Database = "clusters.postgresql.cnpg.io";
    private const string Guarded =
        "[{apiGroups: [postgresql.cnpg.io], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [clusters]}]";

    private static string Roles =>
        File.ReadAllText(Path.Combine(Repository.Root, "deploy/components/webhooks/webhook-roles.yaml"));

    /// <summary>The operator wakes after the database that its webhook guards, as somebody may have written it.</summary>
    private static string Shop(
        string rules,
        string more = "",
        bool named = true,
        string policy = "Fail",
        string client = "{service: {namespace: cnpg-system, name: webhook, path: /validate} }"
    ) =>
        string.Join(
            "\n---\n",
            BuildingManifests.Nodes,
            BuildingManifests.Deployment("cnpg-system", "operator", 1),
            $$"""
            apiVersion: v1
            kind: Service
            metadata: {name: webhook, namespace: cnpg-system}
            spec: {selector: {app: operator}, ports: [{port: 443}]}
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingWebhookConfiguration
            metadata: {name: cnpg}
            webhooks:
              - name: vcluster.cnpg.io
                failurePolicy: {{policy}}
                clientConfig: {{client}}
                rules: {{rules}}
                {{more}}
            ---
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: db, namespace: shop}
            spec: {instances: 2, storage: {size: 1Gi} }
            ---
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: db, namespace: shop}
            spec: {type: cluster, name: db, shutdownPriority: 10, scaleUpPriority: 10}
            """,
            named
                ? """
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: operator, namespace: cnpg-system}
                spec: {type: deployment, name: operator, shutdownPriority: 20, scaleUpPriority: 20}
                """
                : "",
            ""
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_answers_is_woken_before_what_waits_for_it_and_with_the_right_nothing_is_refused(bool granted)
    {
        await using var world = await World.StartAsync(Shop(Guarded) + (granted ? Roles : ""));
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        var log = ebb.KeepLog();
        await OffAsync(world, ebb);
        var told = "";
        await UntilAsync(
            world,
            ebb,
            "OL CHRG",
            () =>
            {
                if (told.Length == 0 && Reason(ebb, "db").Contains("woken first", StringComparison.Ordinal))
                    told = Reason(ebb, "db").Contains("looked at", StringComparison.Ordinal) ? "" : Reason(ebb, "db");
                return world.Cluster.Store.Count("baselines.ebb.dev") == 0;
            }
        );
        Assert.Equal(granted ? 0 : 1, Refused(world) > 0 ? 1 : 0);
        Assert.Contains(
            granted
                ? "waits for a webhook: webhook vcluster.cnpg.io guards it, and Service cnpg-system/webhook leads to no "
                    + "pod that is ready; deployment cnpg-system/operator serves it and is woken first"
                : "failed calling webhook",
            told,
            StringComparison.Ordinal
        );
        Assert.Equal(
            granted ? 0 : 1,
            log.Count(line => line.Contains("found at their first refusal", StringComparison.Ordinal))
        );
        Assert.DoesNotContain(ebb.View.Outage!.Workloads, one => one.Late);
    }

    [Fact]
    public async Task What_is_guarded_waits_for_somebody_whom_Ebb_does_not_wake()
    {
        await using var world = await World.StartAsync(Shop(Guarded, named: false) + Roles);
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        await OffAsync(world, ebb);
        Resize(world, 0);
        await UntilAsync(
            world,
            ebb,
            "OL CHRG",
            () => Reason(ebb, "db").StartsWith("waits for a webhook", StringComparison.Ordinal)
        );
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        Assert.Equal("on", Hibernation(world));
        Resize(world, 1);
        await UntilAsync(world, ebb, "OL CHRG", () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal(0, Refused(world));
    }

    [Fact]
    public async Task It_waits_no_longer_than_half_of_what_its_wave_is_waited_for_and_that_is_told()
    {
        await using var world = await World.StartAsync(Shop(Guarded, named: false) + Roles);
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        await OffAsync(world, ebb);
        Resize(world, 0);
        await UntilAsync(world, ebb, "OL CHRG", () => Refused(world) > 0);
        Assert.Contains(
            world.Cluster.Store.List("events", "shop"),
            one =>
                (string?)one["reason"] == "GatePassed"
                && one.ToJsonString().Contains("not waited for any longer", StringComparison.Ordinal)
        );
        Assert.Contains("failed calling webhook", Reason(ebb, "db"), StringComparison.Ordinal);
        Resize(world, 1);
        await UntilAsync(world, ebb, "OL CHRG", () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
    }

    [LongTheory]
    [InlineData("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: elsewhere} }", Guarded)]
    [InlineData("objectSelector: {matchExpressions: [{key: guarded, operator: Exists}]}", Guarded)]
    [InlineData("", "[{apiGroups: [apps], apiVersions: [v1], operations: ['*'], resources: [deployments/scale]}]")]
    [InlineData(
        "matchPolicy: Exact",
        "[{apiGroups: [postgresql.cnpg.io], apiVersions: [v2], operations: ['*'], resources: [clusters]}]"
    )]
    // What is refused by none, and what no Service serves.
    [InlineData("", Guarded, "Ignore")]
    [InlineData("", Guarded, "Fail", "{url: 'https://hooks.example.com/validate'}")]
    public async Task A_webhook_that_guards_something_else_is_not_waited_for(
        string more,
        string rules,
        string policy = "Fail",
        string client = "{service: {namespace: cnpg-system, name: webhook, path: /validate} }"
    )
    {
        await using var world = await World.StartAsync(Shop(rules, more, false, policy, client) + Roles);
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        await OffAsync(world, ebb);
        Resize(world, 0);
        await UntilAsync(world, ebb, "OL CHRG", () => Hibernation(world) is null);
        Assert.DoesNotContain("webhook", Reason(ebb, "db"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_with_conditions_is_waited_for_and_that_they_are_not_evaluated_is_told()
    {
        await using var world = await World.StartAsync(
            Shop(Guarded, "matchConditions: [{name: people, expression: \"request.userInfo.username != 'ebb'\"}]")
                + Roles
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        await OffAsync(world, ebb);
        var told = await WakingAsync(world, ebb, "db", "waits for a webhook");
        Assert.StartsWith(
            "waits for a webhook: webhook vcluster.cnpg.io may guard it (its matchConditions are not evaluated), and ",
            told,
            StringComparison.Ordinal
        );
    }

    /// <param name="granted">Definitions may be read.</param>
    /// <param name="failsLater">They may not be read any more once everything is asleep.</param>
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Who_converts_a_kind_is_woken_before_what_is_written_in_another_version_than_the_stored(
        bool granted,
        bool failsLater
    )
    {
        await using var world = await World.StartAsync(Shop(Guarded, policy: "Ignore") + (granted ? Roles : ""));
        const string definitions = "customresourcedefinitions.apiextensions.k8s.io";
        var first = world.Cluster.Store.Get(definitions, null, Database)!["spec"]!["versions"]![0]!;
        var (v1, v2) = (first.DeepClone(), first.DeepClone());
        (v1["storage"], v2["name"]) = (false, "v2");
        world.Cluster.Store.Patch(
            definitions,
            null,
            Database,
            new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["versions"] = new JsonArray(v1, v2),
                    ["conversion"] = JsonNode.Parse(
                        """
                        {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"], "clientConfig":
                          {"service": {"namespace": "cnpg-system", "name": "webhook", "path": "/convert"} } } }
                        """
                    ),
                },
            }
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        await OffAsync(world, ebb);
        if (failsLater)
            world.Cluster.Faults.Add(
                request => request.Path.EndsWith("/customresourcedefinitions", StringComparison.Ordinal),
                new Fault.ErrorStatus(403),
                int.MaxValue
            );
        var told = await WakingAsync(world, ebb, "db", "woken first");
        Assert.Equal(granted, Refused(world) == 0);
        Assert.Contains(
            granted
                ? "waits for a webhook: the conversion webhook of clusters.postgresql.cnpg.io is asked for it, and "
                : "conversion webhook for postgresql.cnpg.io/v2, Kind=Cluster failed",
            told,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(ebb.View.Outage!.Workloads, one => one.Late);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_guards_the_Job_of_a_hook_is_woken_before_it(bool granted)
    {
        await using var world = await World.StartAsync(
            HookWorld.Manifest("{type: job, cronJob: flags, \"on\": [up]}")
                + """

                ---
                apiVersion: v1
                kind: Service
                metadata: {name: guard, namespace: shop}
                spec: {selector: {app: web}, ports: [{port: 443}]}
                ---
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingWebhookConfiguration
                metadata: {name: jobs}
                webhooks:
                  - name: jobs.guard
                    clientConfig: {service: {namespace: shop, name: guard} }
                    rules: [{apiGroups: [batch], apiVersions: [v1], operations: [CREATE], resources: [jobs]}]

                """
                + (granted ? "---\n" + Roles : "")
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        await OffAsync(world, ebb);
        var told = await WakingAsync(world, ebb, "flags", "jobs.guard");
        Assert.Equal(granted, Refused(world) == 0);
        Assert.Contains(
            granted
                ? "waits for a webhook: webhook jobs.guard guards it, and Service shop/guard leads to no pod that is "
                    + "ready; deployment shop/web serves it and is woken first"
                : "failed calling webhook \"jobs.guard\"",
            told,
            StringComparison.Ordinal
        );
        Assert.Equal("flags-up", ((string)Assert.Single(world.Jobs())["metadata"]!["name"]!)[..8]);
    }

    [Fact]
    public async Task Who_serves_a_webhook_is_not_held_by_it()
    {
        await using var world = await World.StartAsync(
            Shop("[{apiGroups: ['*'], apiVersions: ['*'], operations: [UPDATE], resources: ['*/scale']}]") + Roles
        );
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        await OffAsync(world, ebb);
        // It guards its own server, as nobody should let it: so the server is asked, and refused.
        await UntilAsync(world, ebb, "OL CHRG", () => Refused(world) > 0);
        Assert.Contains("failed calling webhook", Reason(ebb, "operator"), StringComparison.Ordinal);
        Assert.DoesNotContain("waits for a webhook", Reason(ebb, "operator"), StringComparison.Ordinal);
        world.Cluster.Store.Delete("validatingwebhookconfigurations.admissionregistration.k8s.io", null, "cnpg");
        await UntilAsync(world, ebb, "OL CHRG", () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
    }

    private static Task OffAsync(World world, EbbProcess ebb) =>
        UntilAsync(world, ebb, "OB DISCHRG", () => ebb.View.Plan.Phase == Phase.Asleep);

    /// <summary>Until everything is awake; the last reason of one workload that said this meanwhile.</summary>
    private static async Task<string> WakingAsync(World world, EbbProcess ebb, string name, string saying)
    {
        var told = "";
        await UntilAsync(
            world,
            ebb,
            "OL CHRG",
            () =>
            {
                if (Reason(ebb, name) is { } reason && reason.Contains(saying, StringComparison.Ordinal))
                    told = reason;
                return world.Cluster.Store.Count("baselines.ebb.dev") == 0;
            }
        );
        return told;
    }

    private static Task UntilAsync(World world, EbbProcess ebb, string status, Func<bool> condition)
    {
        world.Ups.StatusOverride = status;
        return HookWorld.UntilAsync(ebb, () => ebb.Path.View is not null && condition());
    }

    private static string Reason(EbbProcess ebb, string name) =>
        ebb.View.Plan.Workloads.Single(one => one.Member.Scaler.Ref.Name == name).Reason;

    private static int Refused(World world) =>
        world.Cluster.Requests.CountOf(request => request is { IsWrite: true, Status: 500 });

    private static string? Hibernation(World world) =>
        (string?)world.Cluster.Store.Get(Database, "shop", "db")!["metadata"]!["annotations"]?["cnpg.io/hibernation"];

    private static void Resize(World world, int replicas) =>
        world.Cluster.Store.Patch(
            "deployments.apps",
            "cnpg-system",
            "operator",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } }
        );
}
