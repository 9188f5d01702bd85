using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Tests.Capacity.Oracle;

namespace Ebb.Tests.Explained;

/// <summary>
/// An API server without a socket: a random cluster as its objects are, in one list of each kind, and watches that say
/// nothing.
/// </summary>
internal sealed class ServedObjects(RandomCluster cluster) : HttpMessageHandler
{
    private const string Hash = "5d4f";
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly Dictionary<string, string> _lists = new()
    {
        ["/api/v1/nodes"] = List(cluster.Nodes.Select(Node)),
        ["/api/v1/pods"] = List(cluster.Pods.Select(Pod)),
        ["/apis/apps/v1/deployments"] = List(cluster.Harvesters.Select(one => Deployment(cluster, one))),
        ["/apis/keda.sh/v1alpha1/scaledobjects"] = List(cluster.Harvesters.Select(ScaledObject)),
        ["/apis/node.k8s.io/v1/runtimeclasses"] = List(
            cluster.Harvesters.Select(one => new
            {
                metadata = Meta($"of-{one.App}", null),
                handler = "h",
                overhead = new { podFixed = Quantities(one.Parts.Overhead) },
            })
        ),
        ["/api/v1/namespaces/shop/limitranges"] = List(
            cluster
                .Harvesters[0]
                .Parts.Defaults.Select(
                    (defaults, i) =>
                        new
                        {
                            metadata = Meta($"r{i}"),
                            spec = new
                            {
                                limits = new[] { new { type = "Container", defaultRequest = Quantities(defaults) } },
                            },
                        }
                )
        ),
        ["/api/v1/namespaces/shop/resourcequotas"] = List(
            cluster.Quotas.Select(
                (quota, i) =>
                    new
                    {
                        metadata = Meta($"q{i}"),
                        spec = new
                        {
                            hard = new Dictionary<string, string>
                            {
                                [Bounded(quota.Resource)] = Quantity(quota.Resource, quota.Hard),
                            },
                        },
                    }
            )
        ),
        ["/api/v1/persistentvolumeclaims"] = List(
            WithVolumes(cluster)
                .Select(pod => new
                {
                    metadata = Meta($"data-{pod.Name}"),
                    spec = new { accessModes = new[] { "ReadWriteOnce" }, volumeName = $"pv-{pod.Name}" },
                })
        ),
        ["/api/v1/persistentvolumes"] = List(
            WithVolumes(cluster)
                .Select(pod => new
                {
                    metadata = Meta($"pv-{pod.Name}", null),
                    spec = new { nodeAffinity = new { required = Terms(pod.Volume) } },
                })
        ),
    };

    /// <summary>As the API names a resource of a random cluster.</summary>
    public static string Named(string resource) => resource == "gpu" ? "example.com/gpu" : resource;

    /// <summary>What a quota writes of a resource.</summary>
    public static string Bounded(string resource) => resource == "pods" ? "pods" : $"requests.{Named(resource)}";

    /// <summary>What KEDA hands on of a harvester's trigger.</summary>
    public static Dictionary<string, string> Trigger(SlowHarvester own)
    {
        Dictionary<string, string> metadata = new()
        {
            ["follow"] = "capacity",
            ["resource"] = Named(own.Resource),
            ["reserve"] = own.ReservePercent is { } percent ? $"{percent}%" : Quantity(own.Resource, own.ReserveUnits),
        };
        if (own.IsFixed)
            metadata["perReplica"] = Quantity(own.Resource, own.Template[own.Resource]);
        return metadata;
    }

    /// <summary>How many replicas a harvester's Deployment asks for: some more, or fewer, than it has pods.</summary>
    public static int Replicas(RandomCluster cluster, SlowHarvester own) =>
        Math.Max(0, cluster.Pods.Count(pod => pod.App == own.App) + (own.App[1] - '1') * 2);

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        await Task.Yield();
        var uri = request.RequestUri!;
        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = uri.Query.Contains("watch=1", StringComparison.Ordinal)
                ? new StreamContent(new SilentStream())
                : new StringContent(_lists.GetValueOrDefault(uri.AbsolutePath) ?? List([]), Encoding.UTF8),
        };
    }

    private static string List(IEnumerable<object> items) =>
        JsonSerializer.Serialize(new { metadata = new { resourceVersion = "5" }, items }, Options);

    private static Dictionary<string, object> Meta(string name, string? space = "shop")
    {
        Dictionary<string, object> meta = new()
        {
            ["name"] = name,
            ["uid"] = $"u-{name}",
            ["resourceVersion"] = "4",
        };
        if (space is not null)
            meta["namespace"] = space;
        return meta;
    }

    private static IEnumerable<SlowPod> WithVolumes(RandomCluster cluster) =>
        cluster.Pods.Where(pod => pod.Volume.Count > 0 && !pod.LacksClaim);

    private static object Node(SlowNode node) =>
        new
        {
            metadata = new
            {
                name = node.Name,
                uid = $"u-{node.Name}",
                resourceVersion = "4",
                labels = node.Labels,
            },
            spec = new
            {
                unschedulable = node.Cordoned,
                taints = node.Taints.Select(one => new
                {
                    key = one.Key,
                    value = one.Value,
                    effect = one.Effect,
                }),
            },
            status = new
            {
                allocatable = Quantities(node.Has),
                conditions = new[] { new { type = "Ready", status = node.Ready ? "True" : "Unknown" } },
            },
        };

    private static object Pod(SlowPod pod)
    {
        var meta = Meta(pod.Name);
        var isOwned = pod.App[0] == 'h';
        meta["labels"] = isOwned
            ? new Dictionary<string, string> { ["app"] = pod.App, ["pod-template-hash"] = Hash }
            : new Dictionary<string, string> { ["app"] = pod.App };
        if (isOwned)
            meta["ownerReferences"] = new[]
            {
                new
                {
                    apiVersion = "apps/v1",
                    kind = "ReplicaSet",
                    name = $"{pod.App}-{Hash}",
                    uid = "set",
                    controller = true,
                },
            };
        if (pod.Ending)
            meta["deletionTimestamp"] = "2026-11-30T12:00:00Z";
        var spec = Spec(
            [new SlowContainer(pod.Takes.Where(one => IsRequested(one.Key)).ToDictionary())],
            pod.Takes,
            pod.Where with
            {
                Node = pod.Node,
            },
            [.. pod.Repels.Select(app => ("kubernetes.io/hostname", app)), .. pod.RepelsInDomain],
            pod.Attracts
        );
        spec["priority"] = pod.Priority;
        if (pod.Volume.Count > 0 || pod.LacksClaim)
            spec["volumes"] = new[]
            {
                new { name = "d", persistentVolumeClaim = new { claimName = $"data-{pod.Name}" } },
            };
        return new
        {
            metadata = meta,
            spec,
            status = new { phase = pod.Node is null ? "Pending" : "Running" },
        };
    }

    private static object Deployment(RandomCluster cluster, SlowHarvester own)
    {
        var spec = Spec(
            own.Parts.Containers,
            own.Parts.Ports,
            own.Where,
            [.. own.Repels.Select(app => ("kubernetes.io/hostname", app))],
            []
        );
        if (own.Parts.Whole.Count > 0)
            spec["resources"] = new { requests = Quantities(own.Parts.Whole) };
        if (own.Parts.Overhead.Count > 0)
            spec["runtimeClassName"] = $"of-{own.App}";
        if (own.SpreadBy is not null)
            spec["topologySpreadConstraints"] = new[]
            {
                new
                {
                    topologyKey = own.SpreadBy,
                    maxSkew = own.MaxSkew,
                    minDomains = own.MinDomains,
                    whenUnsatisfiable = "DoNotSchedule",
                    nodeTaintsPolicy = own.HonorsTaints ? "Honor" : null,
                    nodeAffinityPolicy = own.HonorsAffinity ? null : "Ignore",
                    labelSelector = new
                    {
                        matchExpressions = new[]
                        {
                            new
                            {
                                key = "app",
                                @operator = "In",
                                values = new[]
                                {
                                    own.CountsPaying ? "paying" : "nobody",
                                    own.CountsOthersOnly ? "nobody" : own.App,
                                },
                            },
                        },
                    },
                },
            };
        return new
        {
            metadata = Meta(own.App),
            spec = new
            {
                replicas = Replicas(cluster, own),
                selector = new { matchLabels = new { app = own.App } },
                template = new { metadata = new { labels = new { app = own.App } }, spec },
            },
        };
    }

    private static object ScaledObject(SlowHarvester own) =>
        new
        {
            metadata = Meta(own.App),
            spec = new
            {
                scaleTargetRef = new { name = own.App },
                triggers = new[] { new { type = "external", metadata = Trigger(own) } },
            },
        };

    private static Dictionary<string, object> Spec(
        List<SlowContainer> containers,
        Dictionary<string, long> ports,
        SlowWhere where,
        List<(string Key, string App)> repels,
        List<string> attracts
    )
    {
        var hasPort = ports.ContainsKey("hostPort/TCP/80");
        Dictionary<string, object> spec = new()
        {
            ["containers"] = containers
                .Where(one => !one.Initial)
                .Select(
                    (one, i) =>
                        new
                        {
                            name = $"c{i}",
                            resources = new { requests = Quantities(one.Requests) },
                            ports = i == 0 && hasPort ? new[] { new { containerPort = 8080, hostPort = 80 } } : null,
                        }
                ),
            ["initContainers"] = containers
                .Where(one => one.Initial)
                .Select(
                    (one, i) =>
                        new
                        {
                            name = $"i{i}",
                            resources = new { requests = Quantities(one.Requests) },
                            restartPolicy = one.Stays ? "Always" : null,
                        }
                ),
            ["nodeSelector"] = where.Selector,
            ["tolerations"] = where.Tolerations.Select(one => new
            {
                key = one.Key,
                @operator = one.Operator,
                value = one.Value,
                effect = one.Effect,
            }),
            ["affinity"] = new
            {
                nodeAffinity = where.Terms.Count == 0
                    ? null
                    : new { requiredDuringSchedulingIgnoredDuringExecution = Terms(where.Terms) },
                podAntiAffinity = Neighbours(repels),
                podAffinity = Neighbours([.. attracts.Select(app => ("kubernetes.io/hostname", app))]),
            },
        };
        if (where.Node is not null)
            spec["nodeName"] = where.Node;
        return spec;
    }

    private static object? Neighbours(List<(string Key, string App)> terms) =>
        terms.Count == 0
            ? null
            : new
            {
                requiredDuringSchedulingIgnoredDuringExecution = terms.Select(one => new
                {
                    topologyKey = one.Key,
                    labelSelector = new { matchLabels = new { app = one.App } },
                }),
            };

    private static object Terms(List<List<SlowNeed>> terms) =>
        new
        {
            nodeSelectorTerms = terms.Select(term => new
            {
                matchExpressions = term.Select(need => new
                {
                    key = need.Key,
                    @operator = need.Operator,
                    values = need.Values,
                }),
            }),
        };

    // Each pod takes one of pods and its ports, which its containers do not request.
    private static bool IsRequested(string resource) =>
        resource != "pods" && !resource.StartsWith("hostPort/", StringComparison.Ordinal);

    private static Dictionary<string, string> Quantities(Dictionary<string, long> amounts) =>
        amounts.ToDictionary(one => Named(one.Key), one => Quantity(one.Key, one.Value));

    private static string Quantity(string resource, long units) => resource == "cpu" ? $"{units}m" : $"{units}";
}
