using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Simulation;
using Ebb.Simulation.Clock;
using Ebb.Tests.Harness;
using YamlDotNet.RepresentationModel;

namespace Ebb.Tests.Simulation;

/// <summary>The manifests that users copy, applied as users apply them, to a server with the shipped CRDs.</summary>
public sealed partial class KubectlExampleSpecs
{
    // One example is for a cluster that has the Prometheus operator; this is as much of its definition as the example
    // needs.
    private const string PrometheusOperator = """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"servicemonitors.monitoring.coreos.com"},
         "spec":{"group":"monitoring.coreos.com","scope":"Namespaced","names":{"kind":"ServiceMonitor","plural":"servicemonitors","singular":"servicemonitor"},
          "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","required":["selector","endpoints"],"properties":{
           "selector":{"type":"object","properties":{"matchLabels":{"type":"object","additionalProperties":{"type":"string"}}}},
           "endpoints":{"type":"array","items":{"type":"object","properties":{"port":{"type":"string"},"interval":{"type":"string"}}}}}}}}}}]}}
        """;

    public static TheoryData<string, string> Files()
    {
        var data = new TheoryData<string, string>();
        foreach (
            var path in Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "deploy/examples"), "*.yaml", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
        )
        {
            data.Add("debian", Path.GetRelativePath(Repository.Root, path));
            data.Add("newer", Path.GetRelativePath(Repository.Root, path));
        }

        return data;
    }

    [LongTheory]
    [MemberData(nameof(Files))]
    public async Task Every_document_of_an_example_is_applied_and_none_is_refused(string which, string file)
    {
        await using var cluster = await SimulatedCluster.StartAsync(
            new SimulationOptions { Clock = SimulationClock.ByHand(World.Start), World = World.Nodes },
            TestContext.Current.CancellationToken
        );
        using var kubectl = Kubectl.For(which, cluster);
        var documents = Documents(Path.Combine(Repository.Root, file));
        cluster.Store.Apply(JsonNode.Parse(PrometheusOperator)!.AsObject());
        // An example that needs a namespace of its own brings it.
        var brought = documents.Where(d => d.Kind == "Namespace").Select(d => d.Name);
        foreach (var ns in documents.Select(d => d.Namespace).Distinct().Except(brought))
        {
            cluster.Store.Apply(
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Namespace",
                    ["metadata"] = new JsonObject { ["name"] = ns },
                }
            );
        }

        var said = (await kubectl.Run($"apply -f {Path.Combine(Repository.Root, file)}")).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        Assert.NotEmpty(documents);
        Assert.Equal(documents.Count, said.Length);
        Assert.All(said, line => Assert.EndsWith(" created", line, StringComparison.Ordinal));

        // Applied a second time nothing changes: no default of the server's is at odds with the manifest.
        var again = (await kubectl.Run($"apply -f {Path.Combine(Repository.Root, file)}")).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        // A kubectl before 1.21 does not know batch/v1 CronJobs, and sends a manifest's lists whole, without defaults.
        var minor = int.Parse(
            Minor().Match(await kubectl.Run("version --client -o json")).Groups[1].Value,
            CultureInfo.InvariantCulture
        );
        Assert.All(
            again,
            line =>
                Assert.EndsWith(
                    minor < 21 && line.StartsWith("cronjob.batch/", StringComparison.Ordinal)
                        ? " configured"
                        : " unchanged",
                    line,
                    StringComparison.Ordinal
                )
        );
        foreach (var (kind, ns, name) in documents)
        {
            Assert.Contains(name, await kubectl.Run($"get {kind} {name} -n {ns} -o name"), StringComparison.Ordinal);
        }
    }

    private static List<(string Kind, string Namespace, string Name)> Documents(string path)
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(path);
        stream.Load(reader);
        static string? Text(YamlNode node, params string[] steps) =>
            steps.Aggregate(
                (YamlNode?)node,
                (at, step) => at is YamlMappingNode map && map.Children.TryGetValue(step, out var child) ? child : null
            )
                is YamlScalarNode { Value: { } value }
                ? value
                : null;
        return
        [
            .. stream
                .Documents.Select(d => d.RootNode)
                .Where(r => Text(r, "kind") is not null)
                .Select(r =>
                {
                    var group = Text(r, "apiVersion")!.Split('/') is [var g, _] ? "." + g : "";
                    return (
                        Text(r, "kind") + (group.Length == 0 ? "" : "." + Text(r, "apiVersion")!.Split('/')[1] + group),
                        Text(r, "metadata", "namespace") ?? "default",
                        Text(r, "metadata", "name")!
                    );
                }),
        ];
    }

    [GeneratedRegex("\"minor\": \"(\\d+)")]
    private static partial Regex Minor();
}
