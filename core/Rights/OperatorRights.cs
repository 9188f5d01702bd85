namespace Ebb.Core.Rights;

/// <summary>
/// All that the operator may need, by what it is set to do. The roles that are shipped grant exactly this.
/// </summary>
public static class OperatorRights
{
    private static readonly string[] Look = ["get", "list", "watch"];
    private static readonly string[] Change = [.. Look, "patch"];

    // Its memory and its Lease.
    private static readonly Right[] Memory =
    [
        new("ebb.dev", "v1alpha1", "baselines", [.. Change, "create", "delete"]) { Own = true },
        new("ebb.dev", "v1alpha1", "powers", [.. Look, "create", "update", "delete"]) { Own = true },
        new("ebb.dev", "v1alpha1", "outages", [.. Look, "create", "update", "delete"]) { Own = true },
        new("ebb.dev", "v1alpha1", "powerorders", "list", "watch", "create", "delete") { Own = true },
        new("ebb.dev", "v1alpha1", "powerorders/status", "patch") { Own = true },
        new("coordination.k8s.io", "v1", "leases", "get", "create", "patch") { Own = true },
    ];

    // Who sizes what, and what a person may override.
    private static readonly Right[] Always =
    [
        new("ups-scaler.io", "v1alpha1", "upsscalers", "list", "watch"),
        new("ebb.dev", "v1alpha1", "overrides", [.. Change, "create", "delete"]),
        new("ebb.dev", "v1alpha1", "overrides/status", "patch"),
        new("ebb.dev", "v1alpha1", "sleepmethods", Look),
        new("ebb.dev", "v1alpha1", "sleepmethods/status", "patch"),
        new("apps", "v1", "deployments", Look),
        new("apps", "v1", "statefulsets", Look),
        new("apps", "v1", "deployments/scale", "get", "patch"),
        new("apps", "v1", "statefulsets/scale", "get", "patch"),
        new("keda.sh", "v1alpha1", "scaledobjects", Change),
        new("autoscaling", "v2", "horizontalpodautoscalers", Change),
        new("", "v1", "nodes", "list", "watch"),
        new("", "v1", "pods", "list", "watch"),
        new("", "v1", "services", "list", "watch"),
        new("events.k8s.io", "v1", "events", "create"),
    ];

    private static readonly Right[] Power =
    [
        new("ups-scaler.io", "v1alpha1", "upsscalers", Change),
        new("ups-scaler.io", "v1alpha1", "upsscalers/status", "patch"),
        // Whether the set that made an Application puts back what is changed of it.
        new("argoproj.io", "v1alpha1", "applicationsets", Look) { Only = "application" },
    ];

    // What is put to sleep in a way of its own, and which namespaces are selected.
    private static readonly Right[] Sleepers =
    [
        new("", "v1", "namespaces", "list", "watch"),
        new("batch", "v1", "cronjobs", Change) { Only = "cronjob" },
        new("postgresql.cnpg.io", "v1", "clusters", Change) { Only = "cluster" },
        new("kustomize.toolkit.fluxcd.io", "v1", "kustomizations", Change) { Only = "kustomization" },
        new("helm.toolkit.fluxcd.io", "v2", "helmreleases", Change) { Only = "helmrelease" },
        new("argoproj.io", "v1alpha1", "applications", Change) { Only = "application" },
    ];

    // An object that is given an owner must be one that its writer may delete, where the API server checks that.
    private static readonly Right[] Schedules =
    [
        new("scaler.udaan.io", "v1", "servicescalers", Change),
        new("scaler.udaan.io", "v1", "servicescalers/status", "patch"),
        new("autoscaling.d-kuro.github.io", "v1", "scheduledpodautoscalers", "list", "watch"),
        new("autoscaling.d-kuro.github.io", "v1", "scheduledpodautoscalers/status", "patch"),
        new("autoscaling.d-kuro.github.io", "v1", "schedules", [.. Change, "delete"]),
        new("autoscaling.d-kuro.github.io", "v1", "schedules/status", "patch"),
        new("autoscaling", "v2", "horizontalpodautoscalers", "create", "delete"),
        new("", "v1", "configmaps", "list", "watch"),
    ];

    /// <summary>
    /// What hooks of type job and gates need beside the rest. A role of its own, by choice: whoever may make a Job may
    /// run any image.
    /// </summary>
    public static IReadOnlyList<Right> Hooks { get; } =
    [
        new("batch", "v1", "cronjobs", "get") { Only = "hook" },
        new("batch", "v1", "jobs", "get", "create") { Only = "hook" },
        // Why the pods of a Job are not created.
        new("", "v1", "events", "list") { Only = "hook" },
        new("", "v1", "persistentvolumeclaims", "list") { Only = "hook" },
        new("storage.k8s.io", "v1", "volumeattachments", "list") { Only = "hook" },
        new("discovery.k8s.io", "v1", "endpointslices", "list") { Only = "hook" },
    ];

    /// <summary>
    /// What UpsScalers of type node need beside the rest. A role of its own, by choice: a cordoned node takes nobody's
    /// pods.
    /// </summary>
    public static IReadOnlyList<Right> Nodes { get; } = [new("", "v1", "nodes", "get", "patch") { Only = "node" }];

    /// <summary>
    /// What waiting for webhooks needs beside the rest. A role of its own, by choice: without it the first refusal
    /// tells which webhook is in the way.
    /// </summary>
    public static IReadOnlyList<Right> Webhooks { get; } =
    [
        new("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "list") { Without = Refused },
        new("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "list") { Without = Refused },
        // Who converts between the versions of a kind.
        new("apiextensions.k8s.io", "v1", "customresourcedefinitions", "list") { Without = Refused },
        new("discovery.k8s.io", "v1", "endpointslices", "list") { Without = Refused },
    ];

    private const string Refused = "a webhook that guards what is woken is found at its first refusal";

    /// <summary>
    /// What UpsScalers and Schedules of a kind of one's own need beside the rest: its scale where it has one, else its
    /// fields, which a SleepMethod names.
    /// </summary>
    public static IReadOnlyList<Right> OfOwnKind(
        string group,
        string version,
        string plural,
        string type,
        bool scales
    ) =>
        scales
            ?
            [
                new(group, version, plural, Look) { Only = type },
                new(group, version, $"{plural}/scale", "get", "patch") { Only = type },
            ]
            : [new(group, version, plural, Change) { Only = type }];

    /// <summary>Each resource once, with all the verbs that any of what was chosen needs.</summary>
    /// <param name="power">UpsScalers are followed.</param>
    /// <param name="schedules">Schedules and their like are followed.</param>
    public static IReadOnlyList<Right> Of(bool power, bool schedules) =>
        [
            .. Memory
                .Concat(Always)
                .Concat(power ? Power : [])
                .Concat(power || schedules ? Sleepers : [])
                .Concat(schedules ? Schedules : [])
                .GroupBy(right => (right.Group, right.Resource, right.Own))
                .Select(same =>
                    same.First() with
                    {
                        Verbs = [.. same.SelectMany(right => right.Verbs).Distinct(StringComparer.Ordinal)],
                    }
                ),
        ];
}
