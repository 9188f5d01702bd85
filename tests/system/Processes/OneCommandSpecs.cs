using System.Diagnostics;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Processes;

/// <summary>
/// The README's first command. The SDK of the Functions worker replaces what <c>dotnet run</c> starts by Azure Functions
/// Core Tools, which a fresh machine does not have.
/// </summary>
public sealed class OneCommandSpecs
{
    [LongFact]
    public async Task It_runs_without_Core_Tools()
    {
        var port = FreePort.Take();
        // As this test run has built it; a clone builds it first.
        var start = new ProcessStartInfo("dotnet", ["run", "--project", "functions", "--no-build"]);
        start.Environment["PATH"] = string.Join(
            Path.PathSeparator,
            Environment
                .GetEnvironmentVariable("PATH")!
                .Split(Path.PathSeparator)
                .Where(folder => !File.Exists(Path.Combine(folder, "func")))
        );
        await using var ebb = RealProcess.Start(
            start,
            new Dictionary<string, string> { ["Http__Url"] = $"http://127.0.0.1:{port}" },
            Repository.Root,
            port
        );
        await ebb.UntilAsync(
            async () => (string?)(await ebb.TryGetAsync("/api/status"))?["phase"] == "normal",
            "the demo runs"
        );
    }
}
