using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Scaler.Triggers;
using Ebb.Simulation.World.Keda;
using Ebb.Simulation.Yaml;
using Ebb.Tests.Harness;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>
/// The ScaledObjects that the README and the examples offer to be copied: applied as they stand, and answered.
/// </summary>
public sealed partial class ReadmeSpecs
{
    private static readonly (string File, string Text)[] Offered =
    [
        .. Blocks()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, "README.md")))
            .Select(block => ("README.md", block.Groups[1].Value)),
        .. Directory
            .EnumerateFiles(
                Path.Combine(Repository.Root, "deploy/examples"),
                "keda-*.yaml",
                SearchOption.AllDirectories
            )
            .Select(file => (Path.GetFileName(file), File.ReadAllText(file))),
    ];

    private static IEnumerable<(string File, JsonObject Tree)> ScaledObjects =>
        Offered
            .SelectMany(offered => Yaml.Documents(offered.Text).Select(tree => (offered.File, Tree: tree)))
            .Where(offered => (string?)offered.Tree["kind"] == "ScaledObject");

    public static TheoryData<string, string> All =>
        [.. ScaledObjects.Select(offered => (offered.File, (string)offered.Tree["metadata"]!["name"]!))];

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [Fact]
    public void The_readme_offers_one_for_each_wish()
    {
        var offered = ScaledObjects.Where(one => one.File == "README.md").Select(one => one.Tree).ToList();
        Assert.Equal(4, offered.Count);
        var triggers = offered
            .Select(one =>
                one["spec"]!["triggers"]!
                    .AsArray()
                    .Select(trigger =>
                        $"{trigger!["type"]} {trigger["metadata"]!["follow"]} {trigger["metadata"]!["resource"]}".Trim()
                    )
            )
            .ToList();
        Assert.Equal(
            [
                ["external schedule", "prometheus"],
                ["external-push schedule"],
                ["external capacity cpu"],
                ["external capacity nvidia.com/gpu"],
            ],
            triggers
        );
        Assert.Equal([2L, 0, 0, 0], offered.Select(one => (long)one["spec"]!["minReplicaCount"]!));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Each_carries_what_keeps_its_counts_exact_and_its_first_answer_harmless(string file, string name)
    {
        var spec = Find(file, name)["spec"]!;
        Assert.Null(spec["fallback"]);
        Assert.True((long)spec["initialCooldownPeriod"]! > 0);
        foreach (var direction in new[] { "scaleUp", "scaleDown" })
            Assert.Equal(
                "0",
                (string?)spec["advanced"]!["horizontalPodAutoscalerConfig"]!["behavior"]![direction]!["tolerance"]
            );
        Assert.All(spec["triggers"]!.AsArray(), trigger => Assert.True((bool?)trigger!["useCachedMetrics"]));
        // Cached, the HPA sees what the poll saw: it must not be old.
        Assert.InRange((long)spec["pollingInterval"]!, 1L, 15L);
        foreach (var trigger in External(spec))
        {
            Assert.Equal("ebb-scaler.ebb-system:9090", (string?)trigger["metadata"]!["scalerAddress"]);
            Assert.Empty(
                TriggerMetadataReader
                    .Read(trigger["metadata"]!.AsObject().ToDictionary(p => p.Key, p => (string)p.Value!))
                    .Faults
            );
        }
    }

    [LongTheory]
    [MemberData(nameof(All))]
    public async Task Each_is_taken_by_the_api_server_and_answered_by_the_scaler(string file, string name)
    {
        var tree = Find(file, name).DeepClone().AsObject();
        var space = (string)tree["metadata"]!["namespace"]!;
        var workload = Deployment(name, 1, spec: "tolerations: [{key: nvidia.com/gpu, operator: Exists}],")
            .Replace("namespace: shop", $"namespace: {space}", StringComparison.Ordinal)
            .Replace("cpu: \"1\"", "cpu: \"1\", nvidia.com/gpu: \"1\"", StringComparison.Ordinal);
        await using var all = await ScalerWorld.StartAsync(Node("node-1", "64", ", nvidia.com/gpu: \"4\"") + workload);
        foreach (var trigger in External(tree["spec"]!))
            trigger["metadata"]!["scalerAddress"] = $"127.0.0.1:{all.Port}";

        using var http = new HttpClient { BaseAddress = all.World.Cluster.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Admin(all.World.Cluster.Kubeconfig));
        using var body = new StringContent(tree.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(
            $"/apis/keda.sh/v1alpha1/namespaces/{space}/scaledobjects?fieldValidation=Strict",
            body,
            TestContext.Current.CancellationToken
        );
        Assert.True(
            answer.StatusCode == HttpStatusCode.Created,
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        await ScalerWorld.UntilAsync(() => all.Cluster.ScaledObject(space, name).It is not null, "the scaler sees it");

        for (var i = 0; i < External(tree["spec"]!).Count(); i++)
        {
            var question = all.Question(space, name, i);
            Assert.Equal(
                new ScalerMetric("ebb-replicas", 1),
                Assert.Single(await all.Keda.GetMetricSpec(question, default))
            );
            await AnsweredAsync(() => all.Keda.IsActive(question, default));
            await AnsweredAsync(() => all.Keda.GetMetrics(question, "ebb-replicas", default));
        }
    }

    private static async Task AnsweredAsync<T>(Func<Task<T>> ask)
    {
        // Its workload is watched from the first question on, and is not known until it was read.
        for (
            var since = System.Diagnostics.Stopwatch.StartNew();
            ;
            await Task.Delay(10, TestContext.Current.CancellationToken)
        )
        {
            try
            {
                await ask();
                return;
            }
            catch (InvalidOperationException refusal)
                when (refusal.Message.Contains("Unavailable", StringComparison.Ordinal)
                    && since.Elapsed < TimeSpan.FromSeconds(20)
                )
            {
                // Asked again.
            }
        }
    }

    private static JsonObject Find(string file, string name) =>
        ScaledObjects
            .Single(offered => offered.File == file && (string?)offered.Tree["metadata"]!["name"] == name)
            .Tree;

    private static IEnumerable<JsonNode> External(JsonNode spec) =>
        spec["triggers"]!
            .AsArray()
            .Where(trigger => ((string)trigger!["type"]!).StartsWith("external", StringComparison.Ordinal))
            .Select(trigger => trigger!);

    private static string Admin(string kubeconfig) =>
        kubeconfig.Split('\n').Single(line => line.Contains("token:", StringComparison.Ordinal)).Split(':')[1].Trim();
}
