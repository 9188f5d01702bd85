namespace Ebb.Tests.Nut.Rig;

/// <summary>
/// A program from Debian that a test talks to. Where it is missing the test is skipped, or fails if the run must have
/// all.
/// </summary>
internal static class Counterpart
{
    internal static bool Required => Environment.GetEnvironmentVariable("EBB_REQUIRE_COUNTERPARTS") == "1";

    /// <summary>The path, or the end of the test with the reason.</summary>
    internal static string Need(string name, string package, params string[] places)
    {
        var folders = places.Concat(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        );
        var found = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (found is null && Required)
            Assert.Fail($"{name} is missing (Debian package {package}), and EBB_REQUIRE_COUNTERPARTS=1");
        Assert.SkipUnless(found is not null, $"{name} is not installed (Debian package {package})");
        return found!;
    }
}
