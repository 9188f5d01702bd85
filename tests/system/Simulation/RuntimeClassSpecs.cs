using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Simulation;

/// <summary>
/// What the API server makes of a pod that names a RuntimeClass, as its admission plugin of that name does.
/// </summary>
public sealed class RuntimeClassSpecs
{
    private const string Kata = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: node.k8s.io/v1
        kind: RuntimeClass
        metadata: {name: kata}
        handler: kata
        overhead: {podFixed: {cpu: 250m, memory: 120Mi}}
        scheduling:
          nodeSelector: {vm: "yes"}
          tolerations: [{key: vm, operator: Exists}]
        ---
        apiVersion: node.k8s.io/v1
        kind: RuntimeClass
        metadata: {name: plain}
        handler: runc
        """;

    [Fact]
    public async Task It_adds_overhead_selector_and_tolerations()
    {
        await using var world = await World.StartAsync(Kata);
        var spec = world.Cluster.Store.Apply(
            Pod(
                """{"runtimeClassName":"kata","nodeSelector":{"disk":"ssd"},"tolerations":[{"key":"a","operator":"Exists"}]}"""
            )
        )["spec"]!;
        Assert.Equal("""{"cpu":"250m","memory":"120Mi"}""", spec["overhead"]!.ToJsonString());
        Assert.Equal("""{"disk":"ssd","vm":"yes"}""", spec["nodeSelector"]!.ToJsonString());
        var tolerated = spec["tolerations"]!.AsArray().Select(t => (string?)t!["key"]).ToList();
        Assert.Contains("a", tolerated);
        Assert.Contains("vm", tolerated);
    }

    [Theory]
    [InlineData("""{"runtimeClassName":"gvisor"}""", "pod rejected: RuntimeClass \"gvisor\" not found")]
    [InlineData(
        """{"overhead":{"cpu":"1"}}""",
        "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
    )]
    [InlineData(
        """{"runtimeClassName":"plain","overhead":{"cpu":"1"}}""",
        "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
    )]
    [InlineData(
        """{"runtimeClassName":"kata","overhead":{"cpu":"1"}}""",
        "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"
    )]
    [InlineData(
        """{"runtimeClassName":"kata","nodeSelector":{"vm":"no"}}""",
        "pod rejected: conflict: runtimeClass.scheduling.nodeSelector[vm] = yes; pod.spec.nodeSelector[vm] = no"
    )]
    public async Task What_contradicts_it_is_refused(string spec, string why)
    {
        await using var world = await World.StartAsync(Kata);
        var refused = Assert.Throws<InvalidOperationException>(() => world.Cluster.Store.Apply(Pod(spec)));
        Assert.EndsWith(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, world.Cluster.Store.Count("pods", "shop"));
    }

    [Fact]
    public async Task The_same_amounts_written_in_another_way_do_not_contradict_it()
    {
        await using var world = await World.StartAsync(Kata);
        world.Cluster.Store.Apply(Pod("""{"runtimeClassName":"kata","overhead":{"cpu":"0.25","memory":"122880Ki"}}"""));
        Assert.Equal(1, world.Cluster.Store.Count("pods", "shop"));
    }

    private static JsonObject Pod(string spec)
    {
        var parsed = JsonNode.Parse(spec)!.AsObject();
        parsed["containers"] = JsonNode.Parse("""[{"name":"c","image":"example/x:1"}]""");
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = "vm", ["namespace"] = "shop" },
            ["spec"] = parsed,
        };
    }
}
