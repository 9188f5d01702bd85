using System.Text.Json.Nodes;
using Ebb.Simulation.Store;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.GitOps;

/// <summary>
/// Workloads that Flux and Argo CD apply from Git, and those two: whatever is not suspended puts back at each look what
/// Git says, as the real ones do at their interval.
/// </summary>
internal sealed class GitWorld
{
    private static readonly (string Resource, string Place, string Name)[] All =
    [
        ("deployments.apps", "shop", "web"),
        ("deployments.apps", "shop", "api"),
        ("deployments.apps", "shop", "mail"),
        ("deployments.apps", "shop", "blog"),
        ("deployments.apps", "shop", "plain"),
        ("kustomizations.kustomize.toolkit.fluxcd.io", "flux-system", "apps"),
        ("kustomizations.kustomize.toolkit.fluxcd.io", "flux-system", "releases"),
        ("kustomizations.kustomize.toolkit.fluxcd.io", "flux-system", "elsewhere"),
        ("helmreleases.helm.toolkit.fluxcd.io", "shop", "mail"),
        ("applications.argoproj.io", "argocd", "blog"),
    ];

    private readonly World world;
    private readonly Dictionary<string, string> _began;

    public GitWorld(World world)
    {
        this.world = world;
        Inventory("apps", "shop_web_apps_Deployment", "shop_api_apps_Deployment");
        Inventory("releases", "shop_mail_helm.toolkit.fluxcd.io_HelmRelease");
        _began = Picture(world.Cluster.Store);
    }

    public static string Manifests { get; } =
        Schedules.Manifests.Namespace("shop")
        + Schedules.Manifests.Namespace("flux-system")
        + Schedules.Manifests.Namespace("argocd")
        + Deployment("web", 3, Flux("kustomize", "flux-system", "apps"))
        + Deployment("api", 2, Flux("kustomize", "flux-system", "apps"))
        + Deployment("mail", 1, Flux("helm", "shop", "mail"))
        + Deployment("blog", 2, "", "argocd.argoproj.io/tracking-id: \"blog:apps/Deployment:shop/blog\"")
        // Helm sets the first label too, and no Application has that name; the other two say what is not so.
        + Deployment("plain", 1, $"app.kubernetes.io/instance: plain, {Flux("kustomize", "flux-system", "elsewhere")}")
        + Kustomization("apps", "")
        + Kustomization("releases", "")
        + Kustomization("elsewhere", "")
        + $$"""
            apiVersion: helm.toolkit.fluxcd.io/v2
            kind: HelmRelease
            metadata: {name: mail, namespace: shop, labels: { {{Flux("kustomize", "flux-system", "releases")}} } }
            spec:
              suspend: false
              interval: 10m
              chart: {spec: {chart: mail, sourceRef: {kind: HelmRepository, name: mail} } }
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: blog, namespace: argocd}
            spec:
              project: default
              source: {repoURL: https://git.example/blog, path: ., targetRevision: main}
              destination: {server: https://kubernetes.default.svc, namespace: shop}
              syncPolicy: {automated: {prune: true, selfHeal: true}, syncOptions: [CreateNamespace=true]}
            status: {resources: [{group: apps, kind: Deployment, namespace: shop, name: blog}]}
            ---

            """
        + Scaler("web", 1, 3)
        + Scaler("api", 2, 2)
        + Scaler("mail", 2, 2)
        + Scaler("blog", 2, 2)
        + Scaler("plain", 3, 1);

    private ClusterStore Store => world.Cluster.Store;

    /// <summary>What was broken since the beginning; empty: nothing.</summary>
    public List<string> Broken { get; } = [];

    public bool AllAsleep =>
        new[] { "web", "api", "mail", "blog", "plain" }.All(name => world.Replicas("shop", name) == 0)
        && Store.Count("pods", "shop") == 0;

    public bool AllAwake => Store.Count("baselines.ebb.dev") == 0 && Store.Count("pods", "shop") == 9;

    public static Dictionary<string, string?> Hurried { get; } =
        new()
        {
            ["Power__OnBatteryFor"] = "2s",
            ["Power__MainsFor"] = "3s",
            ["Power__WaveTimeout"] = "90s",
        };

    public bool IsSuspended(string resource, string place, string name) =>
        Store.Get(resource, place, name) is { } item && IsSuspended(item);

    /// <summary>Nothing that is not suspended may find anything else than what Git says.</summary>
    public void Look(string when)
    {
        foreach (var drift in Drifts())
            Broken.Add($"{when}: {drift}");
    }

    /// <summary>Whatever is not suspended writes what Git says.</summary>
    public void Reconcile()
    {
        foreach (var (owner, name, replicas) in Applied)
            if (!IsHeld(owner) && world.Replicas("shop", name) != replicas)
                Store.Patch(
                    "deployments.apps",
                    "shop",
                    name,
                    new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } }
                );
        if (!IsHeld("releases") && IsHeld("mail"))
            Store.Patch(
                "helmreleases.helm.toolkit.fluxcd.io",
                "shop",
                "mail",
                new JsonObject { ["spec"] = new JsonObject { ["suspend"] = false } }
            );
    }

    public void EndedAsItBegan()
    {
        var ended = Picture(Store);
        foreach (var (name, was) in _began)
            if (was != ended[name])
                Broken.Add($"{name} was {was}, and is {ended[name]}");
    }

    private static readonly (string Owner, string Name, int Replicas)[] Applied =
    [
        ("apps", "web", 3),
        ("apps", "api", 2),
        ("mail", "mail", 1),
        ("blog", "blog", 2),
    ];

    /// <summary>What Flux has applied for a Kustomization, as it keeps it in the status.</summary>
    private void Inventory(string name, params string[] ids) =>
        Store.Patch(
            "kustomizations.kustomize.toolkit.fluxcd.io",
            "flux-system",
            name,
            new JsonObject
            {
                ["status"] = new JsonObject
                {
                    ["inventory"] = new JsonObject
                    {
                        ["entries"] = new JsonArray([.. ids.Select(id => new JsonObject { ["id"] = id })]),
                    },
                },
            },
            "status"
        );

    private IEnumerable<string> Drifts()
    {
        foreach (var (owner, name, replicas) in Applied)
            if (!IsHeld(owner) && world.Replicas("shop", name) is var found && found != replicas)
                yield return $"{name} has {found} replicas while {owner} is not suspended";
        if (!IsHeld("releases") && IsHeld("mail"))
            yield return "mail is suspended while releases, which states that it is not, is not";
        if (IsHeld("elsewhere"))
            yield return "elsewhere is suspended, and applies nothing that sleeps";
    }

    private bool IsHeld(string owner)
    {
        var (resource, place, name) = All.First(one =>
            one.Name == owner && !one.Resource.StartsWith("deployments", StringComparison.Ordinal)
        );
        // One that is gone applies nothing.
        return Store.Get(resource, place, name) is not { } item || IsSuspended(item);
    }

    private static bool IsSuspended(JsonObject item) =>
        (string?)item["kind"] == "Application"
            ? item["spec"]!["syncPolicy"]?["automated"] is null
            : item["spec"]!["suspend"]?.GetValue<bool>() == true;

    private static Dictionary<string, string> Picture(ClusterStore store) =>
        All.ToDictionary(
            one => $"{one.Resource} {one.Place}/{one.Name}",
            one =>
                store.Get(one.Resource, one.Place, one.Name) is { } item
                    ? $"{Json.Sorted(item["spec"])} {Json.Sorted(item["metadata"]!["annotations"])}"
                    : "gone"
        );

    private static string Flux(string kind, string place, string name) =>
        $"{kind}.toolkit.fluxcd.io/name: {name}, {kind}.toolkit.fluxcd.io/namespace: {place}";

    private static string Kustomization(string name, string labels) =>
        $$"""
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {name: {{name}}, namespace: flux-system, labels: { {{labels}} } }
            spec: {interval: 10m, path: ./{{name}}, prune: true, sourceRef: {kind: GitRepository, name: fleet} }
            ---

            """;

    private static string Deployment(string name, int replicas, string labels, string annotations = "") =>
        $$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: {{name}}, namespace: shop, labels: { {{labels}} }, annotations: { {{annotations}} } }
            spec:
              replicas: {{replicas}}
              selector: {matchLabels: {app: {{name}} } }
              template:
                metadata:
                  labels: {app: {{name}} }
                  annotations: {simulation.ebb.dev/start-seconds: "2", simulation.ebb.dev/stop-seconds: "2"}
                spec: {containers: [{name: c, image: example/{{name}}:1}]}
            ---

            """;

    private static string Scaler(string name, int down, int up) =>
        $$"""
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: {{name}}, namespace: shop}
            spec: {type: deployment, name: {{name}}, shutdownPriority: {{down}}, scaleUpPriority: {{up}} }
            ---

            """;
}
