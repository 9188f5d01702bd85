using System.Text.RegularExpressions;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Deploy;

/// <summary>The manifests that the docs show apply as they stand, by the server's own rules of validation.</summary>
public sealed partial class DocsSpecs
{
    /// <summary>Of other projects, whose definitions are not served here.</summary>
    private static readonly string[] Others =
    [
        "source.toolkit.fluxcd.io",
        "kind: Kustomization",
        "kind: Application",
        "kind: ExtensionServiceConfig",
    ];

    public static TheoryData<string> Pages =>
        new(
            Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md")
                .Where(file => Manifests(file).Any())
                .Select(file => Path.GetFileName(file))
        );

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_manifest_of_a_page_applies(string page)
    {
        var manifests = Manifests(Path.Combine(Repository.Root, "docs", page)).ToList();
        await using var world = await World.StartAsync(
            string.Concat(
                Namespaces(manifests)
                    .Select(name => $"---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n")
            )
        );
        foreach (var manifest in manifests)
            await world.Cluster.ApplyManifestAsync(manifest);
    }

    private static IEnumerable<string> Manifests(string file) =>
        Block()
            .Matches(File.ReadAllText(file))
            .Select(block => Indented(block.Groups[2].Value, block.Groups[1].Length))
            .Where(text => text.StartsWith("apiVersion:", StringComparison.Ordinal))
            .Where(text => !Others.Any(other => text.Contains(other, StringComparison.Ordinal)));

    private static string Indented(string text, int spaces) =>
        string.Join('\n', text.Split('\n').Select(line => line.Length >= spaces ? line[spaces..] : line));

    private static IEnumerable<string> Namespaces(IEnumerable<string> manifests) =>
        manifests
            .SelectMany(text => Namespace().Matches(text))
            .Select(match => match.Groups[1].Value)
            .Append("shop")
            .Where(name => name != "ebb-system")
            .Distinct();

    [GeneratedRegex("^( *)```yaml\n(.*?)^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\bnamespace: ([a-z0-9-]+)")]
    private static partial Regex Namespace();
}
