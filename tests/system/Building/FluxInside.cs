using System.Text.Json.Nodes;
using Ebb.Simulation.Store;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Building;

/// <summary>
/// Flux, with its Git server in the cluster that it applies: what it has read of Git once it applies for as long as the
/// pod that keeps it lives, also when the Git server sleeps; a pod that is new has read nothing.
/// </summary>
internal sealed class FluxInside
{
    private const string Kustomizations = "kustomizations.kustomize.toolkit.fluxcd.io";
    private const string Releases = "helmreleases.helm.toolkit.fluxcd.io";

    private static readonly string[] Kinds =
    [
        "deployments.apps",
        "statefulsets.apps",
        "cronjobs.batch",
        "clusters.postgresql.cnpg.io",
        Kustomizations,
        Releases,
    ];

    private readonly ClusterStore _store;
    private readonly List<Applied> _git;
    private string? _readBy;

    public FluxInside(World world)
    {
        _store = world.Cluster.Store;
        _git = [.. Kinds.SelectMany(kind => _store.List(kind).Select(one => Read(kind, one)).OfType<Applied>())];
        foreach (var owned in _git.Where(one => one.Owner.Resource == Kustomizations).GroupBy(one => one.Owner))
            _store.Patch(
                Kustomizations,
                owned.Key.Place,
                owned.Key.Name,
                new JsonObject
                {
                    ["status"] = new JsonObject
                    {
                        ["inventory"] = new JsonObject
                        {
                            ["entries"] = new JsonArray([
                                .. owned.Select(one => new JsonObject { ["id"] = one.Id, ["v"] = "v1" }),
                            ]),
                        },
                    },
                },
                "status"
            );
    }

    /// <summary>An object that Flux applies.</summary>
    /// <param name="Owner">What applies it.</param>
    /// <param name="Object">As Git has it.</param>
    private sealed record Applied(string Resource, Owner Owner, JsonObject Object)
    {
        public string Place => (string)Object["metadata"]!["namespace"]!;

        public string Name => (string)Object["metadata"]!["name"]!;

        public string Id => $"{Place}_{Name}_{((string)Object["apiVersion"]!).Split('/')[0]}_{Object["kind"]}";
    }

    private sealed record Owner(string Resource, string Place, string Name);

    /// <summary>What is another than Git says while what applies it is not held back.</summary>
    public IEnumerable<string> Drifts() => Drifted().Select(one => $"{one.Resource} {one.Place}/{one.Name}");

    /// <summary>Reconciles, as the real one does at its interval, and tells what it has put back.</summary>
    public IReadOnlyList<string> Reconcile()
    {
        var reader = Ready("flux-system", "source-controller");
        if (reader != _readBy)
            _readBy = null;
        if (reader is not null && Ready("git", "forgejo") is not null)
            _readBy = reader;
        if (_readBy is null)
            return [];
        List<string> back = [];
        foreach (
            var one in Drifted()
                .Where(one =>
                    Ready("flux-system", one.Owner.Resource == Releases ? "helm-controller" : "kustomize-controller")
                        is not null
                )
                .ToList()
        )
        {
            _store.Apply(JsonNode.Parse(one.Object.ToJsonString())!.AsObject());
            back.Add($"{one.Resource} {one.Place}/{one.Name}");
        }
        return back;
    }

    private IEnumerable<Applied> Drifted() =>
        _git.Where(one =>
            _store.Get(one.Owner.Resource, one.Owner.Place, one.Owner.Name)?["spec"]!["suspend"]?.GetValue<bool>()
                != true
            && _store.Get(one.Resource, one.Place, one.Name) is { } now
            && Stated(one, now) != Stated(one, one.Object)
        );

    /// <summary>What Git states of it: whether a Kustomization is suspended it leaves to others.</summary>
    private static string Stated(Applied one, JsonObject found) =>
        one.Object["spec"]!["suspend"] is null && one.Resource == Kustomizations
            ? ""
            : $"{Json.Sorted(found["spec"])} {found["metadata"]!["annotations"]?["cnpg.io/hibernation"]}";

    private string? Ready(string place, string app) =>
        _store
            .List("pods", place, $"app={app}")
            .Where(pod =>
                pod["status"]
                    ?["conditions"]?.AsArray()
                    .Any(c => (string?)c!["type"] == "Ready" && (string?)c["status"] == "True") == true
            )
            .Select(pod => (string?)pod["metadata"]!["uid"])
            .FirstOrDefault();

    private static Applied? Read(string resource, JsonObject found)
    {
        var labels = found["metadata"]!["labels"];
        foreach (var (kind, owner) in new[] { ("kustomize", Kustomizations), ("helm", Releases) })
            if ((string?)labels?[$"{kind}.toolkit.fluxcd.io/name"] is { } name)
                return new(resource, new(owner, (string)labels[$"{kind}.toolkit.fluxcd.io/namespace"]!, name), found);
        return null;
    }
}
