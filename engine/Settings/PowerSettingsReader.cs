using System.Globalization;
using Ebb.Core.Power;
using Ebb.Core.Settings;
using Ebb.Core.Waves;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Power;
using Ebb.Nut;
using NodaTime;

namespace Ebb.Engine.Settings;

/// <summary>The settings of power: how it is judged, which UPSes tell it, and which of them feed which nodes.</summary>
internal static class PowerSettingsReader
{
    private const int MostSources = 32;
    private const int MostAtOnce = 10_000;
    private static readonly Duration Day = Duration.FromDays(1);

    public static PowerSettings Power(SettingsReader reader)
    {
        var defaults = new PowerSettings();
        return new PowerSettings
        {
            OnBatteryFor = reader.Duration("Power__OnBatteryFor", defaults.OnBatteryFor, Duration.Zero, Day),
            DeadTime = reader.Duration("Power__DeadTime", defaults.DeadTime, Duration.Zero, Day),
            MainsFor = reader.Duration("Power__MainsFor", defaults.MainsFor, Duration.Zero, Day),
            RestoreCharge = reader.Number("Power__RestoreCharge", defaults.RestoreCharge, 0, 100),
            WaveTimeout = reader.Duration("Power__WaveTimeout", defaults.WaveTimeout, Duration.FromSeconds(1), Day),
            WakeAtOnce = WakeAtOnce(reader),
            WakeReady = reader.Choice(
                "Power__WakeReady",
                defaults.WakeReady,
                ("majority", WakeReady.Majority),
                ("all", WakeReady.All)
            ),
            ClusterFallback = reader.Choice(
                "Power__ClusterFallback",
                defaults.ClusterFallback,
                ("none", ClusterFallback.None),
                ("fence", ClusterFallback.Fence)
            ),
            RuntimeFactor = reader.Number("Power__RuntimeFactor", defaults.RuntimeFactor, 0.01, 1),
            OffFor = reader.Duration("Power__OffFor", defaults.OffFor, Duration.Zero, Day),
            MinimumSupplies = reader.Whole("Power__MinimumSupplies", defaults.MinimumSupplies, 1, MostSources),
            IgnoreFlags =
            [
                .. (reader.Text("Power__IgnoreFlags") ?? "")
                    .Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
                    .Select(f => f.ToUpperInvariant()),
            ],
        };
    }

    /// <summary>Null: what the returns before have shown. 0 stands for no limit, as it does with kubectl.</summary>
    private static int? WakeAtOnce(SettingsReader reader)
    {
        if (
            reader.Text("Power__WakeAtOnce") is not { } text
            || text.Equals("learned", StringComparison.OrdinalIgnoreCase)
        )
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most <= MostAtOnce)
            return most;
        reader.Fault(
            "Power__WakeAtOnce",
            $"learned or a whole number from 0 to {MostAtOnce}",
            SettingsReader.Quoted(text)
        );
        return null;
    }

    public static IReadOnlyList<UpsSourceAddress> Sources(
        SettingsReader reader,
        ClusterSettings? cluster,
        bool followsPower,
        bool isNeeded
    )
    {
        List<UpsSourceAddress> sources = [];
        foreach (var (path, value) in reader.Items("Power__Sources", MostSources))
        {
            var outcome = UpsSourceAddress.Parse(value);
            foreach (var error in outcome.Errors)
                reader.Fault(path, error);
            if (outcome.Address is { } address)
                sources.Add(address);
        }
        if (!followsPower && sources.Count > 0)
            reader.Fault("Power__Sources__0", "nothing, because Power__Enabled is false", "a UPS");
        if (isNeeded && sources.Count == 0 && reader.Faults.Count == 0 && cluster is not null)
            reader.Fault(
                "Power__Sources__0",
                "where the UPS is, such as nut://user:password@host:3493/ups, or Power__Enabled=false",
                "nothing"
            );
        // A real UPS would put a simulated cluster to sleep, and the real one not.
        if (sources.Count > 0 && cluster is null && reader.Text("Cluster__Mode") is null)
            reader.Fault(
                "Cluster__Mode",
                "kubeconfig, incluster or simulation, because Power__Sources names a UPS and this is no pod",
                "nothing"
            );
        return sources;
    }

    public static IReadOnlyList<NodeSupplies> Domains(SettingsReader reader, IReadOnlyList<UpsSourceAddress> sources)
    {
        var known = sources.Select(source => source.Name).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        List<NodeSupplies> domains = [];
        foreach (var (path, value) in reader.Items("Power__Domains", MostSources))
            if (NodeSupplies.Parse(value) is not { } domain)
                reader.Fault(
                    path,
                    "UPSes and a label selector of nodes, such as ups-a,ups-b:rack=1",
                    SettingsReader.Quoted(value)
                );
            // What is wrong with the sources is said already; without any there is the simulated one.
            else if (
                known.Count > 0
                && domain.Ups.Except(known, StringComparer.OrdinalIgnoreCase).ToList() is [var other, ..]
            )
                reader.Fault(
                    path,
                    $"UPSes of Power__Sources ({string.Join(", ", known)})",
                    SettingsReader.Quoted(other)
                );
            else
                domains.Add(domain);
        return domains;
    }
}
