namespace Ebb.Core.Workloads;

/// <summary>How workloads of a type are put to sleep (design: the table of waves).</summary>
public enum SleepMethod
{
    /// <summary>Scale to 0 through the scale subresource.</summary>
    Scale,

    /// <summary>CronJob: <c>spec.suspend</c>, and its running jobs end by themselves.</summary>
    SuspendJobs,

    /// <summary>CloudNativePG: the hibernation annotation.</summary>
    Hibernate,

    /// <summary>KEDA: pause the ScaledObject at 0 and scale its target to 0.</summary>
    PauseScaling,

    /// <summary>Flux: <c>spec.suspend</c>; nothing of it runs.</summary>
    SuspendReconciling,

    /// <summary>Argo CD: <c>spec.syncPolicy.automated</c> taken out.</summary>
    StopSyncing,
}

/// <summary>What <c>spec.type</c> of an UpsScaler names.</summary>
/// <param name="Name">Lower case for the known types, <c>group/version/Kind</c> as written for any other.</param>
/// <param name="ApiVersion">The version in which Ebb reads it.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Method">How it sleeps.</param>
public sealed record WorkloadType(string Name, string ApiVersion, string Kind, SleepMethod Method)
{
    /// <summary>The types that have a short name; the names are part of the UpsScaler contract.</summary>
    public static IReadOnlyList<WorkloadType> Known { get; } =
    [
        new("deployment", "apps/v1", "Deployment", SleepMethod.Scale),
        new("statefulset", "apps/v1", "StatefulSet", SleepMethod.Scale),
        new("cronjob", "batch/v1", "CronJob", SleepMethod.SuspendJobs),
        new("cluster", "postgresql.cnpg.io/v1", "Cluster", SleepMethod.Hibernate),
        new("scaledobject", "keda.sh/v1alpha1", "ScaledObject", SleepMethod.PauseScaling),
        new("kustomization", "kustomize.toolkit.fluxcd.io/v1", "Kustomization", SleepMethod.SuspendReconciling),
        new("helmrelease", "helm.toolkit.fluxcd.io/v2", "HelmRelease", SleepMethod.SuspendReconciling),
        new("application", "argoproj.io/v1alpha1", "Application", SleepMethod.StopSyncing),
    ];

    /// <summary>
    /// A known name in any case, or <c>group/version/Kind</c> of something with a scale subresource. Null for anything
    /// else; <see cref="Expected"/> says what would have been right.
    /// </summary>
    public static WorkloadType? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var trimmed = text.Trim();
        var known = Known.FirstOrDefault(type => type.Name.Equals(trimmed, StringComparison.OrdinalIgnoreCase));
        if (known is not null)
            return known;
        var parts = trimmed.Split('/');
        if (parts.Length != 3 || parts.Any(part => part.Length is 0 or > 253 || part.Any(char.IsWhiteSpace)))
            return null;
        var apiVersion = $"{parts[0].ToLowerInvariant()}/{parts[1].ToLowerInvariant()}";
        // apps/v1/Deployment is the deployment: two spellings of one workload must not become two workloads.
        return Known.FirstOrDefault(type =>
                type.ApiVersion == apiVersion && type.Kind.Equals(parts[2], StringComparison.OrdinalIgnoreCase)
            ) ?? new WorkloadType($"{apiVersion}/{parts[2]}", apiVersion, parts[2], SleepMethod.Scale);
    }

    /// <summary>The words for "expected …" in a refusal.</summary>
    public static string Expected { get; } =
        $"{string.Join(", ", Known.Select(type => type.Name))}, or group/version/Kind of something that can be scaled";
}
