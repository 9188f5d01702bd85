using NodaTime;

namespace Ebb.Core.Power;

/// <summary>What came of asking one source about one UPS: a reading, or the reason why there is none.</summary>
/// <param name="Ups">The UPS this is about; sources of the same name describe one device.</param>
/// <param name="Source">Which source answered, without credentials.</param>
/// <param name="At">When the answer was complete.</param>
public abstract record UpsAnswer(string Ups, string Source, Instant At);

/// <summary>
/// Numbers that the device gave, each null when it is missing or cannot be true (<see cref="UpsNumbers"/>).
/// </summary>
/// <param name="Ups">The UPS this is about.</param>
/// <param name="Source">Which source answered.</param>
/// <param name="At">When the answer was complete. Nothing says how old the driver's own data are: charge and runtime
/// may lag by 30 s.</param>
/// <param name="Flags">Null when there was no <c>ups.status</c> at all.</param>
/// <param name="Charge">Percent, 0 to 100, both included.</param>
/// <param name="Runtime">What the device believes it can still carry its load for; never zero or negative.</param>
/// <param name="Load">Percent of the nominal load, 0 to 200, both included.</param>
/// <param name="ChargeLow">Percent at which the device says that its battery is low.</param>
/// <param name="RuntimeLow">Runtime at which the device says that its battery is low.</param>
/// <param name="Alarm">The text of <c>ups.alarm</c>.</param>
/// <param name="Note">What a person should know of the way the answer came; null: nothing.</param>
/// <param name="Disbelieved">Which numbers came and cannot be true; null: none.</param>
/// <param name="RuntimeAtZero">The device gave zero as its runtime, which many do who do not know it.</param>
public sealed record UpsReading(
    string Ups,
    string Source,
    Instant At,
    UpsFlags? Flags,
    double? Charge = null,
    Duration? Runtime = null,
    double? Load = null,
    double? ChargeLow = null,
    Duration? RuntimeLow = null,
    string? Alarm = null,
    string? Note = null,
    string? Disbelieved = null,
    bool RuntimeAtZero = false
) : UpsAnswer(Ups, Source, At)
{
    /// <summary>
    /// With what this one leaves out from another source of the same UPS; a runtime of zero is an answer.
    /// </summary>
    public UpsReading CompletedBy(UpsReading other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this with
        {
            Charge = Charge ?? other.Charge,
            Runtime = RuntimeAtZero ? null : Runtime ?? other.Runtime,
            RuntimeAtZero = RuntimeAtZero || (Runtime is null && other.RuntimeAtZero),
            Load = Load ?? other.Load,
            ChargeLow = ChargeLow ?? other.ChargeLow,
            RuntimeLow = RuntimeLow ?? other.RuntimeLow,
            Alarm = Alarm ?? other.Alarm,
        };
    }
}

/// <summary>No reading, and why.</summary>
/// <param name="Ups">The UPS this is about.</param>
/// <param name="Source">Which source was asked.</param>
/// <param name="At">When it was given up.</param>
/// <param name="Fault">What kind of failure.</param>
/// <param name="Detail">One sentence for messages, without secrets.</param>
public sealed record UpsNoAnswer(string Ups, string Source, Instant At, UpsFault Fault, string Detail)
    : UpsAnswer(Ups, Source, At);

/// <summary>Why a source gave no reading.</summary>
public enum UpsFault
{
    /// <summary>No connection: refused, no route, no such host.</summary>
    Unreachable,

    /// <summary>Connected or connecting, and the time allowed ran out.</summary>
    TimedOut,

    /// <summary>The connection ended in the middle.</summary>
    ConnectionLost,

    /// <summary>TLS was asked for and did not come about.</summary>
    TlsFailed,

    /// <summary>
    /// The server refuses this client or these credentials: a configuration error, never a power failure.
    /// </summary>
    AccessDenied,

    /// <summary>The server has no UPS of that name: a configuration error.</summary>
    UnknownUps,

    /// <summary>upsd is there; the driver of this UPS is not.</summary>
    DriverNotConnected,

    /// <summary>upsd has heard nothing from the driver for longer than MAXAGE.</summary>
    DataStale,

    /// <summary>An answer without what is needed: an HTML page, an empty body, no status.</summary>
    NoData,

    /// <summary>Bytes that are not the protocol.</summary>
    Garbled,

    /// <summary>The protocol, with an error that none of the others covers.</summary>
    ProtocolError,
}
