using System.Text.RegularExpressions;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>
/// Recordings that are not replayed, fields that are not compared, and texts that changed between versions; each with
/// its reason.
/// </summary>
internal static class Exclusions
{
    private static readonly (string Pattern, string Reason)[] Recordings =
    [
        ("^(001|014)-", "superseded by 401: /version has other fields in 1.36"),
        ("^901-", "an API server on etcd 3.4, which the simulation does not play"),
        (
            "^(105|150|151|152|155|084|129|183|010|162)-",
            "superseded by the 1.36 recording of the same exchange, or behaves so only in 1.26"
        ),
        (
            "-audit-horizontal-pod-autoscaler-list-|external-metric|aggregated-503|apiservice|metrics-api",
            "aggregated APIs are not served; the simulated HPA asks the simulated KEDA directly"
        ),
        ("^(706|738|758)-", "a protobuf body; answered 415, which is what a JSON-only server can do"),
        ("^74[01]-", "answered in protobuf by the real server; JSON here, which kubectl accepts as well"),
        ("^403-hpa", "a feature gate that is off by default"),
        ("^003-", "names the checks of one build of the server"),
        ("^00[6789]-", "superseded by 518, 519, 757 and 524: 1.36 fills in singular names and varies by Accept"),
        ("^520-", "the ETag is a hash of what one cluster serves; DiscoverySpecs asks twice"),
        ("^091-", "superseded by 516: from 1.36 on, the end of the first events is marked"),
    ];

    private static readonly (string Pattern, string Reason)[] Words =
    [
        ("^(033|036|111|128)-", "the whole object is quoted, with other generated fields and order"),
        ("^(038|097|111|115|116|363)-", "generated names, or values quoted as Go structs in 1.26 and as JSON in 1.36"),
        ("^(174|321)-", "the order in which what is wrong is listed, which differs between versions"),
    ];

    private static readonly (string Pattern, string Path, string Reason)[] NotCompared =
    [
        ("-audit-", "metadata/managedFields", "the record does not say the User-Agent, which names the manager"),
        ("^(025|062|177|334|749|751)-", "metadata/managedFields", "another manager wrote in between, in no recording"),
        ("^(102|536)-", "rows", "one of the objects is in no other recording"),
    ];

    public static string? Reason(string file) => Recordings.FirstOrDefault(r => Regex.IsMatch(file, r.Pattern)).Reason;

    public static bool OtherWords(string file) => Words.Any(w => Regex.IsMatch(file, w.Pattern));

    public static IEnumerable<string> Fields(string file) =>
        NotCompared.Where(f => Regex.IsMatch(file, f.Pattern)).Select(f => f.Path);

    /// <summary>Patterns that match no recording: they can go.</summary>
    public static IEnumerable<string> Unused(IReadOnlyList<string> files) =>
        Recordings
            .Select(r => r.Pattern)
            .Concat(Words.Select(w => w.Pattern))
            .Concat(NotCompared.Select(f => f.Pattern))
            .Where(p => !files.Any(f => Regex.IsMatch(f, p)));
}
