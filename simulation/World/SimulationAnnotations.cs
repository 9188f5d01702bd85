using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Rules;

namespace Ebb.Simulation.World;

/// <summary>Annotations by which a manifest sets how an object behaves in the simulation.</summary>
internal static class SimulationAnnotations
{
    public const string StartSeconds = "simulation.ebb.dev/start-seconds";
    public const string StopSeconds = "simulation.ebb.dev/stop-seconds";
    public const string RunSeconds = "simulation.ebb.dev/run-seconds";

    /// <summary>On a pod that runs to an end: "true" lets it end with exit code 1.</summary>
    public const string Fails = "simulation.ebb.dev/fails";
    public const string NeverStops = "simulation.ebb.dev/never-stops";
    public const string CpuPercent = "simulation.ebb.dev/cpu-percent";

    /// <summary>On an HPA: percent of one pod's request that all pods share; the more pods, the less each.</summary>
    public const string CpuLoad = "simulation.ebb.dev/cpu-load";

    /// <summary>On a CloudNativePG Cluster: it never counts as healthy, so it never hibernates.</summary>
    public const string NeverHealthy = "simulation.ebb.dev/never-healthy";

    /// <summary>On a pod: it is ready only when these others are, one of each unless it says how many.</summary>
    public const string Needs = "simulation.ebb.dev/needs";

    /// <summary>On a Deployment: it is an operator that keeps these others, in this order.</summary>
    public const string Keeps = "simulation.ebb.dev/keeps";

    /// <summary>On an operator: its name in managedFields; else that of its Deployment.</summary>
    public const string Manager = "simulation.ebb.dev/manager";

    /// <summary>On what an operator keeps: the replicas that it puts back; else 1.</summary>
    public const string Size = "simulation.ebb.dev/size";

    /// <summary>On a Deployment: it attaches the volumes of this CSI driver.</summary>
    public const string Attaches = "simulation.ebb.dev/attaches";

    /// <summary>On a node: "off" cuts its power.</summary>
    public const string Power = "simulation.ebb.dev/power";

    /// <summary>On a node: so many of its pods start at once; the others wait for them.</summary>
    public const string StartsAtOnce = "simulation.ebb.dev/starts-at-once";

    /// <summary>
    /// Seconds from an annotation, or a default that differs a little between pods and is always the same for one.
    /// </summary>
    public static TimeSpan Seconds(JsonObject tree, string annotation, double least, double most)
    {
        var seconds = double.TryParse(
            tree.Annotation(annotation),
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out var said
        )
            ? said
            : least + ((most - least) * NameGenerator.Fraction(tree.Name() + annotation));
        return TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
    }
}
