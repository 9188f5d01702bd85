using System.IO.Enumeration;
using System.Text.RegularExpressions;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Deploy;

/// <summary>What the README, the docs and their like name of this repository is there.</summary>
public sealed partial class NamedFilesSpecs
{
    /// <summary>Of a cluster, not of the repository.</summary>
    private static readonly string[] Others = ["deploy/ebb-operator"];

    private static readonly HashSet<string> Files =
    [
        .. Directory
            .EnumerateFiles(Repository.Root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !Built().IsMatch(file)),
    ];

    public static TheoryData<string> Pages => [.. Files.Where(file => Page().IsMatch(file)).Order()];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_file_that_a_page_names_exists(string page)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, page));
        var words = Code().Matches(text).SelectMany(code => code.Groups[1].Value.Split([' ', ',']));
        var links = Link()
            .Matches(text)
            .Select(link =>
                Path.GetRelativePath(
                    Repository.Root,
                    Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, link.Groups[1].Value))
                )
            );
        var paths = words.Where(word => Named().IsMatch(word) && !Others.Contains(word)).Concat(links);
        Assert.DoesNotContain(paths, path => !Exists(path));
        var specs = words.SelectMany(word => Specs().Matches(word)).Select(spec => $"/{spec.Groups[1].Value}.cs");
        Assert.DoesNotContain(specs, spec => !Files.Any(file => file.EndsWith(spec, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("tests/system/Kubernetes/InformerSpecs.cs", true)]
    [InlineData("tests/system/Nut/*", true)]
    [InlineData("tests/system/Kubernetes/WatchedSpecs.cs", false)]
    [InlineData("tests/system/stories/none", false)]
    [InlineData("deploy/sleep-methods/…", true)]
    [InlineData("tests/core/Planning/UpsScalerValidationSpecs", true)]
    [InlineData("docs", true)]
    public void A_file_or_a_folder_or_a_pattern_is_found_or_not(string path, bool found) =>
        Assert.Equal(found, Exists(path));

    private static bool Exists(string path)
    {
        // What follows an ellipsis or stands in capitals is the reader's.
        var known = path.Split('…')[0].TrimEnd('/');
        return Files.Any(file =>
            FileSystemName.MatchesSimpleExpression(known, file, ignoreCase: false)
            || file.StartsWith(known + "/", StringComparison.Ordinal)
            || file == known + ".cs"
        );
    }

    [GeneratedRegex(@"^(artifacts|app|\.git)/|(^|/)(bin|obj|node_modules)/")]
    private static partial Regex Built();

    [GeneratedRegex(@"^([A-Z]+\.md|docs/.*\.md|deploy/.*\.md|\.github/.*\.md)$")]
    private static partial Regex Page();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\((?!https?:|mailto:)([^)#\s\\]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    /// <summary>A path from the root.</summary>
    [GeneratedRegex(
        @"^(tests|core|deploy|docs|adapters|engine|functions|operator|scaler|simulation|\.ci|\.github)/\S+$"
    )]
    private static partial Regex Named();

    [GeneratedRegex(@"\b(\w+Specs)(\.cs)?\b")]
    private static partial Regex Specs();
}
