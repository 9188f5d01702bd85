using System.Globalization;
using System.Net;
using Ebb.Calendars;
using Ebb.Core.GitOps;
using Ebb.Core.Power;
using Ebb.Core.Settings;
using Ebb.Core.Waves;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using Ebb.Nut;
using NodaTime;

namespace Ebb.Engine.Settings;

/// <summary>Settings from configuration: all of them, or all that is wrong with them.</summary>
internal static class EbbSettingsReader
{
    private const int MostSources = 32;
    private const int ShortestKey = 16;
    private const int MostAtOnce = 10_000;
    private static readonly Duration Day = Duration.FromDays(1);

    /// <param name="configuration">All settings of the process.</param>
    /// <param name="host">What the engine runs in.</param>
    /// <param name="readMore">Reads the settings that only this program has, such as those of the simulation.</param>
    /// <param name="releases">
    /// Whether this process only gives back: it asks no UPS, reads no windows and answers nobody, so it needs neither
    /// sources nor zone data nor keys.
    /// </param>
    public static (EbbSettings? Settings, IReadOnlyList<SettingFault> Faults) Read(
        IConfiguration configuration,
        EngineHost host = EngineHost.Alone,
        Action<SettingsReader>? readMore = null,
        bool releases = false
    )
    {
        var reader = new SettingsReader(configuration.AsEnumerable());
        var cluster = ReadCluster(reader, host);
        var url = Url(reader, "Http__Url", "http://127.0.0.1:7071");
        var stateNamespace = reader.Text("State__Namespace") ?? "ebb-system";
        var followsPower = reader.Flag("Power__Enabled", true);
        var settings = new EbbSettings
        {
            HttpUrl = url,
            Host = host,
            Cluster = cluster,
            Power = ReadPower(reader),
            FollowsPower = followsPower,
            FollowsSchedules = reader.Flag("Schedules__Enabled", true),
            Sources = ReadSources(reader, cluster, followsPower, isNeeded: followsPower && !releases),
            PollInterval = reader.Duration(
                "Power__PollInterval",
                Duration.FromSeconds(host == EngineHost.FunctionsHost ? 5 : 2),
                Duration.FromMilliseconds(100),
                Duration.FromSeconds(30)
            ),
            ScheduleInterval = reader.Duration(
                "Schedules__Interval",
                Duration.FromSeconds(30),
                Duration.FromSeconds(1),
                Duration.FromMinutes(10)
            ),
            LabelSelector = reader.Text("LABEL_SELECTOR"),
            Act = reader.Flag("Power__Act", true),
            GitOps = reader.Choice(
                "Power__GitOps",
                GitOpsMode.Auto,
                ("auto", GitOpsMode.Auto),
                ("named", GitOpsMode.Named),
                ("off", GitOpsMode.Off)
            ),
            Alerts = AlertTarget.Read(reader),
            Archive = ArchiveSettings.Read(reader),
            IdentityHeader = reader.Text("Http__IdentityHeader"),
            ZoneData = ZoneDataFile.Read(reader, isNeeded: !releases),
            StateNamespace = stateNamespace,
            AdminNamespaces = Core.Settings.AdminNamespaces.Read(reader, stateNamespace),
            ViewKey = reader.Secret("Keys__View", ShortestKey),
            ControlKey = reader.Secret("Keys__Control", ShortestKey),
            CapacityScaler = ReadScaler(reader),
            Self = ReadSelf(reader),
        };
        settings = settings with { Domains = ReadDomains(reader, settings.Sources) };
        if (!releases)
            SupplyCount.Check(reader, settings.Power.MinimumSupplies, settings.Sources);
        readMore?.Invoke(reader);
        if (!releases && NeedsKeys(settings))
        {
            if (settings.ViewKey is null)
                reader.Fault(
                    "Keys__View",
                    "a key, because this process listens beyond loopback or acts on a real cluster",
                    "nothing"
                );
            if (settings.ControlKey is null)
                reader.Fault(
                    "Keys__Control",
                    "a key, because this process listens beyond loopback or acts on a real cluster",
                    "nothing"
                );
        }
        if (settings.ViewKey is not null && settings.ViewKey == settings.ControlKey)
            reader.Fault("Keys__Control", "another key than Keys__View: a key to look is not a key to act", "the same");
        reader.RefuseUnknown(
            "Alerts",
            "Power",
            "Schedules",
            "Cluster",
            "State",
            "Tenancy",
            "Http",
            "Keys",
            "Simulation",
            "Time",
            "Ebb",
            "Capacity"
        );
        return reader.Faults.Count == 0 ? (settings, []) : (null, reader.Faults);
    }

    /// <summary>
    /// A simulated cluster has nothing to protect, as long as only this machine reaches it or the host publishes it.
    /// </summary>
    private static bool NeedsKeys(EbbSettings settings) =>
        settings.Cluster is not null || (settings.Host == EngineHost.Alone && !IsLoopback(settings.HttpUrl));

    internal static bool IsLoopback(Uri url) =>
        url.Host == "localhost"
        || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Null: the simulated one, or a fault.</summary>
    private static ClusterSettings? ReadCluster(SettingsReader reader, EngineHost host)
    {
        var inPod = reader.Text("KUBERNETES_SERVICE_HOST") is not null;
        var kubeconfig = reader.Text("KUBECONFIG");
        var context = reader.Text("Cluster__Context");
        (string, ClusterMode?) real = ("kubeconfig", ClusterMode.Kubeconfig);
        (string, ClusterMode?) pod = ("incluster", ClusterMode.InCluster);
        // A kubeconfig that happens to be there is not one that this process was told to use.
        ClusterMode? unless = inPod ? ClusterMode.InCluster : null;
        var mode =
            host == EngineHost.Operator
                ? reader.Choice("Cluster__Mode", unless, real, pod)
                : reader.Choice("Cluster__Mode", unless, ("simulation", null), real, pod);
        if (mode is null && host == EngineHost.Operator && reader.Faults.Count == 0)
            reader.Fault("Cluster__Mode", "incluster or kubeconfig, because this is no pod", "nothing");
        return mode is { } found ? new ClusterSettings(found, kubeconfig, context) : null;
    }

    /// <summary>Null: what the returns before have shown. 0 stands for no limit, as it does with kubectl.</summary>
    private static int? ReadWakeAtOnce(SettingsReader reader)
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

    private static Uri Url(SettingsReader reader, string path, string otherwise)
    {
        var text = reader.Text(path) ?? otherwise;
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme == Uri.UriSchemeHttp
            && url.AbsolutePath == "/"
            && url.UserInfo.Length == 0
        )
            return url;
        // What is before an @ may be a password.
        reader.Fault(
            path,
            "an address such as http://127.0.0.1:7071",
            text.Contains('@', StringComparison.Ordinal) ? "one with a user in it" : SettingsReader.Quoted(text)
        );
        return new Uri(otherwise);
    }

    private static PowerSettings ReadPower(SettingsReader reader)
    {
        var defaults = new PowerSettings();
        return new PowerSettings
        {
            OnBatteryFor = reader.Duration("Power__OnBatteryFor", defaults.OnBatteryFor, Duration.Zero, Day),
            DeadTime = reader.Duration("Power__DeadTime", defaults.DeadTime, Duration.Zero, Day),
            MainsFor = reader.Duration("Power__MainsFor", defaults.MainsFor, Duration.Zero, Day),
            RestoreCharge = reader.Number("Power__RestoreCharge", defaults.RestoreCharge, 0, 100),
            WaveTimeout = reader.Duration("Power__WaveTimeout", defaults.WaveTimeout, Duration.FromSeconds(1), Day),
            WakeAtOnce = ReadWakeAtOnce(reader),
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

    private static IReadOnlyList<UpsSourceAddress> ReadSources(
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

    private static IReadOnlyList<NodeSupplies> ReadDomains(
        SettingsReader reader,
        IReadOnlyList<UpsSourceAddress> sources
    )
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

    private static Uri? ReadScaler(SettingsReader reader)
    {
        if (reader.Text("Capacity__Scaler") is not { } text)
            return null;
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && url is { AbsolutePath: "/", Query: "", UserInfo: "" }
        )
            return url;
        reader.Fault(
            "Capacity__Scaler",
            "the address of the scaler's HTTP port such as http://ebb-scaler.ebb-system:8080",
            SettingsReader.Quoted(text)
        );
        return null;
    }

    private static (string, string)? ReadSelf(SettingsReader reader)
    {
        var (space, name) = (reader.Text("Ebb__SelfNamespace"), reader.Text("Ebb__SelfName"));
        return space is not null && name is not null ? (space, name) : null;
    }
}
