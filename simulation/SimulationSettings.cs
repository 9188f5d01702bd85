using System.Globalization;
using Ebb.Simulation.Ups;

namespace Ebb.Simulation;

/// <summary>The settings of the simulation as its own process.</summary>
/// <param name="Speed">Virtual seconds per real second.</param>
/// <param name="Kubeconfig">Where to write a kubeconfig; null is a file in the temporary folder.</param>
public sealed record SimulationSettings(double Speed, int KubernetesPort, int UpsPort, string? Kubeconfig)
{
    /// <exception cref="FormatException">One or several settings are wrong; the message names each of them.</exception>
    public static SimulationSettings Read(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var errors = new List<string>();
        var speed = 1.0;
        if (
            variable("Simulation__Speed") is { Length: > 0 } said
            && (
                !double.TryParse(said, NumberStyles.Float, CultureInfo.InvariantCulture, out speed)
                || speed is <= 0 or > 100_000
            )
        )
        {
            errors.Add($"Simulation__Speed: expected a number above 0 and at most 100000, found '{said}'");
        }

        var kubernetes = Port("Simulation__KubernetesPort");
        var ups = Port("Simulation__UpsPort");
        if (errors.Count > 0)
        {
            throw new FormatException(string.Join(Environment.NewLine, errors));
        }

        return new SimulationSettings(
            speed,
            kubernetes,
            ups,
            variable("Simulation__Kubeconfig") is { Length: > 0 } path ? path : null
        );

        int Port(string name)
        {
            var port = 0;
            if (
                variable(name) is { Length: > 0 } text
                && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65535)
            )
            {
                errors.Add($"{name}: expected a port from 0 (any free one) to 65535, found '{text}'");
            }

            return port;
        }
    }

    /// <summary>Writes the kubeconfig and says how to use it.</summary>
    public async Task Announce(SimulatedCluster cluster, SimulatedUps ups, TextWriter to, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(ups);
        ArgumentNullException.ThrowIfNull(to);
        var path = Path.GetFullPath(
            Kubeconfig ?? Path.Combine(Path.GetTempPath(), $"ebb-simulation-{cluster.Address.Port}.kubeconfig")
        );
        // It holds a token: nobody else may read it, and a link that is there already is not followed.
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var file = new StreamWriter(path, options))
        {
            await file.WriteAsync(cluster.Kubeconfig.AsMemory(), ct);
        }

        await to.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Simulated Kubernetes 1.36 at {cluster.Address}, time runs at {Speed}x."
            )
        );
        await to.WriteLineAsync($"  export KUBECONFIG={path}");
        await to.WriteLineAsync(
            "  kubectl get deployments,statefulsets,cronjobs,clusters.postgresql.cnpg.io,scaledobjects,ups -A"
        );
        await to.WriteLineAsync($"  upsc {ups.Name}@127.0.0.1:{ups.Port}");
        await to.WriteLineAsync(
            $"  upscmd -u admin -p adminpw {ups.Name}@127.0.0.1:{ups.Port} mains.off    # pulls the plug; "
                + "mains.on plugs it in again"
        );
    }
}
