using Ebb.Kubernetes.Capacity;

namespace Ebb.Scaler.Exact;

/// <summary>Whether the scaler sets a workload's scale itself, since the HPA's tolerance ignores the change.</summary>
internal static class ExactDecision
{
    private const decimal DefaultTolerance = 0.1m;

    /// <summary>True: set it. False: why not, for people.</summary>
    /// <param name="wanted">What the trigger answers; replicas.</param>
    /// <param name="scaled">The ScaledObject.</param>
    /// <param name="target">What it scales.</param>
    /// <param name="autoscaler">Its HPA as the API server stored it; null: there is none.</param>
    public static (bool Set, string Why) Of(
        int wanted,
        ScaledObjectFacts scaled,
        TargetFacts target,
        AutoscalerFacts? autoscaler
    )
    {
        var present = target.Replicas;
        if (wanted == present)
            return (false, "it is exact");
        if (wanted <= 0 || present <= 0)
            return (false, "KEDA scales to and from zero");
        if (scaled.Pause is { } pause)
            return (false, $"{pause} is set");
        if (scaled.HasFormula)
            return (false, "it is in a formula");
        if (scaled.Triggers != 1)
            return (false, "it has several triggers");
        if (autoscaler is null)
            return (false, "there is no HPA yet");
        if (wanted < autoscaler.Min || wanted > autoscaler.Max)
            return (false, "it is outside of the HPA's bounds");
        var up = wanted > present;
        if (up ? autoscaler.UpDisabled : autoscaler.DownDisabled)
            return (false, $"scaling {(up ? "up" : "down")} is disabled");
        var tolerance = (up ? autoscaler.UpTolerance : autoscaler.DownTolerance) ?? DefaultTolerance;
        return Math.Abs(wanted - present) <= tolerance * present
            ? (true, $"the HPA ignores changes within {tolerance * 100:0.##} %")
            : (false, "the HPA makes the change");
    }

    /// <summary>The ScaledObject asks for a tolerance that the API server did not store.</summary>
    public static bool WasDropped(ScaledObjectFacts scaled, AutoscalerFacts? autoscaler) =>
        scaled.AsksTolerance && autoscaler is { UpTolerance: null, DownTolerance: null };
}
