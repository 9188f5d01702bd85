using System.Diagnostics;
using Ebb.Tests.Harness;

namespace Ebb.Tests.FunctionsHost;

/// <summary>
/// The script root as <c>dotnet publish functions</c> lays it out, published once for all tests that ask for it.
/// </summary>
internal static class PublishedFunctions
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly SharedStart<string> Published = new(PublishAsync);

    /// <summary>The folder that <c>EBB_SCRIPT_ROOT</c> names, else one that is published now.</summary>
    public static Task<string> RootAsync() =>
        Environment.GetEnvironmentVariable("EBB_SCRIPT_ROOT") is { Length: > 0 } given
            ? Task.FromResult(Path.GetFullPath(given, Repository.Root))
            : Published.GetAsync();

    private static async Task<string> PublishAsync()
    {
        var configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;
        var root = Path.Combine(Repository.Root, "artifacts", "functions", configuration);
        if (Directory.Exists(root))
            Directory.Delete(root, recursive: true);
        using var process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                ["publish", "functions", "--no-build", "-c", configuration, "-o", root, "-nodeReuse:false"]
            )
            {
                WorkingDirectory = Repository.Root,
                RedirectStandardOutput = true,
            }
        )!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        var said = await process.StandardOutput.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode == 0 ? root : throw new InvalidOperationException(said);
    }
}
