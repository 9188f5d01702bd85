namespace Ebb.Core.Power;

/// <summary>What one status says, before anything is remembered.</summary>
/// <param name="Mains">Null: the status says that upsd has just come to the driver (WAIT), so what was known
/// stays.</param>
/// <param name="Low">LB, whatever it may be worth.</param>
/// <param name="Forced">FSD.</param>
/// <param name="Calibrating">CAL.</param>
/// <param name="Off">OFF or BYPASS: the load does not hang on this UPS.</param>
/// <param name="Notes">What a person should know about it.</param>
internal sealed record StatusReading(
    Mains? Mains,
    bool Low,
    bool Forced,
    bool Calibrating,
    bool Off,
    IReadOnlyList<string> Notes
)
{
    /// <summary>
    /// The rules of upsmon where they are right (CAL is not an outage, WAIT keeps, an empty status is no contact), and
    /// nothing read into what is missing: neither OL nor OB, and both, are unknown. Null: no status at all.
    /// </summary>
    public static StatusReading? Of(UpsFlags? flags, IReadOnlyCollection<string> ignored)
    {
        if (flags is null || flags.Tokens.Count == 0)
            return null;
        var status = flags.Without(ignored);
        var (online, onBattery, calibrating) = (status.Contains("OL"), status.Contains("OB"), status.Contains("CAL"));
        var forced = status.Contains("FSD");
        if (status.Contains("WAIT"))
            return new StatusReading(null, false, forced, false, false, ["upsd waits for the driver's first report"]);
        Mains mains = (online, onBattery) switch
        {
            (true, true) => Power.Mains.Unknown,
            (false, true) => calibrating ? Power.Mains.On : Power.Mains.Battery,
            (true, false) => Power.Mains.On,
            (false, false) => Power.Mains.Unknown,
        };
        return new StatusReading(
            mains,
            status.Contains("LB"),
            forced,
            calibrating,
            status.Contains("OFF") || status.Contains("BYPASS"),
            [.. Remarks(status, online, onBattery, calibrating)]
        );
    }

    private static IEnumerable<string> Remarks(UpsFlags status, bool online, bool onBattery, bool calibrating)
    {
        if (online && onBattery)
            yield return $"status \"{status}\" says on line and on battery at once; "
                + "if the device always does, name the wrong word: Power__IgnoreFlags=OB (or OL)";
        else if (!online && !onBattery)
            yield return $"status \"{status}\" says neither on line nor on battery"
                + (status.Contains("OFF") ? ": the UPS does not supply its load" : "");
        else if (status.Contains("OFF"))
            yield return "the UPS does not supply its load (OFF)";
        if (onBattery && calibrating && !online)
            yield return "calibration: on battery on purpose";
        if (status.Contains("LB") && online && !onBattery)
            yield return "battery reported low while on mains: not believed";
        if (status.Contains("BYPASS"))
            yield return "the load is on bypass, without protection";
        if (status.Contains("OVER"))
            yield return "overload";
        if (status.Contains("ALARM"))
            yield return "the UPS reports an alarm";
        if (status.Contains("RB"))
            yield return "the battery needs to be replaced";
    }
}
