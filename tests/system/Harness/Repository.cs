namespace Ebb.Tests.Harness;

/// <summary>The tree that these tests belong to.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Exchanges with real programs that tests replay.</summary>
    public static string Recordings { get; } = Path.Combine(Root, "tests", "recordings");

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
