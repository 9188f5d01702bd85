namespace Ebb.Tests.Harness;

/// <summary>The SleepMethods that are shipped, as they are.</summary>
internal static class ShippedMethods
{
    private static string Folder => Path.Combine(Repository.Root, "deploy/sleep-methods");

    public static IEnumerable<string> All =>
        Directory.EnumerateDirectories(Folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    /// <summary>The SleepMethod, to follow another manifest.</summary>
    public static string Method(string name) =>
        "\n---\n" + File.ReadAllText(Path.Combine(Folder, name, "sleep-method.yaml"));

    /// <summary>The role for it and its binding.</summary>
    public static string Role(string name) => "\n---\n" + File.ReadAllText(Path.Combine(Folder, name, "role.yaml"));

    /// <summary>Both.</summary>
    public static string Manifests(string name) => Method(name) + Role(name);
}
