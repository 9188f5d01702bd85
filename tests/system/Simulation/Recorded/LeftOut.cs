using System.Text.RegularExpressions;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>Recordings that are not replayed, fields that are not compared, and texts that changed between versions; each with its reason.</summary>
internal static class LeftOut
{
    private static readonly (string Pattern, string Reason)[] Recordings =
    [
        ("^(001|014)-", "superseded by 401: /version has other fields in 1.36"),
        ("-audit-", "an audit record, without the client's headers: what the controllers wrote, not what a client may send"),
        ("^(003|006|007|008|009|010|013|171|305|306|307|411|518|519|520|524|608|714|715|757)-", "discovery and health lists show what one cluster serves; DiscoverySpecs asks for what Ebb needs"),
        ("^701-", "304 for the hash of one server's OpenAPI document"),
        ("^(089|090|091|093|095|099|100|110|195)-|^40[12]-watch|^42[56]-|^50[0-9]-|^51[1-6]-|^543-|^610-|^622-|^904-|^912-", "a stream of one cluster's writes; WatchSpecs makes such writes and reads the stream"),
        ("^(712|753)-", "a stream that kubectl keeps open; KubectlSpecs runs the client"),
        ("^901-", "an API server on etcd 3.4, which the simulation does not play"),
        ("^(105|150|151|152|155|084|129|183|010|162)-", "superseded by the 1.36 recording of the same exchange, or behaves so only in 1.26"),
        ("external-metric|aggregated|apiservice|metrics-api", "aggregated APIs are not served; the simulated HPA asks the simulated KEDA directly"),
        ("^(706|738|758)-", "a protobuf body; answered 415, which is what a JSON-only server can do"),
        ("^74[01]-", "answered in protobuf by the real server; JSON here, which kubectl accepts as well"),
        ("^30[1-4]-|^3(08|09|1[0-3]|18|19|2[0-3])-", "definitions of other projects' resources that this repository brings with the schedules"),
        ("^(316|604)-", "the original CRD prunes its status; ours has it in the schema"),
        ("^(163|168|406)-", "pods carry service account volumes and tolerations that an admission plugin adds"),
        ("table|^106-|^747-", "an answer of cells does not show the objects behind them; KubectlSpecs reads the tables"),
        ("^16[1456]-|^119-|^562-|^(097|905)-", "what was there before is not in the answer, and is not built up yet"),
        ("^(19[023]|174|184|186)-", "the object's earlier life (terminating, owned, changed) is not built up yet"),
        ("^(043|046|703|704|722|723|725|733|734|740|762)-", "kubectl's and apply's own history of managers is not built up yet; KubectlSpecs runs the client"),
        ("^(081|534|136)-", "the order of a cache, or of keys inside an annotation, which no client relies on"),
        ("^(055|556|557|559|545)-", "the definition was tightened, or owners made, between two recordings; not built up yet"),
        ("^(326|612|625|629)-", "the owner of the HPA is not there, so neither is its reference"),
        ("^(070|335|108)-", "not yet like the real server or not built up yet: anonymous access, KEDA's own validation, YAML key order"),
        ("^(403|526|531)-", "a feature gate that is off by default"),
    ];

    private static readonly (string Pattern, string Reason)[] Words =
    [
        ("^(033|036|111|128)-", "the whole object is quoted, with other generated fields and order"),
        ("^(038|097|111|115|116)-", "generated names, or values quoted as Go structs in 1.26 and as JSON in 1.36"),
    ];

    private static readonly (string Pattern, string Path, string Reason)[] NotCompared =
    [
        ("^(539|541)-", "status/selector", "another deployment stands in for the one that was recorded"),
    ];

    public static string? Reason(string file) => Recordings.FirstOrDefault(r => Regex.IsMatch(file, r.Pattern)).Reason;

    public static bool OtherWords(string file) => Words.Any(w => Regex.IsMatch(file, w.Pattern));

    public static IEnumerable<string> Fields(string file) => NotCompared.Where(f => Regex.IsMatch(file, f.Pattern)).Select(f => f.Path);

    /// <summary>Patterns that match no recording: they can go.</summary>
    public static IEnumerable<string> Unused(IReadOnlyList<string> files) =>
        Recordings.Select(r => r.Pattern).Concat(Words.Select(w => w.Pattern)).Concat(NotCompared.Select(f => f.Pattern))
            .Where(p => !files.Any(f => Regex.IsMatch(f, p)));
}
