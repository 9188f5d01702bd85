using System.Text.Json.Nodes;
using Ebb.Core.Waves;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Survival;

/// <summary>A policy refuses that one workload is scaled to 0: that is told while the others go to sleep.</summary>
public sealed class RefusedSpecs
{
    private const string PutBack =
        """{"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"deny","namespace":"shop"},"spec":{"replicas":3}}""";

    // A webhook chooses the code of its denial itself; one that changes what is written answers with what it made of it.
    [LongTheory]
    [InlineData(422, "at least one replica please")]
    [InlineData(409, "admission webhook \"v.example\" denied the request: not now")]
    [InlineData(404, "admission webhook \"v.example\" denied the request: no such rule")]
    [InlineData(200, "was asked for {\"spec\":{\"replicas\":0}} and answered without the change")]
    public async Task What_a_policy_refuses_is_told_at_once_in_status_and_Event_and_holds_no_later_wave_for_long(
        int code,
        string told
    )
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop") + Workload("deny", 3, 1) + Workload("web", 2, 2)
        );
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?> { ["Power__OnBatteryFor"] = "2s", ["Power__MainsFor"] = "3s" }
        );
        var log = ebb.KeepLog();
        world.Ups.StatusOverride = "OL";
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();
        world.Cluster.Faults.Add(
            request => request.IsWrite && request.Path.Contains("/deployments/deny/scale", StringComparison.Ordinal),
            code == 200 ? new Fault.InvalidBody(PutBack) : new Fault.ErrorStatus(code, null, told)
        );
        world.Ups.StatusOverride = "OB";
        for (var i = 0; i < 8; i++)
            await ebb.StepAsync();
        Assert.Equal("Refused", (string?)Status("deny")!["phase"]);
        Assert.Contains(told, (string)Status("deny")!["reason"]!, StringComparison.Ordinal);
        Assert.Contains(
            log,
            line =>
                line.StartsWith("Warning: ", StringComparison.Ordinal)
                && line.Contains("deployment shop/deny", StringComparison.Ordinal)
                && line.Contains(told, StringComparison.Ordinal)
        );
        Assert.Contains(
            Status("deny")!["conditions"]!.AsArray(),
            c => ((string?)c!["type"], (string?)c["status"]) == ("Degraded", "True")
        );
        Assert.Contains(
            world.Cluster.Store.List("events", "shop"),
            e => (string?)e["reason"] == "Refused" && (string?)e["type"] == "Warning"
        );
        for (var i = 0; i < 40; i++)
            await ebb.StepAsync();
        Assert.Equal((3, 0), (world.Replicas("shop", "deny"), world.Replicas("shop", "web")));
        Assert.Contains("refused by the cluster: deployment shop/deny", ebb.View.Plan.Reason, StringComparison.Ordinal);
        world.Cluster.Faults.Clear();
        world.Ups.StatusOverride = "OL CHRG";
        for (var i = 0; i < 60 && world.Cluster.Store.Count("baselines.ebb.dev") > 0; i++)
            await ebb.StepAsync();
        Assert.Equal((3, 2), (world.Replicas("shop", "deny"), world.Replicas("shop", "web")));

        JsonNode? Status(string name) => world.Status("upsscalers.ups-scaler.io", "shop", name);
    }

    // The webhook's pod sat on a node that is dead: what the API server sends to it is dropped, and each write that it
    // guards is answered when its ten seconds are over.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_webhook_that_is_never_heard_of_again_is_told_and_holds_the_other_waves_for_seconds(bool down)
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + """
                apiVersion: v1
                kind: Service
                metadata: {name: ops-webhook, namespace: shop}
                spec: {selector: {app: ops}, ports: [{port: 443}]}
                ---

                """
                + Workload("ops", 2, down ? 1 : 4, 3)
                + Workload("db", 3, 2, 1)
                + Workload("web", 2, 2, 2)
                + Workload("late", 2, 3, 2)
        );
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?>
            {
                ["Power__OnBatteryFor"] = "2s",
                ["Power__MainsFor"] = "3s",
                ["Power__WaveTimeout"] = "300s",
            }
        );
        world.Ups.StatusOverride = "OL";
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();
        var kept = 0;
        world.Cluster.Faults.Add(
            request =>
            {
                if (
                    !request.IsWrite
                    || !request.Path.Contains("/deployments/db", StringComparison.Ordinal)
                    || world.Replicas("shop", "ops") > 0
                )
                    return false;
                kept++;
                world.Clock.Advance(TimeSpan.FromSeconds(10));
                return true;
            },
            new Fault.ErrorStatus(
                500,
                null,
                "Internal error occurred: failed calling webhook \"db.example.com\": failed to call webhook: Post "
                    + "\"https://ops-webhook.shop.svc:443/validate?timeout=10s\": context deadline exceeded"
            )
        );
        world.Ups.StatusOverride = "OB";
        var began = world.Seconds;
        while (world.Replicas("shop", "late") > 0 && world.Seconds < began + 300)
            await ebb.StepAsync();
        // One answer of the webhook, and what the waves take by themselves.
        Assert.InRange(world.Seconds - began, 1, 45);
        if (down)
        {
            Assert.Equal((3, 0), (world.Replicas("shop", "db"), world.Replicas("shop", "web")));
            Assert.Equal("Refused", (string?)Status("db")!["phase"]);
            Assert.Contains("failed calling webhook", (string)Status("db")!["reason"]!, StringComparison.Ordinal);
            Assert.InRange(kept, 1, 2);
        }
        while (ebb.View.Plan.Phase != Phase.Asleep && world.Seconds < began + 300)
            await ebb.StepAsync();
        Assert.Equal(0, world.Replicas("shop", "ops"));
        (world.Ups.StatusOverride, began, kept) = ("OL CHRG", world.Seconds, 0);
        while (world.Cluster.Store.Count("baselines.ebb.dev") > 0 && world.Seconds < began + 300)
            await ebb.StepAsync();
        Assert.Equal((2, 3), (world.Replicas("shop", "ops"), world.Replicas("shop", "db")));
        Assert.Equal((2, 2), (world.Replicas("shop", "web"), world.Replicas("shop", "late")));
        Assert.InRange(world.Seconds - began, 1, 90);
        Assert.InRange(kept, down ? 0 : 1, 2);

        JsonNode? Status(string name) => world.Status("upsscalers.ups-scaler.io", "shop", name);
    }

    [LongTheory]
    [InlineData("kustomizations.kustomize.toolkit.fluxcd.io", "shop", "kustomization-shop")]
    [InlineData("helmreleases.helm.toolkit.fluxcd.io", "mail", "helmrelease-mail")]
    [InlineData("applications.argoproj.io", "blog", "application-blog")]
    [InlineData("cronjobs.batch", "report", "cronjob-report")]
    [InlineData("daemonsets.apps", "agent", "daemonset-agent")]
    [InlineData("clusters.postgresql.cnpg.io", "orders", "cluster-orders")]
    [InlineData("scaledobjects.keda.sh", "queue", "deployment-queue")]
    [InlineData("nodes", "node-1", "node-last")]
    public async Task What_is_taken_out_of_a_write_without_a_word_is_told_as_refused(
        string resource,
        string name,
        string scaler
    )
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?>
            {
                ["Power__OnBatteryFor"] = "2s",
                ["Power__MainsFor"] = "3s",
                ["Power__WaveTimeout"] = "10s",
            }
        );
        var log = ebb.KeepLog();
        world.Ups.StatusOverride = "OL";
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();
        var place = name == "node-1" ? null : "shop";
        var asItIs = world.Cluster.Store.Get(resource, place, name)!.ToJsonString();
        world.Cluster.Faults.Add(
            request =>
                request.Method == "PATCH"
                && request.Path.EndsWith($"/{resource.Split('.')[0]}/{name}", StringComparison.Ordinal),
            new Fault.InvalidBody(asItIs)
        );
        world.Ups.StatusOverride = "OB";
        for (var i = 0; i < 90 && Phase() != "Refused"; i++)
            await ebb.StepAsync();
        Assert.Equal("Refused", Phase());
        Assert.Contains("answered without the change", (string)Status()!["reason"]!, StringComparison.Ordinal);
        Assert.Contains(log, line => line.Contains("answered without the change", StringComparison.Ordinal));
        world.Cluster.Faults.Clear();
        world.Ups.StatusOverride = "OL CHRG";
        for (var i = 0; i < 120 && world.Cluster.Store.Count("baselines.ebb.dev") > 0; i++)
            await ebb.StepAsync();
        Assert.Equal(0, world.Cluster.Store.Count("baselines.ebb.dev"));

        JsonNode? Status() => world.Status("upsscalers.ups-scaler.io", place ?? "ebb-system", scaler);

        string? Phase() => (string?)Status()?["phase"];
    }

    [Fact]
    public async Task Pods_that_are_refused_at_the_return_are_told_and_hold_no_later_wave_for_long()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + """
                ---
                apiVersion: v1
                kind: Node
                metadata: {name: n1}
                status:
                  allocatable: {cpu: "16", memory: 64Gi, pods: "110"}
                  conditions: [{type: Ready, status: "True"}]
                ---

                """
                + Workload("web", 2, 1)
                + Workload("late", 2, 1, up: 2)
        );
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?> { ["Power__OnBatteryFor"] = "2s", ["Power__MainsFor"] = "3s" }
        );
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();
        world.Ups.StatusOverride = "OB";
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();
        Assert.Equal((0, 0), (world.Replicas("shop", "web"), world.Replicas("shop", "late")));
        await world.Cluster.ApplyManifestAsync(
            """
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: nothing, namespace: shop}
            spec: {hard: {pods: "0"}}
            """
        );
        world.Ups.StatusOverride = "OL";
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();
        Assert.Contains("its pods are refused: pods \"web-", Reason(), StringComparison.Ordinal);
        Assert.Contains("exceeded quota: nothing", Reason(), StringComparison.Ordinal);
        Assert.Contains("pods refused: deployment shop/web", ebb.View.Plan.Reason, StringComparison.Ordinal);
        for (var i = 0; i < 25; i++)
            await ebb.StepAsync();
        Assert.Equal(2, world.Replicas("shop", "late"));
        world.Cluster.Store.Delete("resourcequotas", "shop", "nothing");
        for (var i = 0; i < 60 && world.Cluster.Store.Count("baselines.ebb.dev") > 0; i++)
            await ebb.StepAsync();
        Assert.Equal(0, world.Cluster.Store.Count("baselines.ebb.dev"));
        Assert.DoesNotContain("refused", Reason(), StringComparison.Ordinal);

        string Reason() => (string)world.Status("upsscalers.ups-scaler.io", "shop", "web")!["reason"]!;
    }

    private static string Workload(string name, int replicas, int wave, int up = 1) =>
        Manifests.Workload("shop", name, replicas)
        + $$"""
            ---
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: {{name}}, namespace: shop}
            spec: {type: deployment, name: {{name}}, shutdownPriority: {{wave}}, scaleUpPriority: {{up}}}
            ---

            """;
}
