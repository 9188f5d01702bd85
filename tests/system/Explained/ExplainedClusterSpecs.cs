using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Core.Tests.Capacity.Oracle;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Capacity;
using Ebb.Kubernetes.Connection;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Http;
using Ebb.Scaler.Marks;
using Ebb.Scaler.Protocol;
using Ebb.Tests.Harness;
using Ebb.Tests.Scaler;
using Microsoft.Extensions.Time.Testing;
using NodaTime;

namespace Ebb.Tests.Explained;

/// <summary>
/// /explain as it is serialised, over random clusters as the API server lists them, against a slow count that shares no
/// code with it: objects are read, opened, counted and told by what is shipped, and only the network is missing. 2,000
/// clusters under EBB_LONG=1, 200 otherwise, the same every time.
/// </summary>
public sealed class ExplainedClusterSpecs
{
    private static readonly int Clusters = Environment.GetEnvironmentVariable("EBB_LONG") == "1" ? 2000 : 200;
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    // Sentences, which repeat numbers that are compared, and not numbers of their own.
    private static readonly string[] Sentences = ["because", "overruled", "pace", "target", "conditions", "exact"];

    [LongFact]
    public async Task Every_number_is_what_a_count_replica_by_replica_says()
    {
        var random = new Random(1711);
        List<string> wrong = [];
        for (var i = 0; i < Clusters; i++)
        {
            var seed = random.Next();
            wrong.AddRange((await DifferencesAsync(seed)).Select(one => $"seed {seed}: {one}"));
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} differences\n{string.Join('\n', wrong.Take(30))}");
    }

    private static async Task<IReadOnlyList<string>> DifferencesAsync(int seed)
    {
        var cluster = Possible(seed);
        var said = await SaidAsync(cluster);
        var plan = new SlowPlan(cluster);
        List<string> wrong = [];
        if ((int?)said["pods"] != cluster.Pods.Count)
            wrong.Add($"pods {said["pods"]}, expected {cluster.Pods.Count}");
        if (said["items"] is not JsonArray items || items.Count != cluster.Harvesters.Count)
            return [.. wrong, $"expected {cluster.Harvesters.Count} items, found {said.ToJsonString()}"];
        foreach (var (own, item) in cluster.Harvesters.Zip(items))
        {
            var slow = SlowExplanation.Of(cluster, plan, own, Now);
            wrong.AddRange(Differences(item!, slow).Select(one => $"{own.App}: {one}"));
            if (item!["capacity"] is not { } capacity)
                continue;
            var order = string.Join(',', capacity["nodes"]!.AsArray().Select(node => (string?)node!["name"]));
            if (order != string.Join(',', slow.Order))
                wrong.Add($"{own.App}: nodes in the order {order}, expected {string.Join(',', slow.Order)}");
            wrong.AddRange(Waiting(capacity, cluster, plan).Select(one => $"{own.App}: {one}"));
        }

        return wrong;
    }

    // What no API server would hold: a pod with a node in its spec is on it, and a quota refuses pods without requests
    // of what it bounds.
    private static RandomCluster Possible(int seed)
    {
        var cluster = new RandomCluster(seed);
        cluster.Pods.RemoveAll(pod => pod.Node is null && pod.Where.Node is not null);
        cluster.Quotas.RemoveAll(quota =>
            quota.Resource is "cpu" or "memory"
            && cluster.Harvesters.Exists(own =>
                own.Parts.Whole.Count == 0
                && own.Parts.Containers.Exists(one =>
                    !one.Requests.ContainsKey(quota.Resource)
                    && !own.Parts.Defaults.Exists(defaults => defaults.ContainsKey(quota.Resource))
                )
            )
        );
        return cluster;
    }

    private static async Task<JsonObject> SaidAsync(RandomCluster cluster)
    {
        var time = new FakeTimeProvider(Now);
        using var api = new KubernetesApi(
            new ClusterConnection(new k8s.KubernetesClientConfiguration { Host = "http://127.0.0.1:1" }, "no server")
            {
                ServerDouble = new ServedObjects(cluster),
            },
            TimeProvider.System
        );
        await using var known = new ScalerCluster(api, "ebb-system", time);
        // Whoever is asked first does not know of the others yet; the second ones answer beside all.
        TriggerRegistry[] registries = [new(known, time, ["ebb-system"]), new(known, time, ["ebb-system"])];
        foreach (var registry in registries)
        {
            var triggers = cluster.Harvesters.Select(own => registry.Find(Reference(own))).ToList();
            await ScalerWorld.UntilAsync(
                () => triggers.TrueForAll(one => one.At(Instant.FromDateTimeOffset(Now)) is not Answer.Unknown),
                "everything is read"
            );
        }

        var explained = new Explanations(known, registries[1], new Readiness(known), new MarkStates(), time);
        return JsonNode.Parse(explained.All(true, 5000).ToJsonString())!.AsObject();
    }

    private static ScaledObjectRef Reference(SlowHarvester own)
    {
        var reference = new ScaledObjectRef { Namespace = "shop", Name = own.App };
        foreach (var (key, value) in ServedObjects.Trigger(own))
            reference.ScalerMetadata[key] = value;
        return reference;
    }

    private static IEnumerable<string> Differences(JsonNode item, SlowExplanation slow)
    {
        var said = Leaves(item, "").ToDictionary();
        foreach (var (path, text) in said)
            if (!slow.Leaves.TryGetValue(path, out var expected))
                yield return $"{path} {text}, which the slow count does not know";
            else if (text != expected && expected?.Split(" or ").Contains(text) != true)
                yield return $"{path} {text ?? "-"}, counted slowly {expected ?? "-"}";
        foreach (var (path, expected) in slow.Leaves)
            if (!said.ContainsKey(path))
                yield return $"{path} is not said, counted slowly {expected}; {item["invalid"]} {item["unknown"]}";
    }

    private static IEnumerable<KeyValuePair<string, string?>> Leaves(JsonNode? node, string path) =>
        node switch
        {
            JsonObject members => members
                .Where(one =>
                    !Sentences.Contains(one.Key)
                    && one.Key is not ("waiting" or "notDemand" or "moreWaiting" or "moreNotDemand")
                )
                .SelectMany(one => Leaves(one.Value, path.Length == 0 ? one.Key : $"{path}.{one.Key}")),
            JsonArray items => items.SelectMany(one => Leaves(one, $"{path}[{one!["name"]}]")),
            null => [new(path, null)],
            _ =>
            [
                new(
                    path,
                    node.GetValueKind() == JsonValueKind.String ? (string?)node
                        : node.GetValueKind() == JsonValueKind.True ? "True"
                        : node.GetValueKind() == JsonValueKind.False ? "False"
                        : node.ToJsonString()
                ),
            ],
        };

    // Of pods that are alike any may be named, and of many any twenty.
    private static IEnumerable<string> Waiting(JsonNode capacity, RandomCluster cluster, SlowPlan plan)
    {
        var unmet = plan.Unmet.Select(one => $"{Kind(one.Pod.Name)} {(one.Nowhere ? "not even empty" : "")}").ToList();
        var told = capacity["notDemand"]!.AsArray().Select(Unmet);
        if (Lacking(told, unmet, (int?)capacity["moreNotDemand"]) is { } wrongly)
            yield return $"notDemand: {wrongly}";
        var waits = SlowPlan
            .Waiting(cluster)
            .GroupBy(pod => Kind(pod.Name))
            .SelectMany(kind =>
                kind.Skip(plan.Unmet.Count(one => Kind(one.Pod.Name) == kind.Key)).Select(pod => (kind.Key, pod))
            )
            .Select(one => $"{one.Key} {Choices(cluster, one.pod)}")
            .ToList();
        var named = capacity["waiting"]!
            .AsArray()
            .Select(one =>
                $"{Kind((string)one!["pod"]!)} {string.Join(',', one["nodes"]!.AsArray())} and {one["moreNodes"]}"
            );
        if (Lacking(named, waits, (int?)capacity["moreWaiting"]) is { } lacking)
            yield return $"waiting: {lacking}";
    }

    private static string Choices(RandomCluster cluster, SlowPod pod)
    {
        var nodes = SlowPlan.Choices(cluster, pod);
        return $"{string.Join(',', nodes.Take(5))} and {Math.Max(0, nodes.Count - 5)}";
    }

    private static string? Lacking(IEnumerable<string> told, List<string> expected, int? more)
    {
        var (first, left) = (told.ToList(), expected.ToList());
        var extra = first.Where(one => !left.Remove(one)).ToList();
        return extra.Count == 0 && first.Count == Math.Min(20, expected.Count) && more == left.Count
            ? null
            : $"{string.Join("; ", first)} and {more}, counted slowly {string.Join("; ", expected)}";
    }

    private static string Unmet(JsonNode? one) =>
        $"{Kind((string)one!["pod"]!)} {(Never(one) ? "not even empty" : "")}";

    // It would find no node if nobody else were there.
    private static bool Never(JsonNode one) =>
        ((string)one["why"]!) is var why
        && (
            why.Contains("empty", StringComparison.Ordinal)
            || why.Contains("does not exist", StringComparison.Ordinal)
            || why.Contains("podAntiAffinity by", StringComparison.Ordinal)
        );

    private static string Kind(string pod) => pod.Split('/')[^1].Split('-')[0];
}
