namespace Ebb.Simulation;

/// <summary>The embedded text resources of this assembly.</summary>
internal static class Embedded
{
    /// <param name="name">The end of the resource's name.</param>
    public static string Text(string name)
    {
        var assembly = typeof(Embedded).Assembly;
        var full = assembly.GetManifestResourceNames().Single(n => n.EndsWith("." + name, StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(full)!);
        return reader.ReadToEnd();
    }

    /// <summary>The names of all embedded texts that end so, in order.</summary>
    public static IEnumerable<string> Names(string ending) =>
        typeof(Embedded)
            .Assembly.GetManifestResourceNames()
            .Where(n => n.EndsWith(ending, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    /// <param name="full">A whole resource name, as <see cref="Names"/> gives it.</param>
    public static string Whole(string full)
    {
        using var reader = new StreamReader(typeof(Embedded).Assembly.GetManifestResourceStream(full)!);
        return reader.ReadToEnd();
    }
}
