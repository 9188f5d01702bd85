using System.Text.Json.Nodes;
using Ebb.Simulation.Faults;
using Ebb.Simulation.Store;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// The world with every kind of workload, and what may never happen in it, judged from the server's side alone.
/// </summary>
internal sealed class EveryKind(World world)
{
    private const string Nodes = "nodes";

    private static readonly (string Resource, string Name)[] Workloads =
    [
        ("kustomizations.kustomize.toolkit.fluxcd.io", "shop"),
        ("helmreleases.helm.toolkit.fluxcd.io", "mail"),
        ("applications.argoproj.io", "blog"),
        ("deployments.apps", "web"),
        ("deployments.apps", "elastic"),
        ("deployments.apps", "queue"),
        ("deployments.apps", "idle"),
        ("cronjobs.batch", "report"),
        ("cronjobs.batch", "parked"),
        ("statefulsets.apps", "cache"),
        ("daemonsets.apps", "agent"),
        ("clusters.postgresql.cnpg.io", "orders"),
        ("scaledobjects.keda.sh", "queue"),
        (Nodes, "node-1"),
    ];

    /// <summary>What each baseline must say, whenever there is one.</summary>
    private static readonly Dictionary<string, int> Baselines = new()
    {
        ["kustomization-shop"] = 1,
        ["helmrelease-mail"] = 1,
        ["application-blog"] = 1,
        ["deployment-web"] = 3,
        ["deployment-elastic"] = 3,
        ["deployment-queue"] = 2,
        ["deployment-idle"] = 0,
        ["cronjob-report"] = 1,
        ["cronjob-parked"] = 0,
        ["statefulset-cache"] = 2,
        ["daemonset-agent"] = 1,
        ["cluster-orders"] = 1,
        ["node-last"] = 1,
    };

    private readonly Dictionary<string, string> _began = Picture(world.Cluster.Store);

    public static string Manifests =>
        File.ReadAllText(Path.Combine(Repository.Root, "tests/system/Survival/every-kind.yaml"))
        + ShippedMethods.Manifests("daemonset")
        + "\n---\n"
        + File.ReadAllText(Path.Combine(Repository.Root, "deploy/components/nodes/node-roles.yaml"));

    private ClusterStore Store => world.Cluster.Store;

    /// <summary>What was broken since the last look; empty: nothing.</summary>
    public List<string> Broken { get; } = [];

    public bool AllAsleep => Wave("shutdownPriority", _ => true).All(IsAsleep);

    public bool AllAwake => Store.Count("baselines.ebb.dev") == 0 && Wave("shutdownPriority", _ => true).All(IsAwake);

    /// <summary>The database, which wakes first, is awake again while the rest is not.</summary>
    public bool FirstWaveAwake => IsAwake("orders") && !IsAwake("web");

    /// <summary>Looks at a write of Ebb right after the server has done it.</summary>
    public void Look(LoggedRequest request)
    {
        foreach (var scaler in Store.List("upsscalers.ups-scaler.io"))
        {
            var name = (string)scaler["metadata"]!["name"]!;
            if (Captured(scaler) is { } captured && captured != Baselines[name])
                Broken.Add(
                    $"{request.Method} {request.Path}: {name} has the baseline {captured}, it was {Baselines[name]}"
                );
        }
        if (
            !request.IsWrite
            || Workloads.FirstOrDefault(w =>
                request.Path.Contains($"/{w.Name}", StringComparison.Ordinal)
                && request.Path.Contains(w.Resource.Split('.')[0], StringComparison.Ordinal)
            )
                is not { Name: { } target }
        )
            return;
        var scalerOf = Store.List("upsscalers.ups-scaler.io").First(s => (string?)s["spec"]!["name"] == target);
        if (Captured(scalerOf) is null)
            Broken.Add($"{request.Method} {request.Path}: written without a captured baseline");
        if (IsBeingPutToSleep(target))
        {
            foreach (
                var earlier in Wave("shutdownPriority", p => p < Priority(scalerOf, "shutdownPriority"))
                    .Where(w => !IsAsleep(w))
            )
                Broken.Add(
                    $"{request.Method} {request.Path}: put to sleep before {earlier}, of a wave ahead, was asleep"
                );
        }
        else
        {
            foreach (
                var earlier in Wave("scaleUpPriority", p => p < Priority(scalerOf, "scaleUpPriority"))
                    .Where(w => !IsAwake(w))
            )
                Broken.Add($"{request.Method} {request.Path}: woken before {earlier}, of a wave ahead, was awake");
        }
    }

    /// <summary>Everything is what it was.</summary>
    public bool IsAsItBegan =>
        Picture(Store) is var now && _began.All(one => now.GetValueOrDefault(one.Key) == one.Value);

    public void EndedAsItBegan()
    {
        var ended = Picture(Store);
        foreach (var name in _began.Keys.Union(ended.Keys))
            if (_began.GetValueOrDefault(name) != ended.GetValueOrDefault(name))
                Broken.Add($"{name} was {_began.GetValueOrDefault(name)}, and is {ended.GetValueOrDefault(name)}");
    }

    private IEnumerable<string> Wave(string priority, Func<long, bool> which) =>
        Store
            .List("upsscalers.ups-scaler.io")
            .Where(s => which(Priority(s, priority)))
            .Select(s => (string)s["spec"]!["name"]!);

    private static long Priority(JsonObject scaler, string name) =>
        long.Parse(scaler["spec"]![name]!.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What its Baseline says, as the one number of the table above; null: there is none.</summary>
    private int? Captured(JsonObject scaler)
    {
        var (type, name) = ((string)scaler["spec"]!["type"]!, (string)scaler["spec"]!["name"]!);
        var baseline = Store
            .List("baselines.ebb.dev")
            .Select(b => b["spec"]!)
            .FirstOrDefault(b =>
                (string?)b["target"]!["name"] == name
                && type.Equals((string?)b["target"]!["type"], StringComparison.OrdinalIgnoreCase)
            );
        return baseline is null ? null
            : baseline["replicas"] is { } replicas ? (int)Number(replicas)
            : baseline["suspended"]?.GetValue<bool>() == true ? 0
            : 1;
    }

    private bool IsBeingPutToSleep(string name)
    {
        var (resource, item) = Of(name);
        return resource switch
        {
            "deployments.apps" => Number(item["spec"]!["replicas"]) == 0 && (name != "queue" || Pause() == "0"),
            "statefulsets.apps" => Number(item["spec"]!["replicas"]) == 0,
            "clusters.postgresql.cnpg.io" => (string?)item["metadata"]!["annotations"]?["cnpg.io/hibernation"] == "on",
            "applications.argoproj.io" => item["spec"]!["syncPolicy"]?["automated"] is null,
            "daemonsets.apps" => item["spec"]!["template"]!["spec"]!["nodeSelector"] is not null,
            Nodes => item["spec"]!["unschedulable"]?.GetValue<bool>() == true,
            _ => item["spec"]!["suspend"]?.GetValue<bool>() == true,
        };
    }

    private bool IsAsleep(string name)
    {
        var (resource, item) = Of(name);
        return IsBeingPutToSleep(name)
            && resource switch
            {
                "deployments.apps" or "statefulsets.apps" or "daemonsets.apps" => Store.Count(
                    "pods",
                    "shop",
                    $"app={name}"
                ) == 0,
                "clusters.postgresql.cnpg.io" => item["status"]
                    ?["conditions"]?.AsArray()
                    .Any(c => (string?)c!["type"] == "cnpg.io/hibernation" && (string?)c["status"] == "True") == true,
                _ => true,
            };
    }

    private bool IsAwake(string name)
    {
        var (resource, item) = Of(name);
        return resource switch
        {
            "deployments.apps" => (
                name == "queue"
                    ? Pause() is null && Number(item["spec"]!["replicas"]) > 0
                    : Number(item["spec"]!["replicas"]) == Baselines[$"deployment-{name}"]
            )
                && Number(item["status"]?["readyReplicas"]) == Number(item["spec"]!["replicas"]),
            "statefulsets.apps" => Number(item["spec"]!["replicas"]) == 2
                && Number(item["status"]?["readyReplicas"]) == 2,
            "clusters.postgresql.cnpg.io" => !IsBeingPutToSleep(name) && Number(item["status"]?["readyInstances"]) == 2,
            "daemonsets.apps" => !IsBeingPutToSleep(name)
                && Number(item["status"]?["numberReady"]) is > 0 and var ready
                && ready == Number(item["status"]?["desiredNumberScheduled"]),
            "cronjobs.batch" => (item["spec"]!["suspend"]?.GetValue<bool>() == true) == (name == "parked"),
            _ => !IsBeingPutToSleep(name),
        };
    }

    private string? Pause() =>
        (string?)
            Store.Get("scaledobjects.keda.sh", "shop", "queue")!["metadata"]!["annotations"]?[
                "autoscaling.keda.sh/paused-replicas"
            ];

    private (string Resource, JsonObject Item) Of(string name)
    {
        var (resource, _) = Workloads.First(w => w.Name == name);
        return (resource, Get(Store, resource, name));
    }

    private static JsonObject Get(ClusterStore store, string resource, string name) =>
        store.Get(resource, resource == Nodes ? null : "shop", name)!;

    private static long Number(JsonNode? node) =>
        node is null ? 0 : long.Parse(node.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Picture(ClusterStore store) =>
        Workloads.ToDictionary(
            w => $"{w.Resource} {w.Name}",
            w =>
            {
                var item = Get(store, w.Resource, w.Name);
                return $"{Json.Sorted(item["spec"])} {Json.Sorted(item["metadata"]!["annotations"])}";
            }
        );
}
