using System.Net;
using Ebb.Core.Power;

namespace Ebb.Nut.Exporters;

/// <summary>
/// What an exporter says when it has no page: a status code and a sentence, and the reason is in the sentence.
/// </summary>
internal static class ExporterRefusal
{
    /// <summary>Sentences of nut_exporter 3.2.5 and HON95's exporter 1.2.1, most telling first.</summary>
    private static readonly (string Part, UpsFault Fault, string Meaning)[] Known =
    [
        ("DATA-STALE", UpsFault.DataStale, "its upsd says DATA-STALE"),
        ("DRIVER-NOT-CONNECTED", UpsFault.DriverNotConnected, "its upsd says DRIVER-NOT-CONNECTED"),
        ("UNKNOWN-UPS", UpsFault.UnknownUps, "its upsd says UNKNOWN-UPS"),
        ("ACCESS-DENIED", UpsFault.AccessDenied, "its upsd says ACCESS-DENIED"),
        ("connection refused", UpsFault.Unreachable, "it cannot reach its upsd: connection refused"),
        ("no such host", UpsFault.Unreachable, "it cannot reach its upsd: no such host"),
        ("no route to host", UpsFault.Unreachable, "it cannot reach its upsd: no route to host"),
        ("network is unreachable", UpsFault.Unreachable, "it cannot reach its upsd: network is unreachable"),
        ("failed to connect to target", UpsFault.Unreachable, "it cannot reach its upsd"),
        ("i/o timeout", UpsFault.TimedOut, "its upsd did not answer in time"),
        // go.nut waits for an END LIST that never comes: stale data, a dead driver and an unknown UPS all end like
        // this.
        (
            "EOF",
            UpsFault.ConnectionLost,
            "its upsd hung up on it (stale data, a dead driver and an unknown UPS look like this)"
        ),
        ("empty metric collected", UpsFault.UnknownUps, "it has no or several UPSes to choose from: ?ups= says which"),
        ("Malformed list element", UpsFault.Garbled, "it cannot read what its upsd says"),
        (
            "was collected before with the same name",
            UpsFault.Garbled,
            "the status has a word twice, which it cannot show"
        ),
    ];

    internal static SourceFault Of(HttpStatusCode status, string body)
    {
        var code = (int)status;
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            return new SourceFault(UpsFault.AccessDenied, $"the exporter refuses us (HTTP {code})");
        if (status == HttpStatusCode.NotFound)
            return new SourceFault(UpsFault.NoData, "the exporter has no such page (HTTP 404)");
        foreach (var (part, fault, meaning) in Known)
            if (body.Contains(part, StringComparison.OrdinalIgnoreCase))
                return new SourceFault(fault, $"the exporter has no data: {meaning} (HTTP {code})");
        return new SourceFault(UpsFault.ProtocolError, $"the exporter answered HTTP {code}");
    }
}
