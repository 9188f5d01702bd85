using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Core.Waves;
using Ebb.Tests.Harness;
using Ebb.Tests.Hooks;
using Ebb.Tests.Schedules;
using Ebb.Tests.Survival;

namespace Ebb.Tests.Deploy;

/// <summary>What docs/alongside.md says of what Ebb writes, held against what stands in managedFields.</summary>
public sealed partial class AlongsideSpecs
{
    private static readonly Dictionary<string, string> Resources = new()
    {
        ["Deployment"] = "deployments.apps",
        ["StatefulSet"] = "statefulsets.apps",
        ["HorizontalPodAutoscaler"] = "horizontalpodautoscalers.autoscaling",
        ["ScaledObject"] = "scaledobjects.keda.sh",
        ["CronJob"] = "cronjobs.batch",
        ["Kustomization"] = "kustomizations.kustomize.toolkit.fluxcd.io",
        ["HelmRelease"] = "helmreleases.helm.toolkit.fluxcd.io",
        ["Application"] = "applications.argoproj.io",
        ["Cluster"] = "clusters.postgresql.cnpg.io",
        ["Node"] = "nodes",
        ["Pod"] = "pods",
        ["UpsScaler"] = "upsscalers.ups-scaler.io",
    };

    /// <summary>Told in the table, and written in no outage with an override and a Schedule in it.</summary>
    private static readonly string[] Rare =
    [
        "Cluster cnpg.io/fencedInstances",
        "Pod controller.kubernetes.io/pod-deletion-cost",
        "Pod ebb.dev/pod-deletion-cost",
    ];

    private const string Asked = """
        ---
        apiVersion: autoscaling.d-kuro.github.io/v1
        kind: Schedule
        metadata: {name: queue, namespace: shop}
        spec:
          scaleTargetRef: {apiVersion: keda.sh/v1alpha1, kind: ScaledObject, name: queue}
          timeZone: UTC
          type: Daily
          startTime: "00:00"
          endTime: "24:00"
          minReplicas: 1
          maxReplicas: 5
        ---
        apiVersion: ebb.dev/v1alpha1
        kind: Override
        metadata: {name: elastic, namespace: shop}
        spec:
          target: {kind: deployment, name: elastic}
          replicas: 4
          until: "2026-01-15T13:00:00Z"
          reason: a campaign
        """;

    [Fact]
    public async Task Ebb_writes_what_the_table_says_and_nothing_else()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests + Asked);
        await using var ebb = EbbProcess.Start(world, HookWorld.Hurried);
        await using var clock = ClockProcess.Start(world, beside: ebb);
        SortedSet<string> written = new(StringComparer.Ordinal);
        for (var i = 0; i < 5; i++)
            await StepAsync();
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(() => ebb.View.Plan.Phase == Phase.Asleep);
        world.Ups.StatusOverride = "OL";
        await UntilAsync(() =>
            ebb.View.Plan.Phase == Phase.Normal && world.Cluster.Store.Count("baselines.ebb.dev") <= 2
        );

        var told = Told();
        Assert.Empty(written.Except(told));
        Assert.Empty(told.Except(written).Except(Rare));

        async Task StepAsync()
        {
            await ebb.StepAsync();
            await clock.TurnAsync();
            written.UnionWith(Resources.SelectMany(kind => Written(world, kind.Key, kind.Value)));
        }

        async Task UntilAsync(Func<bool> condition)
        {
            for (var i = 0; !condition(); i++)
            {
                Assert.True(i < 300, $"not within 300 s: {ebb.View.Plan.Phase}: {ebb.View.Plan.Reason}");
                await StepAsync();
            }
        }
    }

    private static IEnumerable<string> Told() =>
        Row()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/alongside.md")))
            .SelectMany(row =>
                Word()
                    .Matches(row.Groups[1].Value)
                    .SelectMany(kind =>
                        Word()
                            .Matches(row.Groups[2].Value)
                            .Select(field => $"{kind.Groups[1].Value} {field.Groups[1].Value}")
                    )
            );

    private static IEnumerable<string> Written(World world, string kind, string resource) =>
        world
            .Cluster.Store.List(resource, kind == "Node" ? null : "shop")
            .SelectMany(item => item["metadata"]!["managedFields"]?.AsArray() ?? [])
            .Where(entry => (string?)entry!["manager"] == "ebb")
            .SelectMany(entry => Paths(entry!["fieldsV1"]!.AsObject(), ""))
            .Select(path => $"{kind} {Short(path)}");

    private static IEnumerable<string> Paths(JsonObject fields, string path)
    {
        var below = fields.Where(field => field.Key.StartsWith("f:", StringComparison.Ordinal)).ToList();
        return below.Count == 0
            ? [path]
            : below.SelectMany(field => Paths(field.Value!.AsObject(), $"{path}/{field.Key[2..]}"));
    }

    /// <summary>An annotation by its name, a field by the path that the table has.</summary>
    private static string Short(string path)
    {
        const string Annotations = "/metadata/annotations/";
        if (path.StartsWith(Annotations, StringComparison.Ordinal))
            return path[Annotations.Length..];
        var dotted = path[1..].Replace('/', '.');
        return dotted.StartsWith("status.", StringComparison.Ordinal) ? "status"
            : dotted.StartsWith("spec.syncPolicy.automated.", StringComparison.Ordinal) ? "spec.syncPolicy.automated"
            : dotted;
    }

    [GeneratedRegex(@"^\| (`[A-Z][^|]+) \| (`[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Word();
}
