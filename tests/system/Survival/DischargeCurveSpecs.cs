using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;

namespace Ebb.Tests.Survival;

/// <summary>
/// Eighteen batteries behind a real upsd that never says LB, five waves, and something in the first that does not end:
/// every wave is asked before the output is cut. Most of the two minutes that they take are upsd's.
/// </summary>
public sealed class DischargeCurveSpecs
{
    private const int Waves = 5;
    private const int StepSeconds = 2;

    public static TheoryData<string, string> Curves
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var curve in DischargeCurve.All)
            foreach (var trouble in (string[])["a pod that never ends", "a dead node"])
                rows.Add(curve, trouble);
            return rows;
        }
    }

    [LongTheory]
    [MemberData(nameof(Curves))]
    public async Task Every_wave_is_asked_before_the_output_is_cut(string name, string trouble)
    {
        var curve = DischargeCurve.Of(name);
        await using var upsd = await RealUpsd.StartAsync();
        await using var world = await World.StartAsync(Manifests(trouble == "a pod that never ends"));
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?> { ["Power__Sources__0"] = upsd.Address }
        );
        for (var i = 0; i < 35; i++)
            await ebb.StepAsync(StepSeconds);
        Assert.Equal("normal", ebb.View.Plan.Phase.ToString().ToLowerInvariant());

        var failed = world.Seconds;
        var told = new Dictionary<string, string>();
        await TellAsync("ups.status", "OB DISCHRG");
        if (trouble == "a dead node")
            world.Cluster.PowerOffNode("node-2");
        var asked = new double?[Waves];
        for (double second = 0; second < curve.Lasts && asked.Any(at => at is null); second += StepSeconds)
        {
            foreach (var (variable, value) in curve.At(second))
                await TellAsync(variable, value);
            await ebb.StepAsync(StepSeconds);
            for (var wave = 0; wave < Waves; wave++)
                if (asked[wave] is null && IsAsked(world, wave))
                    asked[wave] = world.Seconds - failed;
        }

        var times = string.Join(", ", asked.Select(at => at is { } s ? $"{s:0}" : "never"));
        Assert.True(asked.All(at => at < curve.Lasts), $"cut after {curve.Lasts:0} s; waves asked after {times} s");
        Assert.True(asked.SequenceEqual(asked.Order()), $"not in order: {times} s");
        TestContext.Current.SendDiagnosticMessage($"{name}, {trouble}: cut after {curve.Lasts:0} s, asked {times} s");

        async Task TellAsync(string variable, string value)
        {
            if (told.TryGetValue(variable, out var last) && last == value)
                return;
            await upsd.SetAsync(variable, value);
            told[variable] = value;
        }
    }

    private static bool IsAsked(World world, int wave) =>
        world
            .Cluster.Store.List("deployments.apps")
            .Where(d => ((string)d["metadata"]!["name"]!).StartsWith($"w{wave}-", StringComparison.Ordinal))
            .All(d => (int?)d["spec"]!["replicas"] == 0);

    /// <summary>Two workloads a wave, one on each node.</summary>
    private static string Manifests(bool hangs) =>
        string.Join(
            "---\n",
            [
                "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
                .. Enumerable.Range(1, 2).Select(Node),
                .. from wave in Enumerable.Range(0, Waves)
                from node in Enumerable.Range(1, 2)
                select Workload(wave, node, hangs && (wave, node) == (0, 1)),
            ]
        );

    private static string Node(int number) =>
        """
            apiVersion: v1
            kind: Node
            metadata: {name: node-NUMBER, labels: {kubernetes.io/hostname: node-NUMBER}}
            status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}, allocatable: {cpu: "16", memory: 64Gi, pods: "110"}}

            """.Replace("NUMBER", $"{number}", StringComparison.Ordinal);

    private static string Workload(int wave, int node, bool hangs) =>
        """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: NAME, namespace: shop}
            spec:
              replicas: 2
              selector: {matchLabels: {app: NAME}}
              template:
                metadata:
                  labels: {app: NAME}
                  annotations: {simulation.ebb.dev/never-stops: "HANGS", simulation.ebb.dev/stop-seconds: "4"}
                spec: {nodeSelector: {kubernetes.io/hostname: NODE}, containers: [{name: c, image: example/c:1}]}
            ---
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: NAME, namespace: shop}
            spec: {type: deployment, namespace: shop, name: NAME, shutdownPriority: DOWN, scaleUpPriority: UP}

            """.Replace("NAME", $"w{wave}-{node}", StringComparison.Ordinal).Replace(
            "NODE",
            $"node-{node}",
            StringComparison.Ordinal
        ).Replace("HANGS", hangs ? "true" : "false", StringComparison.Ordinal).Replace(
            "DOWN",
            $"{wave}",
            StringComparison.Ordinal
        ).Replace("UP", $"{Waves - wave}", StringComparison.Ordinal);
}
