using Ebb.Core.Settings;
using Ebb.Kubernetes.Connection;

namespace Ebb.Functions.Simulated;

/// <summary>The settings of the embedded simulation.</summary>
internal sealed record DemoSettings
{
    /// <summary>Seconds of the simulated world in one of this machine, 0.1 to 3600.</summary>
    public required double Speed { get; init; }

    /// <summary>0: any free port.</summary>
    public required int KubernetesPort { get; init; }

    /// <summary>0: any free port.</summary>
    public required int UpsPort { get; init; }

    /// <summary>
    /// Where its kubeconfig is written; null: in a private folder of its own, removed at the end.
    /// </summary>
    public required string? Kubeconfig { get; init; }

    /// <summary>Whether a scaler runs beside it.</summary>
    public required bool Scaler { get; init; }

    public static DemoSettings Read(SettingsReader reader) =>
        new()
        {
            Speed = reader.Number("Simulation__Speed", 1, 0.1, 3600),
            KubernetesPort = reader.Whole("Simulation__KubernetesPort", 0, 0, 65535),
            UpsPort = reader.Whole("Simulation__UpsPort", 0, 0, 65535),
            Kubeconfig = reader.Text("Simulation__Kubeconfig"),
            Scaler = reader.Flag("Simulation__Scaler", true),
        };
}
