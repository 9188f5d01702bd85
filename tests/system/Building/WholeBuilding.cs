using System.Text.Json.Nodes;
using Ebb.Simulation.Faults;
using Ebb.Simulation.Store;
using Ebb.Tests.Harness;
using Ebb.Tests.Hooks;

namespace Ebb.Tests.Building;

/// <summary>What may never happen in the building, judged from the server's side alone.</summary>
internal sealed class WholeBuilding
{
    private const string Nodes = "nodes";
    private const string Hook = "hook";
    private const string Clusters = "clusters.postgresql.cnpg.io";

    private static readonly Dictionary<string, string> Resources = new()
    {
        ["deployment"] = "deployments.apps",
        ["statefulset"] = "statefulsets.apps",
        ["cronjob"] = "cronjobs.batch",
        ["cluster"] = Clusters,
        ["node"] = Nodes,
    };

    /// <summary>Where pods have volumes.</summary>
    private static readonly string[] Clients = ["media", "apps", "harbor", "git"];

    private readonly World world;
    private readonly FluxInside _flux;
    private readonly List<Part> _parts;
    private readonly Dictionary<string, string> _began;

    public WholeBuilding(World world)
    {
        this.world = world;
        _flux = new FluxInside(world);
        _parts = [.. Parts()];
        _began = Picture();
        world.Cluster.Faults.AfterApplied = request =>
        {
            if (request.IsWrite && request.UserAgent.StartsWith("ebb/", StringComparison.Ordinal))
                Look(request);
        };
    }

    /// <summary>Something that has its place in the waves.</summary>
    private sealed record Part(string Resource, string? Place, string Name, long Down, long Up)
    {
        public override string ToString() => $"{Resource.Split('.')[0]} {Name}";
    }

    private ClusterStore Store => world.Cluster.Store;

    /// <summary>What was broken since the beginning; empty: nothing.</summary>
    public List<string> Broken { get; } = [];

    /// <summary>What Ebb wrote to what, in order.</summary>
    public List<string> Written { get; } = [];

    public bool IsOff => _parts.TrueForAll(IsAsleep);

    public bool IsAsItBegan => Store.Count("baselines.ebb.dev") == 0 && _parts.TrueForAll(IsAwake);

    /// <summary>A second passes: Flux reconciles, and the volumes are looked after.</summary>
    public void Pass()
    {
        foreach (var back in _flux.Reconcile())
            Broken.Add($"{world.Seconds:0}: Flux put back {back}");
        var (mons, osds) = (Ready("rook-ceph", "app=rook-ceph-mon"), Ready("rook-ceph", "app=rook-ceph-osd"));
        if (mons < 2 && osds > 0)
            Broken.Add($"{world.Seconds:0}: {osds} OSDs run without a quorum of monitors");
        if (osds < 2 && Clients.Sum(place => Ready(place, null)) is > 0 and var left)
            Broken.Add($"{world.Seconds:0}: {left} pods run whose volumes are gone");
        if (osds < 3 && !FlagsStand)
            Broken.Add($"{world.Seconds:0}: {osds} OSDs, and Ceph has not been told to wait");
    }

    public void EndedAsItBegan()
    {
        var ended = Picture();
        foreach (var name in _began.Keys.Union(ended.Keys))
            if (_began.GetValueOrDefault(name) != ended.GetValueOrDefault(name))
                Broken.Add($"{name} was {_began.GetValueOrDefault(name)}, and is {ended.GetValueOrDefault(name)}");
    }

    /// <summary>Looks at a write of Ebb right after the server has done it.</summary>
    private void Look(LoggedRequest request)
    {
        if (_parts.Find(part => IsMeant(part, request)) is not { } target)
            return;
        var down = IsBeingPutToSleep(target);
        Written.Add($"{(down ? "down" : "up")} {target}");
        foreach (
            var earlier in _parts.Where(part =>
                down ? part.Down < target.Down && !IsAsleep(part) : part.Up < target.Up && !IsAwake(part)
            )
        )
            Broken.Add($"{world.Seconds:0}: {target} {(down ? "put to sleep" : "woken")} before {earlier} was");
        if (target.Resource == Hook && Ready("rook-ceph", "app=rook-ceph-mon") < 2)
            Broken.Add($"{world.Seconds:0}: the flags are asked of no quorum");
        foreach (var drift in _flux.Drifts())
            Broken.Add($"{world.Seconds:0}: {drift} is another than Git says, and nothing holds Flux back");
    }

    private static bool IsMeant(Part part, LoggedRequest request) =>
        part.Resource switch
        {
            Hook => request is { Method: "POST" }
                && request.Path.EndsWith($"/{part.Place}/jobs", StringComparison.Ordinal),
            Nodes => request.Path.EndsWith($"/nodes/{part.Name}", StringComparison.Ordinal),
            var resource => $"/namespaces/{part.Place}/{resource.Split('.')[0]}/{part.Name}" is var path
                && (
                    request.Path.EndsWith(path, StringComparison.Ordinal)
                    || request.Path.EndsWith(path + "/scale", StringComparison.Ordinal)
                ),
        };

    private bool FlagsStand => LastRun(succeeded: true) == "down";

    private bool IsBeingPutToSleep(Part part) =>
        part.Resource switch
        {
            Hook => LastRun(succeeded: false) == "down",
            Nodes => Of(part)["spec"]?["unschedulable"]?.GetValue<bool>() == true,
            Clusters => (string?)Of(part)["metadata"]!["annotations"]?["cnpg.io/hibernation"] == "on",
            "cronjobs.batch" => Of(part)["spec"]!["suspend"]?.GetValue<bool>() == true,
            _ => (int?)Of(part)["spec"]!["replicas"] == 0,
        };

    private bool IsAsleep(Part part) =>
        part.Resource == Hook
            ? FlagsStand
            : IsBeingPutToSleep(part)
                && part.Resource switch
                {
                    Clusters => Store.Count("pods", part.Place, $"cnpg.io/cluster={part.Name}") == 0,
                    "deployments.apps" or "statefulsets.apps" => Store.Count("pods", part.Place, $"of={part.Name}")
                        == 0,
                    _ => true,
                };

    /// <summary>Of three that agree by majority two are enough for those that come after.</summary>
    private bool IsAwake(Part part) =>
        part.Resource == Hook
            ? !FlagsStand
            : !IsBeingPutToSleep(part)
                && part.Resource switch
                {
                    Clusters => (int?)Of(part)["status"]?["readyInstances"] == (int)Of(part)["spec"]!["instances"]!,
                    "deployments.apps" or "statefulsets.apps" => (int)Of(part)["spec"]!["replicas"]! is var wanted
                        && ((int?)Of(part)["status"]?["readyReplicas"] ?? 0) >= (wanted == 3 ? 2 : wanted),
                    _ => true,
                };

    /// <summary>Which way the hook was run last; null: never.</summary>
    private string? LastRun(bool succeeded) =>
        world
            .Jobs()
            .Where(job => !succeeded || (int?)job["status"]?["succeeded"] == 1)
            .OrderBy(job => (string?)job["metadata"]!["creationTimestamp"], StringComparer.Ordinal)
            .Select(job =>
                job["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!
                    .AsArray()
                    .First(one => (string?)one!["name"] == "EBB_DIRECTION")!["value"]!.GetValue<string>()
            )
            .LastOrDefault();

    private int Ready(string place, string? labels) =>
        Store
            .List("pods", place, labels)
            .Count(pod =>
                pod["status"]
                    ?["conditions"]?.AsArray()
                    .Any(c => (string?)c!["type"] == "Ready" && (string?)c["status"] == "True") == true
            );

    private JsonObject Of(Part part) => Store.Get(part.Resource, part.Place, part.Name)!;

    /// <summary>What the UpsScalers mean; what one names is not meant by those that select.</summary>
    private IEnumerable<Part> Parts()
    {
        HashSet<(string, string?, string)> seen = [];
        foreach (
            var scaler in Store
                .List("upsscalers.ups-scaler.io")
                .OrderBy(scaler => scaler["spec"]!["selector"] is not null)
        )
        {
            var spec = scaler["spec"]!;
            var place = (string)scaler["metadata"]!["namespace"]!;
            var (down, up) = ((long)spec["shutdownPriority"]!, (long)spec["scaleUpPriority"]!);
            if (spec["hook"] is not null)
            {
                yield return new Part(Hook, place, (string)scaler["metadata"]!["name"]!, down, up);
                continue;
            }
            var resource = Resources[(string)spec["type"]!];
            foreach (
                var found in Store
                    .List(resource, resource == Nodes ? null : place, Query(spec["selector"]))
                    .Select(one => (string)one["metadata"]!["name"]!)
                    .Where(name => spec["name"] is not { } named || (string?)named == name)
            )
                if (seen.Add((resource, place, found)))
                    yield return new Part(resource, resource == Nodes ? null : place, found, down, up);
        }
    }

    private static string? Query(JsonNode? selector) =>
        string.Join(
            ',',
            (selector?["matchLabels"]?.AsObject() ?? [])
                .Select(label => $"{label.Key}={label.Value}")
                .Concat(
                    (selector?["matchExpressions"]?.AsArray() ?? []).Select(one =>
                        $"{one!["key"]} {((string)one["operator"]!).ToLowerInvariant()} ({string.Join(',', one["values"]!.AsArray())})"
                    )
                )
        );

    /// <summary>What everything wants to be: its spec and its annotations.</summary>
    private Dictionary<string, string> Picture() =>
        Resources
            .Values.Concat(["kustomizations.kustomize.toolkit.fluxcd.io", "helmreleases.helm.toolkit.fluxcd.io"])
            .SelectMany(resource => Store.List(resource).Select(one => (resource, one)))
            .ToDictionary(
                found => $"{found.resource} {found.one["metadata"]!["namespace"]}/{found.one["metadata"]!["name"]}",
                found => $"{Json.Sorted(found.one["spec"])} {Json.Sorted(found.one["metadata"]!["annotations"])}"
            );
}
