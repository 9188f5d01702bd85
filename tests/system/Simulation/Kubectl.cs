using System.Diagnostics;
using Ebb.Simulation;

namespace Ebb.Tests.Simulation;

/// <summary>The real kubectl with a home of its own, pointed at a simulated cluster.</summary>
internal sealed class Kubectl : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly string program;

    private Kubectl(string program, string kubeconfig)
    {
        this.program = program;
        File.WriteAllText(Path.Combine(Home.FullName, "config"), kubeconfig);
    }

    /// <summary>Debian's old one, and a newer one if the machine has it.</summary>
    public static TheoryData<string> Both => ["debian", "newer"];

    public DirectoryInfo Home { get; } = Directory.CreateTempSubdirectory("ebb-kubectl-");

    /// <param name="which">
    /// "debian" or "newer". The test is skipped where the machine has none, unless counterparts are required.
    /// </param>
    public static Kubectl For(string which, SimulatedCluster cluster)
    {
        var debian = Path.Combine(Harness.Repository.Root, "artifacts/counterparts/kubernetes-client/usr/bin/kubectl");
        var found =
            which == "debian"
                ? File.Exists(debian)
                    ? debian
                    : null
                : (Environment.GetEnvironmentVariable("PATH") ?? "")
                    .Split(Path.PathSeparator)
                    .Select(p => Path.Combine(p, "kubectl"))
                    .FirstOrDefault(File.Exists);
        var missing =
            which == "debian"
                ? $"Debian's kubernetes-client is not unpacked at {debian}"
                : "kubectl is not on the PATH";
        // A newer kubectl comes from no package that is installed for the tests, so only Debian's can be required.
        Assert.SkipUnless(
            found is not null
                || (which == "debian" && Environment.GetEnvironmentVariable("EBB_REQUIRE_COUNTERPARTS") == "1"),
            missing
        );
        return new Kubectl(
            found ?? throw new InvalidOperationException($"{missing}, and EBB_REQUIRE_COUNTERPARTS=1 asks for it"),
            cluster.Kubeconfig
        );
    }

    /// <summary>Runs it to its end, which must be a success without warnings, and returns what it printed.</summary>
    public async Task<string> Run(string arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, $"kubectl {arguments}: {await errors}{await output}");
        Assert.DoesNotContain("Warning", await errors, StringComparison.Ordinal);
        return await output;
    }

    /// <summary>Starts it and lets it run. The caller ends it.</summary>
    public Process Start(string arguments)
    {
        var start = new ProcessStartInfo(program, arguments.Split(' '))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = Path.Combine(Home.FullName, "config");
        start.Environment["HOME"] = Home.FullName;
        return Process.Start(start)!;
    }

    public void Dispose() => Home.Delete(recursive: true);
}
