using System.Text.RegularExpressions;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>Fields that are not compared, and texts that changed between versions; each with its reason.</summary>
internal static class NotCompared
{
    private static readonly (string Pattern, string Reason)[] Words =
    [
        ("^(033|036|111|128)-", "the whole object is quoted, with other generated fields and order"),
        ("^(038|097|111|115|116|363)-", "generated names, or values quoted as Go structs in 1.26 and as JSON in 1.36"),
        ("^(174|321)-", "the order in which what is wrong is listed, which differs between versions"),
    ];

    private static readonly (string Pattern, string Path, string Reason)[] Omitted =
    [
        ("-audit-", "metadata/managedFields", "the record does not say the User-Agent, which names the manager"),
        ("^(025|062|177|334|749|751)-", "metadata/managedFields", "another manager wrote in between, in no recording"),
        ("^(102|536)-", "rows", "one of the objects is in no other recording"),
    ];

    public static bool OtherWords(string file) => Words.Any(w => Regex.IsMatch(file, w.Pattern));

    public static IEnumerable<string> Fields(string file) =>
        Omitted.Where(f => Regex.IsMatch(file, f.Pattern)).Select(f => f.Path);

    /// <summary>Patterns that match no recording: they can go.</summary>
    public static IEnumerable<string> Unused(IReadOnlyList<string> files) =>
        Words
            .Select(w => w.Pattern)
            .Concat(Omitted.Select(f => f.Pattern))
            .Where(p => !files.Any(f => Regex.IsMatch(f, p)));
}
