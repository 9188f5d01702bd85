namespace Ebb.Engine.Schedules;

/// <summary>What a preview says of a kind that no schedule of Ebb's is written in.</summary>
internal static class OtherKinds
{
    public const string Expected =
        "a Schedule, a ScheduledPodAutoscaler, a ServiceScaler, or a ConfigMap of hpa-time-scaler";

    /// <summary>Kinds of others, or of Ebb, that people look for schedules in, by kind and group.</summary>
    private static readonly Dictionary<(string Kind, string Group), string> Owners = new()
    {
        [("SleepInfo", "kube-green.com")] = "which is kube-green's; a Schedule says the same here",
        [("CronHorizontalPodAutoscaler", "autoscaling.alibabacloud.com")] =
            "which is kubernetes-cronhpa-controller's; a Schedule says the same here",
        [("ScaledObject", "keda.sh")] = "which is KEDA's; its cron trigger is KEDA's to read",
        [("UpsScaler", "ups-scaler.io")] = "which has priorities and no times",
        [("Override", "ebb.dev")] = "which has an end and no times of day",
    };

    /// <summary>
    /// Null: a kind that may stand in a manifest beside schedules, such as the workload that they size.
    /// </summary>
    public static string? Found(string version, string kind) =>
        Owners.TryGetValue((kind, version.Split('/')[0]), out var owner) ? $"{kind}, {owner}" : null;
}
