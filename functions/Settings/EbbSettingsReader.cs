using System.Net;
using Ebb.Core.Power;
using Ebb.Nut;
using NodaTime;

namespace Ebb.Functions.Settings;

/// <summary>Settings from configuration: all of them, or all that is wrong with them.</summary>
internal static class EbbSettingsReader
{
    private const int MostSources = 32;
    private const int ShortestKey = 16;
    private static readonly Duration Day = Duration.FromDays(1);

    public static (EbbSettings? Settings, IReadOnlyList<SettingFault> Faults) Read(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration);
        var inPod = !string.IsNullOrEmpty(configuration["KUBERNETES_SERVICE_HOST"]);
        var kubeconfig = reader.Text("KUBECONFIG");
        // A kubeconfig that happens to be there is not one that this process was told to use.
        var mode = reader.Choice(
            "Cluster__Mode",
            inPod ? ClusterMode.InCluster : ClusterMode.Simulation,
            ("simulation", ClusterMode.Simulation),
            ("kubeconfig", ClusterMode.Kubeconfig),
            ("incluster", ClusterMode.InCluster)
        );
        var port = HandlerPort(reader);
        var url = Url(reader, "Http__Url", "http://127.0.0.1:7071");
        var store = reader.Choice(
            "State__Store",
            StateStoreKind.Kubernetes,
            ("kubernetes", StateStoreKind.Kubernetes),
            ("tables", StateStoreKind.Tables)
        );
        var settings = new EbbSettings
        {
            HttpUrl = url,
            HandlerPort = port,
            Mode = mode,
            Kubeconfig = kubeconfig,
            Context = reader.Text("Cluster__Context"),
            Power = ReadPower(reader),
            Sources = ReadSources(reader, mode),
            PollInterval = reader.Duration(
                "Power__PollInterval",
                Duration.FromSeconds(port is null ? 2 : 5),
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
            Store = store,
            Alerts = Functions.Alerts.AlertTarget.Read(reader),
            Tables = TableSettings.Read(reader, store),
            StateNamespace = reader.Text("State__Namespace") ?? "ebb-system",
            ViewKey = reader.Secret("Keys__View", ShortestKey),
            ControlKey = reader.Secret("Keys__Control", ShortestKey),
            SimulationSpeed = reader.Number("Simulation__Speed", 1, 0.1, 3600),
            SimulationKubernetesPort = reader.Whole("Simulation__KubernetesPort", 0, 0, 65535),
            SimulationUpsPort = reader.Whole("Simulation__UpsPort", 0, 0, 65535),
            SimulationKubeconfig = reader.Text("Simulation__Kubeconfig"),
            SimulationScaler = reader.Flag("Simulation__Scaler", true),
            CapacityScaler = ReadScaler(reader),
            Self = ReadSelf(reader),
        };
        if (NeedsKeys(settings))
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
            "Http",
            "Keys",
            "Simulation",
            "Ebb",
            "Capacity"
        );
        return reader.Faults.Count == 0 ? (settings, []) : (null, reader.Faults);
    }

    /// <summary>Under the Functions host the host checks keys; by itself this process does, unless it is only the demo on loopback.</summary>
    private static bool NeedsKeys(EbbSettings settings) =>
        !settings.Hosted && !(settings.Mode == ClusterMode.Simulation && IsLoopback(settings.HttpUrl));

    internal static bool IsLoopback(Uri url) =>
        url.Host == "localhost"
        || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static int? HandlerPort(SettingsReader reader) =>
        reader.Text("FUNCTIONS_CUSTOMHANDLER_PORT") is null
            ? null
            : reader.Whole("FUNCTIONS_CUSTOMHANDLER_PORT", 0, 1, 65535);

    private static Uri Url(SettingsReader reader, string path, string otherwise)
    {
        var text = reader.Text(path) ?? otherwise;
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme == Uri.UriSchemeHttp
            && url.AbsolutePath == "/"
        )
            return url;
        reader.Fault(path, "an address such as http://127.0.0.1:7071", SettingsReader.Quoted(text));
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
            RuntimeFactor = reader.Number("Power__RuntimeFactor", defaults.RuntimeFactor, 0.01, 1),
            MinimumSupplies = reader.Whole("Power__MinimumSupplies", defaults.MinimumSupplies, 1, MostSources),
            IgnoreFlags =
            [
                .. (reader.Text("Power__IgnoreFlags") ?? "")
                    .Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
                    .Select(f => f.ToUpperInvariant()),
            ],
        };
    }

    private static IReadOnlyList<UpsSourceAddress> ReadSources(SettingsReader reader, ClusterMode mode)
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
        if (sources.Count == 0 && reader.Faults.Count == 0 && mode != ClusterMode.Simulation)
            reader.Fault("Power__Sources__0", "where the UPS is, such as nut://user:password@host:3493/ups", "nothing");
        return sources;
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

    private static (string, string)? ReadSelf(SettingsReader reader) =>
        reader.Text("Ebb__SelfNamespace") is { } space && reader.Text("Ebb__SelfName") is { } name
            ? (space, name)
            : null;
}
