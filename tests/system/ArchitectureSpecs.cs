using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ebb.Tests.Harness;

namespace Ebb.Tests;

/// <summary>Who may know whom, and rules that hold over all files.</summary>
public sealed partial class ArchitectureSpecs
{
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["core"] = [],
        ["adapters/calendars"] = ["core"],
        ["adapters/kubernetes"] = ["core"],
        ["adapters/metrics"] = ["core"],
        ["adapters/nut"] = ["core"],
        ["adapters/tables"] = ["core"],
        ["simulation"] = [],
        ["engine"] = ["core", "adapters"],
        ["functions"] = ["engine", "simulation"],
        ["operator"] = ["engine"],
        ["scaler"] = ["core", "adapters", "simulation"],
    };

    public static TheoryData<string> Rooms => [.. MayKnow.Keys];

    [Fact]
    public void Every_project_of_the_product_has_its_rule() =>
        Assert.Equal(
            MayKnow.Keys.Order(StringComparer.Ordinal),
            Directory
                .EnumerateDirectories(Repository.Root)
                .Append(Path.Combine(Repository.Root, "adapters"))
                .SelectMany(folder =>
                    Path.GetFileName(folder) == "adapters" ? Directory.EnumerateDirectories(folder) : [folder]
                )
                .Where(folder => Directory.EnumerateFiles(folder, "*.csproj").Any())
                .Select(folder => Path.GetRelativePath(Repository.Root, folder))
                .Distinct()
                .Order(StringComparer.Ordinal)
        );

    /// <summary>
    /// A build of the solution on two cores has its tests run while what they do not refer to is still to be built.
    /// </summary>
    [Theory]
    [InlineData("functions")]
    [InlineData("operator")]
    [InlineData("scaler")]
    public void What_the_tests_start_is_built_before_them(string program) =>
        Assert.Contains(
            XDocument
                .Load(Path.Combine(Repository.Root, "tests/system/Ebb.System.Tests.csproj"))
                .Descendants("ProjectReference"),
            reference =>
                ((string)reference.Attribute("Include")!).StartsWith($"../../{program}/", StringComparison.Ordinal)
        );

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
        Assert.DoesNotContain(
            known,
            k => !MayKnow[room].Any(may => k == may || k.StartsWith(may + "/", StringComparison.Ordinal))
        );
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
    [InlineData("functions", "functions/Simulated/DemoWorld.cs")]
    [InlineData("scaler", "scaler/Demo.cs")]
    public void Only_one_file_of_a_program_knows_the_simulation(string program, string file) =>
        Assert.Equal(
            [file],
            Sources(program)
                .Where(f => File.ReadAllText(f).Contains("using Ebb.Simulation", StringComparison.Ordinal))
                .Select(f => Path.GetRelativePath(Repository.Root, f))
        );

    [Fact]
    public void Every_folder_is_one_namespace_and_every_file_is_in_the_namespace_of_its_folder()
    {
        var wrong = ProductFolders
            .SelectMany(Sources)
            .Select(f => (File: f, Declared: Declaration().Match(File.ReadAllText(f)).Groups[1].Value))
            .Where(f => f.Declared.Length > 0 && f.Declared != Namespace(f.File))
            .Select(f => $"{f.File}: {f.Declared}, expected {Namespace(f.File)}");
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_two_types_of_the_product_have_the_same_name()
    {
        var twins = Product()
            .SelectMany(f =>
                TypeName().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value).Distinct().Select(n => (n, f))
            )
            .GroupBy(t => t.n, t => Path.GetRelativePath(Repository.Root, t.f))
            .Where(g => g.Count() > 1)
            .Select(g => $"{g.Key}: {string.Join(", ", g)}");
        Assert.Empty(twins);
    }

    [Fact]
    public void No_two_folders_of_the_engine_use_each_other()
    {
        var uses = Sources("engine")
            .Where(f => Path.GetDirectoryName(f) != Path.Combine(Repository.Root, "engine"))
            .SelectMany(f =>
                EngineUsing()
                    .Matches(File.ReadAllText(f))
                    .Select(m => (From: Path.GetFileName(Path.GetDirectoryName(f))!, To: m.Groups[1].Value))
            )
            .Distinct()
            .ToLookup(u => u.From, u => u.To);
        // Takes away what uses nothing that is left; whatever then remains is in a circle or leads into one.
        var left = uses.Select(u => u.Key).ToHashSet();
        while (left.FirstOrDefault(folder => !uses[folder].Any(left.Contains)) is { } leaf)
            left.Remove(leaf);
        Assert.Empty(left.Select(folder => $"{folder} -> {string.Join(", ", uses[folder].Where(left.Contains))}"));
    }

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
            .Where(f => Path.GetFileName(f) is not ("Demo.cs" or "DemoWorld.cs"))
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
            // Reading single ones by name is what hooks may be granted.
            Assert.All(
                text.Split('\n')
                    .Where(l =>
                        l.Contains("verbs", StringComparison.Ordinal) && l.Contains("secrets", StringComparison.Ordinal)
                    ),
                l => Assert.Matches(@"resourceNames: \[\w.*\], verbs: \[get\]", l)
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

    private static readonly string[] ProductFolders =
    [
        "core",
        "adapters",
        "engine",
        "functions",
        "operator",
        "scaler",
        "simulation",
    ];

    private static IEnumerable<string> Product() =>
        ProductFolders.SelectMany(Sources).Where(f => Path.GetFileName(f) != "Program.cs");

    /// <summary>That of its project, which is named after the folder, and then of each folder below it.</summary>
    private static string Namespace(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        var below = new Stack<string>();
        while (Directory.EnumerateFiles(folder, "*.csproj").FirstOrDefault() is null)
        {
            below.Push(Path.GetFileName(folder));
            folder = Path.GetDirectoryName(folder)!;
            if (folder.Length < Repository.Root.Length)
                throw new InvalidOperationException($"{file} belongs to no project");
        }
        var project = Path.GetFileNameWithoutExtension(Directory.EnumerateFiles(folder, "*.csproj").Single());
        return string.Join('.', below.Prepend(project));
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(
        @"^(?:public|internal) (?:(?:sealed|static|abstract|readonly|partial) )*(?:class|record struct|record|struct|interface|enum) (\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^using Ebb\.Engine\.(\w+);", RegexOptions.Multiline)]
    private static partial Regex EngineUsing();
}
