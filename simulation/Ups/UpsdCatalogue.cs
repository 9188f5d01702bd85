namespace Ebb.Simulation.Ups;

/// <summary>
/// upsd's descriptions of variables and commands (NUT data/cmdvartab), and which variables can be written.
/// </summary>
internal static class UpsdCatalogue
{
    internal const string ServerInfo = "Network UPS Tools upsd 2.8.0 - http://www.networkupstools.org/";
    internal const string ServerVersion = "2.8.0";

    /// <summary>
    /// Commands of the simulation, so that <c>upscmd</c> can cut the mains of one that runs by itself.
    /// </summary>
    internal const string MainsOff = "mains.off";

    /// <inheritdoc cref="MainsOff"/>
    internal const string MainsOn = "mains.on";

    internal static readonly IReadOnlyDictionary<string, string> Commands = new SortedDictionary<string, string>(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["load.off"] = "Turn off the load immediately",
        ["load.on"] = "Turn on the load immediately",
        [MainsOff] = "Simulation: mains fails",
        [MainsOn] = "Simulation: mains is back",
    };

    /// <summary>Largest length of a text; 0 for a number.</summary>
    internal static readonly IReadOnlyDictionary<string, int> Writable = new Dictionary<string, int>(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["battery.charge"] = 0,
        ["battery.charge.low"] = 0,
        ["battery.runtime.low"] = 0,
        ["ups.load"] = 0,
        ["ups.status"] = 32,
    };

    internal static readonly IReadOnlyDictionary<string, string> Descriptions = new Dictionary<string, string>(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["battery.charge"] = "Battery charge (percent of full)",
        ["battery.charge.low"] = "Remaining battery level when UPS switches to LB (percent)",
        ["battery.runtime"] = "Battery runtime (seconds)",
        ["battery.runtime.low"] = "Remaining battery runtime when UPS switches to LB (seconds)",
        ["battery.type"] = "Battery chemistry",
        ["driver.name"] = "Driver name",
        ["driver.version"] = "Driver version - NUT release",
        ["input.voltage"] = "Input voltage (V)",
        ["output.voltage"] = "Output voltage (V)",
        ["ups.load"] = "Load on UPS (percent of full)",
        ["ups.mfr"] = "UPS manufacturer",
        ["ups.model"] = "UPS model",
        ["ups.status"] = "UPS status",
    };
}
