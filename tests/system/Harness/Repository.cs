namespace Ebb.Tests.Harness;

/// <summary>The tree that these tests belong to.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Measured facts, where they are at hand; a test that reads them is skipped where they are not.</summary>
    public static string? Shared { get; } =
        new[] { Environment.GetEnvironmentVariable("EBB_SHARED"), Path.Combine(Root, "..", "shared") }.FirstOrDefault(
            path => path is not null && Directory.Exists(Path.Combine(path, "facts"))
        );

    public static IEnumerable<string> Files(string folder, string pattern)
    {
        var path = Path.Combine(Root, folder);
        return Directory.Exists(path) ? Directory.EnumerateFiles(path, pattern).Order(StringComparer.Ordinal) : [];
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"no Functions.sln above {AppContext.BaseDirectory}");
    }
}
