using System.Globalization;

namespace Ebb.Simulation.Ups;

/// <summary>
/// The UPS without its clock and its socket: its state at a given instant. Not thread-safe;
/// <see cref="SimulatedUps"/> locks it.
/// </summary>
internal sealed class UpsDevice
{
    private readonly double _optimism;

    internal UpsDevice(SimulatedUpsOptions options, DateTimeOffset now)
    {
        _optimism = options.Optimism;
        (Load, ChargeLow, RuntimeLow) = (options.Load, options.ChargeLow, options.RuntimeLow);
        Battery = new Battery(
            now,
            Math.Clamp(options.Charge, 0, 100),
            OnMains: true,
            options.RealRuntime,
            options.RechargeTime
        );
    }

    internal Battery Battery { get; set; }

    internal double Load { get; private set; }

    internal double ChargeLow { get; private set; }

    internal TimeSpan RuntimeLow { get; private set; }

    internal string? StatusOverride { get; set; }

    internal bool Stale { get; set; }

    internal bool DriverDead { get; set; }

    internal bool Waiting { get; set; }

    internal bool ForcedShutdown { get; set; }

    internal bool OutputOff { get; set; }

    /// <summary>Null removes a variable from the list.</summary>
    internal SortedDictionary<string, string?> Overrides { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The code after ERR when the driver has no data; a missing driver comes first.</summary>
    internal string? Unavailable =>
        DriverDead ? "DRIVER-NOT-CONNECTED"
        : Stale ? "DATA-STALE"
        : null;

    internal void PlugAt(DateTimeOffset now, bool onMains) => Battery = Battery.At(now) with { OnMains = onMains };

    internal void ChargeTo(DateTimeOffset now, double percent) =>
        Battery = Battery.At(now) with { ChargeThen = Math.Clamp(percent, 0, 100) };

    /// <summary>Half the load lasts twice as long.</summary>
    internal void LoadTo(DateTimeOffset now, double percent)
    {
        var load = Math.Clamp(percent, 1, 200);
        Battery = Battery.At(now) with { FullRuntime = Battery.FullRuntime * (Load / load) };
        Load = load;
    }

    /// <summary>
    /// SET VAR of a variable that can be written. An invalid value changes nothing, as with a real driver.
    /// </summary>
    internal void Write(DateTimeOffset now, string name, string value)
    {
        var isNumber =
            double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number);
        switch (name.ToLowerInvariant())
        {
            case "ups.status":
                StatusOverride = value.Length == 0 ? null : value;
                break;
            case "battery.charge" when isNumber:
                ChargeTo(now, number);
                break;
            case "ups.load" when isNumber:
                LoadTo(now, number);
                break;
            case "battery.charge.low" when isNumber:
                ChargeLow = Math.Clamp(number, 0, 100);
                break;
            case "battery.runtime.low" when isNumber:
                RuntimeLow = TimeSpan.FromSeconds(Math.Clamp(number, 0, 86400));
                break;
        }
    }

    /// <summary>The variables that upsd lists when the driver has data.</summary>
    internal SortedDictionary<string, string> VariablesAt(DateTimeOffset now)
    {
        var fsd = ForcedShutdown ? "FSD " : "";
        if (Waiting)
            return new(StringComparer.OrdinalIgnoreCase) { ["ups.status"] = fsd + "WAIT" };
        SortedDictionary<string, string> variables = new(StringComparer.OrdinalIgnoreCase)
        {
            ["battery.charge"] = Number(Math.Floor(Battery.ChargeAt(now) + 1e-9)),
            ["battery.charge.low"] = Number(ChargeLow),
            ["battery.runtime"] = Number(Math.Floor(ReportedAt(now).TotalSeconds)),
            ["battery.runtime.low"] = Number(RuntimeLow.TotalSeconds),
            ["battery.type"] = "PbAc",
            ["device.mfr"] = "American Power Conversion",
            ["device.model"] = "Back-UPS BX1600MI",
            ["device.type"] = "ups",
            ["driver.name"] = "usbhid-ups",
            ["driver.version"] = UpsdCatalogue.ServerVersion,
            ["input.voltage"] = Battery.OnMains ? "230.1" : "0.0",
            ["input.voltage.nominal"] = "230",
            ["output.voltage"] = "230.1",
            ["ups.load"] = Number(Load),
            ["ups.mfr"] = "American Power Conversion",
            ["ups.model"] = "Back-UPS BX1600MI",
            ["ups.realpower.nominal"] = "900",
            ["ups.status"] = StatusOverride ?? FlagsAt(now),
        };
        foreach (var (name, value) in Overrides)
        {
            if (value is null)
                variables.Remove(name);
            else
                variables[name] = value;
        }
        if (variables.TryGetValue("ups.status", out var status))
            variables["ups.status"] = fsd + status;
        return variables;
    }

    internal TimeSpan ReportedAt(DateTimeOffset now) => Battery.FullRuntime * _optimism * (Battery.ChargeAt(now) / 100);

    /// <summary>When the status flags next change without an event; null when they do not.</summary>
    internal DateTimeOffset? NextChange(DateTimeOffset now)
    {
        double[] marks = Battery.OnMains ? [100] : [LowAt(), 0];
        return marks.Select(Battery.WhenAt).Where(when => when > now).Min();
    }

    private string FlagsAt(DateTimeOffset now)
    {
        var charge = Battery.ChargeAt(now);
        var flags = Battery.OnMains
            ? charge >= 100
                ? "OL"
                : "OL CHRG"
            : charge <= LowAt()
                ? "OB DISCHRG LB"
                : "OB DISCHRG";
        return OutputOff ? flags + " OFF" : flags;
    }

    /// <summary>Percent at which LB begins: by charge or by reported runtime, whichever is first.</summary>
    private double LowAt()
    {
        var reportedFull = Battery.FullRuntime * _optimism;
        return Math.Max(
            ChargeLow,
            reportedFull > TimeSpan.Zero ? Math.Min(100, 100 * (RuntimeLow / reportedFull)) : 100
        );
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
