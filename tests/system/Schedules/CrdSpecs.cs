using System.Text.Json.Nodes;
using Ebb.Engine.Schedules;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Schedules;

/// <summary>
/// The three CRDs are the originals', as a real API server served them, and everything that is more is optional.
/// </summary>
public class CrdSpecs
{
    [Theory]
    [InlineData("301-crd-served-servicescalers.json")]
    [InlineData("302-crd-served-scheduledpodautoscalers.json")]
    [InlineData("303-crd-served-schedules.json")]
    public async Task Group_version_kind_names_columns_fields_and_status_are_the_originals(string recorded)
    {
        var original = JsonNode.Parse(
            await File.ReadAllTextAsync(System.IO.Path.Combine(Repository.Recordings, "kubernetes", recorded))
        )!["response"]!["body"]!;
        await using var world = await World.StartAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
        var ours = world.Cluster.Store.Get(
            "customresourcedefinitions.apiextensions.k8s.io",
            null,
            (string)original["metadata"]!["name"]!
        )!;
        foreach (var member in new[] { "group", "scope", "names" })
            Assert.Equal(Sorted(original["spec"]![member]), Sorted(ours["spec"]![member]));
        var (theirs, mine) = (original["spec"]!["versions"]![0]!, ours["spec"]!["versions"]![0]!);
        foreach (var member in new[] { "name", "served", "storage", "subresources" })
            Assert.Equal(Sorted(theirs[member]), Sorted(mine[member]));
        // What is added comes after the original's.
        var columns = theirs["additionalPrinterColumns"] as JsonArray ?? [];
        Assert.Equal(
            Sorted(columns),
            Sorted(
                new JsonArray([
                    .. (mine["additionalPrinterColumns"] as JsonArray ?? [])
                        .Take(columns.Count)
                        .Select(c => c!.DeepClone()),
                ])
            )
        );
        Compare(theirs["schema"]!["openAPIV3Schema"]!, mine["schema"]!["openAPIV3Schema"]!, "");
    }

    /// <summary>
    /// Each of the originals' published examples and Ebb's own, by the server's own rules of validation.
    /// </summary>
    [Fact]
    public async Task Every_example_applies()
    {
        await using var world = await World.StartAsync(
            string.Concat(new[] { "dev", "prod", "production-namespace", "shop" }.Select(Manifests.Namespace))
        );
        var examples = Repository.Files("deploy/examples/schedules", "*.yaml").ToList();
        Assert.True(examples.Count >= 8);
        foreach (var example in examples)
            await world.Cluster.ApplyManifestAsync(await File.ReadAllTextAsync(example));
        Assert.Equal(2, world.Cluster.Store.Count("servicescalers.scaler.udaan.io"));
        Assert.Equal(11, world.Cluster.Store.Count(Manifests.SchedulesResource));
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        Assert.All(clock.Path.View!.Entries, entry => Assert.Empty(ScheduleReadings.Faults(entry)));
    }

    private static void Compare(JsonNode original, JsonNode ours, string path)
    {
        foreach (var member in new[] { "type", "format", "pattern", "x-kubernetes-int-or-string" })
            if (original[member] is { } value)
                Assert.True(Sorted(value) == Sorted(ours[member]), $"{path} {member}: {ours[member]}");
        // What the original takes is taken: less may be required, never more.
        Assert.Subset(
            (original["required"] as JsonArray ?? []).Select(name => (string)name!).ToHashSet(),
            (ours["required"] as JsonArray ?? []).Select(name => (string)name!).ToHashSet()
        );
        // Looser than the original only where the words say so: more names of days and types, 0 replicas.
        Assert.Empty(Values(original).Except(Values(ours)));
        if ((int?)original["minimum"] is { } least)
            Assert.True((int?)ours["minimum"] <= least, $"{path} minimum");
        foreach (var (name, property) in original["properties"] as JsonObject ?? [])
        {
            Assert.True(ours["properties"]?[name] is not null, $"{path}.{name} is missing");
            Compare(property!, ours["properties"]![name]!, $"{path}.{name}");
        }

        if (original["items"] is { } items)
            Compare(items, ours["items"]!, $"{path}[]");
    }

    private static IEnumerable<string> Values(JsonNode schema) => (schema["enum"] as JsonArray ?? []).Select(Sorted);

    private static string Sorted(JsonNode? node) =>
        node switch
        {
            JsonObject item =>
                $"{{{string.Join(",", item.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}:{Sorted(m.Value)}"))}}}",
            JsonArray list => $"[{string.Join(",", list.Select(Sorted))}]",
            null => "null",
            _ => node.ToJsonString(),
        };
}
