using Ebb.Tests.FunctionsHost;
using Xunit.Runner.InProc.SystemConsole;

namespace Ebb.Tests;

/// <summary>Runs the tests, or a part of them that has to be a process of its own so that a test can kill it.</summary>
internal static class Program
{
    /// <summary>The arguments that make this process a Functions host: the word, then the script root.</summary>
    public const string HostMode = "functions-host";

    public static Task<int> Main(string[] args) =>
        args is [HostMode, var root] ? HostProcess.RunAsync(root) : ConsoleRunner.Run(args);
}
