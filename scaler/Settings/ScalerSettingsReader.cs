using Ebb.Calendars;
using Ebb.Core.Capacity;
using Ebb.Core.Settings;
using Ebb.Kubernetes;
using Ebb.Kubernetes.Connection;

namespace Ebb.Scaler.Settings;

/// <summary>Reads the settings from the configuration: all of them, or everything that is wrong with them.</summary>
internal static class ScalerSettingsReader
{
    public static (ScalerSettings? Settings, IReadOnlyList<SettingFault> Faults) Read(IConfiguration configuration) =>
        Read(
            new SettingsReader(configuration.AsEnumerable()),
            !string.IsNullOrEmpty(configuration["KUBERNETES_SERVICE_HOST"])
        );

    internal static (ScalerSettings? Settings, IReadOnlyList<SettingFault> Faults) Read(
        SettingsReader reader,
        bool inPod
    )
    {
        var host = inPod ? "0.0.0.0" : "127.0.0.1";
        var kubeconfig = reader.Text("KUBECONFIG");
        var mode = reader.Choice<ClusterMode?>(
            "Cluster__Mode",
            inPod ? ClusterMode.InCluster
                : kubeconfig is not null ? ClusterMode.Kubeconfig
                : null,
            ("kubeconfig", ClusterMode.Kubeconfig),
            ("incluster", ClusterMode.InCluster)
        );
        // A kubeconfig in the home folder is not used: nobody said that this process should.
        if (mode is null && reader.Faults.Count == 0)
            reader.Fault(
                "Cluster__Mode",
                "kubeconfig or incluster, or KUBECONFIG; the demo of the functions writes one",
                "nothing"
            );
        var (certificate, key, authorities) = (
            File(reader, "Grpc__Tls__Certificate"),
            File(reader, "Grpc__Tls__Key"),
            File(reader, "Grpc__Tls__ClientAuthorities")
        );
        if (certificate is null != (key is null))
            reader.Fault(
                certificate is null ? "Grpc__Tls__Certificate" : "Grpc__Tls__Key",
                "a file, because the other one is given",
                "nothing"
            );
        if (authorities is not null && certificate is null)
            reader.Fault("Grpc__Tls__Certificate", "a file, because Grpc__Tls__ClientAuthorities is given", "nothing");
        var reserve = reader.Text("Capacity__Reserve") ?? "0";
        if (Core.Capacity.Reserve.Parse(reserve, Quantity.UnitsOf("cpu")) is null)
            reader.Fault(
                "Capacity__Reserve",
                "cores or a percentage, such as 30 or 15%",
                SettingsReader.Quoted(reserve)
            );
        var stateNamespace = reader.Text("State__Namespace") ?? "ebb-system";
        var settings = new ScalerSettings
        {
            GrpcUrl = Url(reader, "Grpc__Url", $"http://{host}:9090"),
            HttpUrl = Url(reader, "Http__Url", $"http://{host}:8080"),
            Tls = certificate is null || key is null ? null : new TlsFiles(certificate, key, authorities),
            Cluster = new ClusterSettings(mode ?? ClusterMode.Kubeconfig, kubeconfig, reader.Text("Cluster__Context")),
            StateNamespace = stateNamespace,
            AdminNamespaces = AdminNamespaces.Read(reader, stateNamespace),
            Act = reader.Flag("Scaler__Act", true),
            FollowInput = reader.Flag("Scaler__FollowInput", false),
            Reserve = reserve,
            ZoneData = ZoneDataFile.Read(reader),
        };
        reader.RefuseUnknown("Grpc", "Http", "Cluster", "State", "Scaler", "Capacity", "Time", "Tenancy");
        return reader.Faults.Count == 0 ? (settings, []) : (null, reader.Faults);
    }

    private static string? File(SettingsReader reader, string path)
    {
        if (reader.Text(path) is not { } file)
            return null;
        if (!System.IO.File.Exists(file))
            reader.Fault(path, "a file that exists", SettingsReader.Quoted(file));
        return file;
    }

    private static Uri Url(SettingsReader reader, string path, string otherwise)
    {
        var text = reader.Text(path) ?? otherwise;
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && url.AbsolutePath == "/"
        )
            return url;
        reader.Fault(path, $"an address such as {otherwise}", SettingsReader.Quoted(text));
        return new Uri(otherwise);
    }
}
