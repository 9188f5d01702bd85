namespace Ebb.Core.Power;

/// <summary>What one status says, before anything is remembered.</summary>
/// <param name="Mains">Null: the status says that upsd has just come to the driver (WAIT), so what was known
/// stays.</param>
/// <param name="Low">LB, whatever it may be worth.</param>
/// <param name="Forced">FSD.</param>
/// <param name="Calibrating">CAL.</param>
/// <param name="Off">OFF or BYPASS: the load does not hang on this UPS.</param>
/// <param name="Note">What a person should know about it; null: nothing.</param>
internal sealed record StatusReading(Mains? Mains, bool Low, bool Forced, bool Calibrating, bool Off, string? Note)
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
            return new StatusReading(null, false, forced, false, false, "upsd waits for the driver's first report");
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
            Remark(status, online, onBattery, calibrating)
        );
    }

    private static string? Remark(UpsFlags status, bool online, bool onBattery, bool calibrating) =>
        (online, onBattery, calibrating) switch
        {
            (true, true, _) => $"status \"{status}\" says on line and on battery at once; "
                + "if the device always does, name the wrong word: Power__IgnoreFlags=OB (or OL)",
            (false, false, _) => $"status \"{status}\" says neither on line nor on battery"
                + (status.Contains("OFF") ? ": the UPS does not supply its load" : ""),
            (_, true, true) => "calibration: on battery on purpose",
            _ when status.Contains("LB") && !onBattery => "battery reported low while on mains: not believed",
            _ when status.Contains("OFF") => "the UPS does not supply its load (OFF)",
            _ when status.Contains("BYPASS") => "the load is on bypass, without protection",
            _ when status.Contains("OVER") => "overload",
            _ when status.Contains("ALARM") => "the UPS reports an alarm",
            _ when status.Contains("RB") => "the battery needs to be replaced",
            _ => null,
        };
}
