using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.World.Keda;

/// <summary>The spec of a ScaledObject, with KEDA's defaults.</summary>
internal static class ScaledObjects
{
    public const string Resource = "scaledobjects.keda.sh";
    public const string PausedReplicas = "autoscaling.keda.sh/paused-replicas";
    public const string Paused = "autoscaling.keda.sh/paused";
    public const string PausedScaleIn = "autoscaling.keda.sh/paused-scale-in";
    public const string PausedScaleOut = "autoscaling.keda.sh/paused-scale-out";
    public const string ForceActivation = "autoscaling.keda.sh/force-activation";

    public static TimeSpan Polling(JsonObject so) => TimeSpan.FromSeconds(so.Whole("spec", "pollingInterval") ?? 30);

    public static TimeSpan Cooldown(JsonObject so) => TimeSpan.FromSeconds(so.Whole("spec", "cooldownPeriod") ?? 300);

    public static TimeSpan InitialCooldown(JsonObject so) =>
        TimeSpan.FromSeconds(so.Whole("spec", "initialCooldownPeriod") ?? 0);

    public static long Least(JsonObject so) => so.Whole("spec", "minReplicaCount") ?? 0;

    public static long Most(JsonObject so) => so.Whole("spec", "maxReplicaCount") ?? 100;

    public static long? Idle(JsonObject so) => so.Whole("spec", "idleReplicaCount");

    public static string HpaName(JsonObject so) =>
        so.Text("spec", "advanced", "horizontalPodAutoscalerConfig", "name") ?? "keda-hpa-" + so.Name();

    /// <summary>"false" is not paused; any other value is.</summary>
    public static bool Says(JsonObject so, string annotation) =>
        so.Annotation(annotation) is { } word && !word.Equals("false", StringComparison.OrdinalIgnoreCase);

    public static bool IsPaused(JsonObject so) => so.Annotation(PausedReplicas) is not null || Says(so, Paused);

    /// <summary>Null: the annotation is absent or not a number of replicas.</summary>
    public static long? PausedCount(JsonObject so) =>
        long.TryParse(so.Annotation(PausedReplicas), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : null;

    public static bool HasBrokenPause(JsonObject so) =>
        so.Annotation(PausedReplicas) is not null && PausedCount(so) is null;

    public static IReadOnlyList<ScalerQuestion> Questions(JsonObject so) =>
        [
            .. so.Objects("spec", "triggers")
                .Select(
                    (trigger, i) =>
                        new ScalerQuestion(
                            so.Namespace(),
                            so.Name(),
                            i,
                            trigger.Text("type") ?? "",
                            (trigger.Object("metadata") ?? []).ToDictionary(
                                p => p.Key,
                                p => p.Value?.ToString() ?? "",
                                StringComparer.Ordinal
                            )
                        )
                ),
        ];
}
