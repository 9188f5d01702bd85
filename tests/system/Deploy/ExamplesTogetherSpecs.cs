using System.Text.Json.Nodes;
using Ebb.Simulation.Yaml;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Deploy;

/// <summary>Whoever applies all of <c>deploy/examples</c> has no two autoscalers on one workload.</summary>
public sealed class ExamplesTogetherSpecs
{
    [Fact]
    public void No_two_autoscalers_are_on_one_workload()
    {
        var scaled = Objects()
            .Select(one => (Workload: Scaled(one), By: By(one)))
            .Where(one => one.Workload is not null);
        var groups = scaled.GroupBy(one => one.Workload!, one => one.By).ToList();
        Assert.True(groups.Count > 8, string.Join(", ", groups.Select(group => group.Key)));
        Assert.All(groups, group => Assert.True(group.Distinct().Count() == 1, $"{group.Key}: {Names(group)}"));
    }

    [Fact]
    public void No_object_is_there_twice() =>
        Assert.All(
            Objects().GroupBy(one => $"{one["kind"]} {Place(one)}/{one["metadata"]!["name"]}"),
            group => Assert.True(group.Count() == 1, group.Key)
        );

    private static string Names(IEnumerable<string> of) => string.Join(", ", of);

    private static IEnumerable<JsonObject> Objects() =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "deploy/examples"), "*.yaml", SearchOption.AllDirectories)
            .SelectMany(file => Yaml.Documents(File.ReadAllText(file)));

    /// <summary>Several Schedules on one workload are one that sizes it: the greatest of what they ask counts.</summary>
    private static string By(JsonObject one) =>
        (string)one["kind"]! is var kind && kind == "Schedule" ? kind : $"{kind} {one["metadata"]!["name"]}";

    /// <summary>The workload whose replicas an object sets; null: none, or it asks that of another object.</summary>
    private static string? Scaled(JsonObject one)
    {
        var spec = one["spec"];
        var target = (string?)one["kind"] switch
        {
            "HorizontalPodAutoscaler" or "ScaledObject" => spec!["scaleTargetRef"],
            "ScheduledPodAutoscaler" => spec!["horizontalPodAutoscalerSpec"]!["scaleTargetRef"],
            "ServiceScaler" => new JsonObject { ["name"] = (string)one["metadata"]!["name"]! },
            "Schedule"
                when (string?)spec!["scaleTargetRef"]!["kind"] is "Deployment" or "StatefulSet"
                    && spec["scaleTargetRef"]!["name"] is not null => spec["scaleTargetRef"],
            _ => null,
        };
        return target is null
            ? null
            : $"{Place(one)}/{(string?)target["kind"] ?? "Deployment"}/{(string?)target["name"]}";
    }

    private static string Place(JsonObject one) => (string?)one["metadata"]!["namespace"] ?? "default";
}
