using System.Globalization;
using Ebb.Core.Settings;
using Ebb.Nut;

namespace Ebb.Engine.Settings;

/// <summary>How many UPSes there are: sources of the same name describe one.</summary>
internal static class SupplyCount
{
    /// <summary>More good ones than there are would be an outage without end.</summary>
    public static void Check(SettingsReader reader, int least, IReadOnlyList<UpsSourceAddress> sources)
    {
        var names = sources.Select(s => s.Name).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        // Without a source there is the simulated one.
        var most = Math.Max(names.Count, 1);
        // What is wrong with a source is said already, and would be counted wrongly here.
        if (least <= most || reader.Faults.Any(f => f.Path.StartsWith("Power__Sources", StringComparison.Ordinal)))
            return;
        var which = names.Count == 0 ? "" : $" ({string.Join(", ", names)})";
        reader.Fault(
            "Power__MinimumSupplies",
            $"at most {most}, because Power__Sources names {names.Count} UPS{(names.Count == 1 ? "" : "es")}{which}",
            least.ToString(CultureInfo.InvariantCulture)
        );
    }
}
