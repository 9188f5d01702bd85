using Ebb.Core.Waves;

namespace Ebb.Core.Settings;

/// <summary>Namespaces whose objects may speak of workloads in others.</summary>
public static class AdminNamespaces
{
    private const string Path = "Tenancy__AdminNamespaces";

    /// <summary>Separated by commas or spaces.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="own">Ebb's own, which is the default.</param>
    public static IReadOnlyList<string> Read(SettingsReader reader, string own)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (reader.Text(Path) is not { } text)
            return [own];
        var names = text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names.Where(n => n.Length > 63 || !UpsScalerValidation.IsName(n) || n.Contains('.')))
            reader.Fault(Path, "names of namespaces, separated by commas", SettingsReader.Quoted(name));
        return names;
    }
}
