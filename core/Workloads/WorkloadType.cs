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

    /// <summary>A hook: it is run on the way down, and again on the way up.</summary>
    RunHook,

    /// <summary>A node: <c>spec.unschedulable</c>; what runs on it stays.</summary>
    Cordon,
}

/// <summary>What <c>spec.type</c> of an UpsScaler names.</summary>
/// <param name="Name">Lower case for the known types, <c>group/version/Kind</c> as written for any other.</param>
/// <param name="ApiVersion">The version in which Ebb reads it.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Method">How it sleeps.</param>
public sealed record WorkloadType(string Name, string ApiVersion, string Kind, SleepMethod Method)
{
    /// <summary>It applies others from Git, runs nothing itself and is only held back.</summary>
    public bool IsReconciler => Method is SleepMethod.SuspendReconciling or SleepMethod.StopSyncing;

    /// <summary>It lives in no namespace and is everybody's: only an admin namespace may name it.</summary>
    public bool IsClusterScoped => Method == SleepMethod.Cordon;

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

    /// <summary>An UpsScaler that runs a hook; it sizes no workload, and nobody can override it.</summary>
    public static WorkloadType Hook { get; } = new("hook", "ups-scaler.io/v1alpha1", "UpsScaler", SleepMethod.RunHook);

    /// <summary>
    /// A node. Only UpsScalers name it: a schedule or an override would leave the pods of others without a place.
    /// </summary>
    public static WorkloadType Node { get; } = new("node", "v1", "Node", SleepMethod.Cordon);

    /// <summary>A type as the view of an UpsScaler or a Baseline has it: a hook, too.</summary>
    public static WorkloadType? Named(string? text) => text == Hook.Name ? Hook : OfUpsScaler(text);

    /// <summary>What <c>spec.type</c> of an UpsScaler means: a node, too.</summary>
    public static WorkloadType? OfUpsScaler(string? text) => IsNode(text) ? Node : Parse(text);

    /// <summary>Whether <c>spec.type</c> means nodes, in either of their spellings.</summary>
    public static bool IsNode(string? text)
    {
        var trimmed = text.AsSpan().Trim();
        return trimmed.Equals(Node.Name, StringComparison.OrdinalIgnoreCase)
            || trimmed.Equals("core/v1/Node", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a kind has a short name, and with it a way of its own to sleep.</summary>
    public static bool IsKnown(string apiVersion, string kind)
    {
        if (kind == Node.Kind && apiVersion == Node.ApiVersion)
            return true;
        // Asked for every workload at every look, so it allocates nothing.
        for (var i = 0; i < Known.Count; i++)
            if (Known[i].Kind == kind && Known[i].ApiVersion == apiVersion)
                return true;
        return false;
    }

    /// <summary>
    /// A known name in any case, or <c>group/version/Kind</c> of something with a scale subresource, or that a
    /// SleepMethod names. Null for anything else; <see cref="Expected"/> says what would have been right.
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
    public static string Expected { get; } = Words(Known);

    /// <summary>The same for an UpsScaler.</summary>
    public static string ExpectedOfUpsScaler { get; } = Words([.. Known, Node]);

    private static string Words(IEnumerable<WorkloadType> types) =>
        $"{string.Join(", ", types.Select(type => type.Name))}, "
        + "or group/version/Kind of something that can be scaled or that a SleepMethod names";
}
