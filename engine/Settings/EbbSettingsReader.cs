using System.Net;
using Ebb.Calendars;
using Ebb.Core.GitOps;
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
    private const int ShortestKey = 16;

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
            Power = PowerSettingsReader.Power(reader),
            FollowsPower = followsPower,
            FollowsSchedules = reader.Flag("Schedules__Enabled", true),
            Sources = PowerSettingsReader.Sources(reader, cluster, followsPower, isNeeded: followsPower && !releases),
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
        settings = settings with { Domains = PowerSettingsReader.Domains(reader, settings.Sources) };
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
