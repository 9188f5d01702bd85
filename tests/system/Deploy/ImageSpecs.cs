using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Deploy;

/// <summary>What the Dockerfiles say, without Docker.</summary>
public sealed partial class ImageSpecs
{
    private static readonly string Images = Path.Combine(Repository.Root, "deploy/images");

    public static TheoryData<string> Programs => ["operator", "scaler", "functions"];

    [Theory]
    [MemberData(nameof(Programs))]
    public void An_image_publishes_with_the_script_that_the_tests_run_programs_of(string program)
    {
        var steps = Publishes().Matches(Dockerfile(program)).Select(step => step.Value);
        Assert.Equal([$"RUN deploy/images/publish {program} /program -p:Version=$VERSION"], steps);
        Assert.DoesNotContain("dotnet publish", Code(Dockerfile(program)), StringComparison.Ordinal);
        // The same script makes what the whole suite starts.
        var suite = File.ReadAllText(Path.Combine(Repository.Root, ".ci/run"));
        Assert.Contains("for program in operator scaler functions; do", suite, StringComparison.Ordinal);
        Assert.Contains("deploy/images/publish \"$program\"", suite, StringComparison.Ordinal);
        Assert.DoesNotContain("dotnet publish", Code(suite), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void An_image_does_not_run_as_root_and_says_what_it_is(string program)
    {
        var text = Dockerfile(program);
        Assert.Contains("\nUSER 1654\n", text, StringComparison.Ordinal);
        foreach (var label in new[] { "title", "description", "licenses", "version", "revision", "source" })
            Assert.Contains($"org.opencontainers.image.{label}=", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("operator", "Ebb.Operator")]
    [InlineData("scaler", "Ebb.Scaler")]
    public void A_native_image_has_no_shell_and_starts_the_program_that_is_published(string program, string assembly)
    {
        var text = Dockerfile(program);
        Assert.Contains("-chiseled", From().Matches(text)[^1].Value, StringComparison.Ordinal);
        Assert.Contains($"COPY --from=build /program/{assembly} /program/", text, StringComparison.Ordinal);
        Assert.Contains($"ENTRYPOINT [\"/program/{assembly}\"]", text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Repository.Root, program, $"{assembly}.csproj")));
    }

    [LongTheory]
    [InlineData("operator")]
    [InlineData("scaler")]
    public async Task An_image_that_the_SDK_makes_is_that_of_the_Dockerfile(string program)
    {
        var (code, output) = await Run.Async(
            "dotnet",
            null,
            "msbuild",
            Path.Combine(Repository.Root, program),
            "-t:ComputeContainerConfig",
            "-p:RuntimeIdentifier=linux-x64",
            "-p:PublishAot=true",
            "-p:Version=1.2.3",
            // It asks no registry: what is computed is the configuration alone.
            "-p:ContainerBaseImage=localhost/runtime-deps:1",
            "-getProperty:ContainerFamily,ContainerUser,ContainerRepository,CopyOutputSymbolsToPublishDirectory",
            "-getItem:ContainerAppCommand,ContainerLabel,ContainerPort"
        );
        Assert.True(code == 0, output);
        var image = JsonNode.Parse(output)!;
        var (text, properties) = (Dockerfile(program), image["Properties"]!);
        Assert.Contains($"-{properties["ContainerFamily"]}\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nUSER {properties["ContainerUser"]}\n", text, StringComparison.Ordinal);
        Assert.Contains(
            $"ENTRYPOINT [\"{Values("ContainerAppCommand").Single().Name}\"]",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"EXPOSE {string.Join(' ', Values("ContainerPort").Select(port => port.Name))}\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Equal("false", (string?)properties["CopyOutputSymbolsToPublishDirectory"]);
        var labels = Values("ContainerLabel").ToDictionary(label => label.Name, label => label.Value);
        Assert.Equal("1.2.3", labels["org.opencontainers.image.version"]);
        foreach (var label in new[] { "title", "description", "licenses" })
            Assert.Contains(
                $"org.opencontainers.image.{label}=\"{labels[$"org.opencontainers.image.{label}"]}\"",
                text,
                StringComparison.Ordinal
            );

        IEnumerable<(string Name, string? Value)> Values(string items) =>
            image["Items"]![items]!.AsArray().Select(item => ((string)item!["Identity"]!, (string?)item["Value"]));
    }

    [Theory]
    [InlineData("EBB_OPERATOR")]
    [InlineData("EBB_SCALER")]
    public void A_published_program_is_one_file(string variable)
    {
        var program = Environment.GetEnvironmentVariable(variable);
        Assert.SkipWhen(program is null, $"{variable} names no native program; .ci/run publishes one");
        Assert.Equal([program], Directory.GetFileSystemEntries(Path.GetDirectoryName(program)!));
    }

    [Fact]
    public void Every_image_of_ours_that_a_manifest_names_is_one_that_can_be_built()
    {
        var named = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "deploy"), "*.yaml", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/examples/", StringComparison.Ordinal))
            .SelectMany(file => Image().Matches(File.ReadAllText(file)))
            .Select(image => image.Groups[1].Value)
            .Distinct()
            .ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.True(File.Exists(Path.Combine(Images, $"{name}.Dockerfile")), name));
    }

    [Fact]
    public async Task The_script_says_what_it_expects()
    {
        var (code, output) = await Run.Async("sh", null, Path.Combine(Images, "publish"), "operater", "/nowhere");
        Assert.Equal(2, code);
        Assert.Contains("expected operator, scaler or functions, found operater", output, StringComparison.Ordinal);
    }

    private static string Dockerfile(string program) => File.ReadAllText(Path.Combine(Images, $"{program}.Dockerfile"));

    private static string Code(string script) =>
        string.Join('\n', script.Split('\n').Where(line => !line.TrimStart().StartsWith('#')));

    [GeneratedRegex(@"^RUN deploy/images/publish.*$", RegexOptions.Multiline)]
    private static partial Regex Publishes();

    [GeneratedRegex(@"^FROM .*$", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex(@"image: ebb-(\w+):")]
    private static partial Regex Image();
}
