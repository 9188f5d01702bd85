using System.Xml.Linq;
using Ebb.Tests.Harness;

namespace Ebb.Tests;

/// <summary>Who may know whom, and rules that hold over all files.</summary>
public sealed class ArchitectureSpecs
{
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["core"] = [],
        ["adapters/kubernetes"] = ["core"],
        ["adapters/metrics"] = [],
        ["adapters/nut"] = ["core"],
        ["adapters/tables"] = ["core"],
        ["simulation"] = [],
        ["functions"] =
        [
            "core",
            "adapters/kubernetes",
            "adapters/metrics",
            "adapters/nut",
            "adapters/tables",
            "simulation",
        ],
        ["scaler"] =
        [
            "core",
            "adapters/kubernetes",
            "adapters/metrics",
            "adapters/nut",
            "adapters/tables",
            "simulation",
        ],
    };

    public static TheoryData<string> Rooms => [.. MayKnow.Keys];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_knows_only_those_it_may_know(string room)
    {
        var project = Directory.EnumerateFiles(Path.Combine(Repository.Root, room), "*.csproj").Single();
        var known = XDocument
            .Load(project)
            .Descendants("ProjectReference")
            .Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
            .Select(r =>
                Path.GetRelativePath(
                    Repository.Root,
                    Path.GetDirectoryName(
                        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, (string)r.Attribute("Include")!))
                    )!
                )
            );
        Assert.Empty(known.Except(MayKnow[room]));
    }

    [Fact]
    public void The_core_knows_nobody_but_NodaTime()
    {
        var packages = XDocument
            .Load(Path.Combine(Repository.Root, "core/Ebb.Core.csproj"))
            .Descendants("PackageReference")
            .Where(p => (string?)p.Attribute("PrivateAssets") != "all")
            .Select(p => (string?)p.Attribute("Include"));
        Assert.Equal(["NodaTime"], packages);
    }

    [Theory]
    [InlineData("functions")]
    [InlineData("scaler")]
    public void Only_one_file_of_a_program_knows_the_simulation(string program) =>
        Assert.Equal(
            [$"{program}/Demo.cs"],
            Sources(program)
                .Where(f => File.ReadAllText(f).Contains("using Ebb.Simulation", StringComparison.Ordinal))
                .Select(f => Path.GetRelativePath(Repository.Root, f))
        );

    [Fact]
    public void Nobody_outside_the_simulation_reads_the_wall_clock()
    {
        string[] clocks =
        [
            "DateTime.Now",
            "DateTime.UtcNow",
            "DateTimeOffset.Now",
            "DateTimeOffset.UtcNow",
            "SystemClock.Instance",
        ];
        var readers = MayKnow
            .Keys.Where(r => r != "simulation")
            .SelectMany(Sources)
            .Where(f => Path.GetFileName(f) != "Demo.cs")
            .SelectMany(f =>
                File.ReadLines(f)
                    .Where(line => clocks.Any(c => line.Contains(c, StringComparison.Ordinal)))
                    .Select(line => $"{Path.GetFileName(f)}: {line.Trim()}")
            );
        Assert.Empty(readers);
    }

    [Fact]
    public void No_role_that_is_shipped_has_a_wildcard_or_writes_secrets()
    {
        foreach (
            var file in Directory.EnumerateFiles(
                Path.Combine(Repository.Root, "deploy"),
                "*.yaml",
                SearchOption.AllDirectories
            )
        )
        {
            var text = File.ReadAllText(file);
            if (
                !text.Contains("kind: ClusterRole", StringComparison.Ordinal)
                && !text.Contains("kind: Role", StringComparison.Ordinal)
            )
                continue;
            Assert.DoesNotContain(
                "*",
                string.Concat(text.Split('\n').Where(l => l.Contains("verbs", StringComparison.Ordinal))),
                StringComparison.Ordinal
            );
            Assert.DoesNotContain(
                "secrets",
                string.Concat(text.Split('\n').Where(l => l.Contains("verbs", StringComparison.Ordinal))),
                StringComparison.Ordinal
            );
            Assert.DoesNotContain("cluster-admin", text, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Sources(string room) =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, room), "*.cs", SearchOption.AllDirectories)
            .Where(f =>
                !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal)
            );
}
