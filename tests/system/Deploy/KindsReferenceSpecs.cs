using Ebb.Tests.Harness;

namespace Ebb.Tests.Deploy;

/// <summary>
/// <c>docs/reference/kinds.md</c> says what the definitions say. With EBB_WRITE_REFERENCE=1 it is written anew.
/// </summary>
public sealed class KindsReferenceSpecs
{
    private static string Page => Path.Combine(Repository.Root, "docs/reference/kinds.md");

    [Fact]
    public async Task The_page_is_made_from_the_definitions()
    {
        await using var world = await World.StartAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
        var sections = Repository
            .Files("deploy/crds", "*.yaml")
            .Select(file => Path.GetFileNameWithoutExtension(file)!)
            .Order(StringComparer.Ordinal)
            .Select(name =>
                KindsReference.Section(
                    world.Cluster.Store.Get("customresourcedefinitions.apiextensions.k8s.io", null, name)!
                )
            );
        var made = KindsReference.Heading + string.Concat(sections);
        if (Environment.GetEnvironmentVariable("EBB_WRITE_REFERENCE") == "1")
            await File.WriteAllTextAsync(Page, made);
        Assert.Equal(made, await File.ReadAllTextAsync(Page));
    }

    /// <summary>So that <c>kubectl explain</c> leaves nobody alone with a name.</summary>
    [Fact]
    public void Every_field_has_words()
    {
        var rows = File.ReadAllLines(Page).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();
        Assert.True(rows.Count > 400, $"{rows.Count} rows");
        Assert.DoesNotContain(rows, line => line.EndsWith("|  |", StringComparison.Ordinal));
    }
}
