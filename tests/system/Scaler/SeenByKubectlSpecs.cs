using Ebb.Tests.Harness;
using Ebb.Tests.Simulation;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>What a person at a terminal sees of schedules and of spare capacity.</summary>
public sealed class SeenByKubectlSpecs
{
    private static string Schedule(string name, string start, string end, int min, string target) =>
        $$"""
            apiVersion: autoscaling.d-kuro.github.io/v1
            kind: Schedule
            metadata: {name: {{name}}, namespace: shop}
            spec:
              scaleTargetRef: { {{target}} }
              type: Daily
              timeZone: UTC
              startTime: "{{start}}"
              endTime: "{{end}}"
              minReplicas: {{min}}
            ---

            """;

    // Over plain HTTP kubectl keeps its token to itself, so here everybody may look; the neighbours run with the
    // shipped roles.
    private static Task<ScalerWorld> StartAsync(string manifests) =>
        ScalerWorld.StartAsync(
            Node("node-1", "64") + manifests,
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5), EnforceRbac = false }
        );

    [LongTheory]
    [MemberData(nameof(Kubectl.Both), MemberType = typeof(Kubectl))]
    public async Task Following_schedules_it_goes_from_none_to_twelve_to_thirteen_to_none_on_time(string which)
    {
        await using var all = await StartAsync(
            Deployment("queue", 0)
                + Schedule("day", "12:05", "12:10", 12, "kind: Deployment, name: queue")
                + Schedule("peak", "12:07", "12:10", 13, "kind: ScaledObject, name: queue")
                + Scaled("queue", "follow: schedule", "external-push")
        );
        using var kubectl = Kubectl.For(which, all.World.Cluster);

        // It is 12:01. The second before the window, and the second of it: a push wakes it, and KEDA's HPA follows
        // within its period of 5 s.
        await all.StepAsync(239);
        Assert.Equal("queue 0/0", await Ready(kubectl, "queue"));
        await all.StepAsync(1);
        await ScalerWorld.UntilAsync(
            () => all.Replicas("shop", "queue") > 0,
            "it is awake in the second in which the window begins"
        );
        Assert.Equal("queue 0/1", await Ready(kubectl, "queue"));
        await all.StepAsync(10);
        Assert.Equal("queue 12/12", await Ready(kubectl, "queue"));
        Assert.Equal("12", await Field(kubectl, "hpa/keda-hpa-queue", "status.desiredReplicas"));

        // To the second before the next one begins: 12 and 13 are within the HPA's tolerance, which the ScaledObject
        // takes out.
        await all.StepAsync(109);
        Assert.Equal("12", await Field(kubectl, "deployment/queue", "spec.replicas"));
        await all.StepAsync(7);
        Assert.Equal("queue 13/13", await Ready(kubectl, "queue"));
        await all.StepAsync(172);
        Assert.Equal("queue 13/13", await Ready(kubectl, "queue"));
        await all.StepAsync(6);
        Assert.Equal("queue 0/0", await Ready(kubectl, "queue"));
    }

    [LongTheory]
    [MemberData(nameof(Kubectl.Both), MemberType = typeof(Kubectl))]
    public async Task Following_spare_capacity_it_fills_the_cluster_and_yields(string which)
    {
        await using var all = await StartAsync(
            Deployment("miner", 0)
                + Deployment("paying", 2, "4")
                + Scaled("miner", "follow: capacity, reserve: \"6\", growStep: \"100\", growPeriod: 1s")
        );
        using var kubectl = Kubectl.For(which, all.World.Cluster);

        // 64 cores, 8 of them paid for, 6 in reserve.
        await all.StepAsync(20);
        Assert.Equal("miner 50/50", await Ready(kubectl, "miner"));
        Assert.Equal("paying 2/2", await Ready(kubectl, "paying"));

        // Ten more that pay: 40 cores. The reserve has room for one of them; the others wait for a poll and a pod's
        // stop.
        await kubectl.Run("scale deployment/paying -n shop --replicas=12");
        await all.StepAsync(12);
        Assert.Equal("paying 12/12", await Ready(kubectl, "paying"));
        Assert.Equal("miner 10/10", await Ready(kubectl, "miner"));

        // They go again, and what they leave is taken.
        await kubectl.Run("scale deployment/paying -n shop --replicas=0");
        await all.StepAsync(20);
        Assert.Equal("miner 58/58", await Ready(kubectl, "miner"));
    }

    // NAME and READY, as the table shows them.
    private static async Task<string> Ready(Kubectl kubectl, string name) =>
        string.Join(
            ' ',
            (await kubectl.Run($"get deployment {name} -n shop --no-headers"))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Take(2)
        );

    private static async Task<string> Field(Kubectl kubectl, string thing, string path) =>
        await kubectl.Run($"get {thing} -n shop -o jsonpath={{.{path}}}");
}
