using Ebb.Core.Workloads;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// The UPS is heard through a workload of the same cluster, which somebody has named in an UpsScaler.
/// </summary>
public sealed class SourceBehindServiceSpecs
{
    private const string Workloads = """
        apiVersion: v1
        kind: Node
        metadata: {name: node-1, labels: {kubernetes.io/hostname: node-1}}
        status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}, allocatable: {cpu: "16", memory: 64Gi, pods: "110"}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: bridge, namespace: ebb-system}
        spec:
          replicas: 1
          selector: {matchLabels: {app: bridge}}
          template:
            metadata: {labels: {app: bridge, role: ups}}
            spec: {containers: [{name: c, image: example/bridge:1}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: dns, namespace: ebb-system}
        spec:
          replicas: 1
          selector: {matchLabels: {k8s-app: kube-dns}}
          template:
            metadata: {labels: {k8s-app: kube-dns}}
            spec: {containers: [{name: c, image: example/dns:1}]}
        ---
        apiVersion: ups-scaler.io/v1alpha1
        kind: UpsScaler
        metadata: {name: bridge, namespace: ebb-system}
        spec: {type: deployment, namespace: ebb-system, name: bridge, shutdownPriority: 1, scaleUpPriority: 1}
        ---
        apiVersion: ups-scaler.io/v1alpha1
        kind: UpsScaler
        metadata: {name: dns, namespace: ebb-system}
        spec: {type: deployment, namespace: ebb-system, name: dns, shutdownPriority: 2, scaleUpPriority: 1}

        """;

    /// <summary>Both lead to the simulated UPS: the one as a bare name, the other as an address of a Service.</summary>
    [Theory]
    [InlineData("localhost", "localhost", "")]
    [InlineData("127.0.0.1", "ups-metrics", ", externalIPs: [127.0.0.1]")]
    public async Task What_its_Service_selects_stays_awake_and_hears_when_mains_is_back(
        string host,
        string service,
        string more
    )
    {
        await using var world = await World.StartAsync(
            Workloads
                + $$"""
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: {{service}}, namespace: ebb-system}
                spec: {selector: {role: ups}, ports: [{port: 3493}]{{more}}}
                """
        );
        await using var ebb = EbbProcess.Start(world, Settings(world, host));
        world.Ups.StatusOverride = "OB";
        await UntilAsync(ebb, () => Replicas(world, "dns") == 0);
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        Assert.Equal(1, Replicas(world, "bridge"));
        Assert.Contains(
            $"behind Service ebb-system/{service}",
            ebb.View.Plan.Workloads.Single(w => w.Member.Scaler.TargetName == "bridge").Reason,
            StringComparison.Ordinal
        );
        Assert.Empty(ebb.View.Cluster.Troubles);
        // It is no name that is looked up in the second case.
        Assert.Equal(
            host == "localhost",
            ebb.Path.Troubles.Any(t => t.Contains("deployment ebb-system/dns answers DNS", StringComparison.Ordinal))
        );
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(ebb, () => Replicas(world, "dns") == 1);
    }

    // A SleepMethod counts its pods by another label than its Service selects.
    [Fact]
    public async Task What_sleeps_by_its_fields_is_known_by_the_labels_of_its_template()
    {
        await using var world = await World.StartAsync(
            ShippedMethods.Manifests("daemonset")
                + """

                ---
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: bridge, namespace: ebb-system}
                spec:
                  selector: {matchLabels: {app: bridge}}
                  template:
                    metadata: {labels: {app: bridge, role: ups}}
                    spec: {containers: [{name: c, image: example/bridge:1}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: localhost, namespace: ebb-system}
                spec: {selector: {role: ups}, ports: [{port: 3493}]}
                ---
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: bridge, namespace: ebb-system}
                spec: {type: apps/v1/DaemonSet, name: bridge, shutdownPriority: 1, scaleUpPriority: 1}
                """
        );
        await using var ebb = EbbProcess.Start(world, Settings(world, "localhost"));
        await UntilAsync(
            ebb,
            () =>
                ebb.View.Plan.Workloads.Any(w =>
                    w.Phase == WorkloadPhase.Refused
                    && w.Reason.Contains("behind Service ebb-system/localhost", StringComparison.Ordinal)
                )
        );
    }

    [LongFact]
    public async Task Without_the_right_to_read_Services_that_is_told_and_the_name_protects()
    {
        await using var world = await World.StartAsync(Workloads);
        using var forbidden = world.Cluster.Faults.Add(
            r => r.Path.EndsWith("/api/v1/services", StringComparison.Ordinal),
            new Fault.ErrorStatus(403)
        );
        // It leads nowhere, and is protected by what it is called.
        var settings = Settings(world, "localhost");
        settings["Power__Sources__1"] = "other=nut://bridge.ebb-system.svc.invalid/ups";
        await using var ebb = EbbProcess.Start(world, settings);
        await UntilAsync(
            ebb,
            () => ebb.View.Cluster.Troubles.Any(t => t.Contains("services", StringComparison.Ordinal))
        );
        await UntilAsync(
            ebb,
            () =>
                ebb.View.Plan.Workloads.Any(w =>
                    w.Member.Scaler.TargetName == "bridge" && w.Phase == WorkloadPhase.Refused
                )
        );
    }

    private static Dictionary<string, string?> Settings(World world, string host) =>
        new()
        {
            ["Power__Sources__0"] = $"nut://{host}:{world.Ups.Port}/{world.Ups.Name}",
            ["Power__OnBatteryFor"] = "2s",
            ["Power__MainsFor"] = "3s",
        };

    private static int Replicas(World world, string name) =>
        (int)world.Cluster.Store.Get("deployments.apps", "ebb-system", name)!["spec"]!["replicas"]!;

    private static async Task UntilAsync(EbbProcess ebb, Func<bool> holds)
    {
        await ebb.StepAsync();
        for (var i = 0; i < 100 && !holds(); i++)
            await ebb.StepAsync();
        Assert.True(holds(), $"{ebb.View.Plan.Reason} {string.Join("; ", ebb.View.Cluster.Troubles)}");
    }
}
