using System.Diagnostics;

namespace Ebb.Tests.Harness;

/// <summary>
/// Which file of a program the tests start: the published one that an environment variable names (EBB_OPERATOR,
/// EBB_SCALER), such as
/// a native one, else what the build has made.
/// </summary>
internal static class ShippedProgram
{
    public static bool IsGiven(string project) => Given(project) is not null;

    public static ProcessStartInfo Command(string project, string assembly)
    {
        if (Given(project) is { } path)
            return new ProcessStartInfo(Path.GetFullPath(path, Repository.Root));
        var configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;
        return new ProcessStartInfo(
            "dotnet",
            [Path.Combine(Repository.Root, project, "bin", configuration, "net10.0", assembly + ".dll")]
        );
    }

    private static string? Given(string project) =>
        Environment.GetEnvironmentVariable($"EBB_{project.ToUpperInvariant()}") is { Length: > 0 } path ? path : null;
}
