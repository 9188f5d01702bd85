using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using NodaTime;
using static Ebb.Tests.Kube.ScriptedApiServer;

namespace Ebb.Tests.Kube;

public sealed class ClusterSpecs : IAsyncLifetime
{
    private const string Scalers = "/apis/ups-scaler.io/v1alpha1/upsscalers";
    private const string Scaler = "/apis/ups-scaler.io/v1alpha1/namespaces/shop/upsscalers/s";
    private const string Baselines = "/apis/ebb.dev/v1alpha1/namespaces/ebb-system/baselines";
    private const string WebBaseline = $"{Baselines}/shop.deployment.web";
    private const string Deployments = "/apis/apps/v1/deployments";
    private const string Web = "/apis/apps/v1/namespaces/shop/deployments/web";
    private readonly ManualTimeProvider _time = new();
    private ScriptedApiServer _server = null!;
    private KubernetesApi _api = null!;
    private ClusterWatches? _watches;
    private KubernetesCluster? _cluster;

    public async ValueTask InitializeAsync()
    {
        _server = await StartAsync();
        _api = new KubernetesApi(_server.Connection, _time, new KubernetesApiOptions { Chance = () => 0 });
        foreach (
            var path in new[]
            {
                "/apis/autoscaling/v2/horizontalpodautoscalers",
                "/apis/keda.sh/v1alpha1/scaledobjects",
                "/api/v1/nodes",
                "/api/v1/services",
                "/api/v1/pods",
                Baselines,
                "/apis/ebb.dev/v1alpha1/namespaces/ebb-system/powerorders",
                "/apis/ebb.dev/v1alpha1/overrides",
                "/apis/ebb.dev/v1alpha1/namespaces/ebb-system/powers",
                "/apis/ebb.dev/v1alpha1/namespaces/ebb-system/outages",
            }
        )
            _server.On($"GET {path}", Json(List("5")));
        _server.On($"GET {Scalers}", Json(List("5", UpsScaler())));
        _server.On($"GET {Deployments}", Json(List("5", Deployment("{}"))));
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        if (_watches is not null)
            await _watches.DisposeAsync();
        _api.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"observedGeneration":2,"terminatingReplicas":3}""", 0, 3)] // 1.36, all pods still terminate
    [InlineData("""{"observedGeneration":2,"terminatingReplicas":0}""", 0, 0)]
    [InlineData("""{"observedGeneration":2,"replicas":3,"readyReplicas":2,"terminatingReplicas":1}""", 2, 4)]
    [InlineData(
        """
            {"observedGeneration":1,"replicas":3,"readyReplicas":3,"terminatingReplicas":0}
            """,
        null,
        null
    )] // older than the spec
    [InlineData("{}", null, null)] // the controller has not written it yet
    public async Task A_deployment_tells_how_many_pods_are_left(string status, int? ready, int? left)
    {
        _server.On($"GET {Deployments}", Json(List("5", Deployment(status, 0))));
        var workload = await SeenAsync();
        Assert.Equal((0, ready, left), (workload.Replicas, workload.ReadyReplicas, workload.PodsLeft));
        Assert.Empty(_server.ReceivedFor("GET /api/v1/pods"));
    }

    [Fact]
    public async Task A_deployment_of_an_older_server_has_its_pods_counted_finished_ones_not_terminating_ones_too()
    {
        _server.On($"GET {Deployments}", Json(List("5", Deployment("""{"observedGeneration":2}""", 0))));
        _server.On(
            "GET /api/v1/pods",
            Json(
                List(
                    "5",
                    Pod("a", "web", "Running"),
                    Pod("b", "web", "Running", "\"deletionTimestamp\":\"2026-11-21T17:00:00Z\","),
                    Pod("c", "web", "Succeeded"),
                    Pod("d", "web", "Failed"),
                    Pod("e", "other", "Running")
                )
            )
        );
        await UntilAsync(view => Seen(view) is { PodsLeft: 2 });
    }

    [Fact]
    public async Task Pods_on_a_node_that_is_not_ready_or_gone_are_told_while_something_has_a_baseline()
    {
        NodesAre(("n1", "True"), ("n2", "Unknown"));
        _server.On($"GET {Baselines}", Json(List("5", Stored(Spec("uid-web", 3)))));
        _server.On(
            $"GET {Deployments}",
            Json(List("5", Deployment("""{"observedGeneration":2,"terminatingReplicas":3}""", 0)))
        );
        _server.On(
            "GET /api/v1/pods",
            Json(List("5", On("a", "n1"), On("b", "n2"), On("c", "n3"), Pod("d", "web", "Pending")))
        );
        var workload = await SeenAsync(seen => seen.Stranded.Count > 0);
        Assert.Equal(
            [new StrandedPod("b", "node n2 is not ready"), new StrandedPod("c", "node n3 is gone")],
            workload.Stranded
        );
        Assert.Equal((3, false), (workload.PodsLeft, workload.IsStranded));
    }

    [Theory]
    [InlineData(true, "True")]
    [InlineData(false, "Unknown")]
    public async Task No_pod_is_watched_while_all_nodes_are_ready_or_nothing_has_a_baseline(bool asleep, string ready)
    {
        NodesAre(("n1", ready));
        if (asleep)
            _server.On($"GET {Baselines}", Json(List("5", Stored(Spec("uid-web", 3)))));
        _server.On(
            $"GET {Deployments}",
            Json(List("5", Deployment("""{"observedGeneration":2,"terminatingReplicas":3}""", 0)))
        );
        Assert.Empty((await SeenAsync()).Stranded);
        Assert.Empty(_server.ReceivedFor("GET /api/v1/pods"));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("\"podManagementPolicy\":\"Parallel\",", false)]
    public async Task What_a_stateful_set_ends_only_after_such_a_pod_cannot_end_either(string policy, bool waits)
    {
        NodesAre(("n1", "True"), ("n2", "False"));
        _server.On($"GET {Baselines}", Json(List("5", Stored(Spec("uid-web", 3, "statefulset")))));
        _server.On($"GET {Scalers}", Json(List("5", UpsScaler("StatefulSet"))));
        _server.On(
            "GET /apis/apps/v1/statefulsets",
            Json(
                List(
                    "5",
                    $$$"""
                    {"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"4","generation":2},
                     "spec":{ {{{policy}}} "replicas":0,"selector":{"matchLabels":{"app":"web"} } },
                     "status":{"observedGeneration":2,"replicas":3}}
                    """
                )
            )
        );
        _server.On("GET /api/v1/pods", Json(List("5", On("web-0", "n1"), On("web-1", "n2"), On("web-10", "n1"))));
        var workload = await SeenAsync(seen => seen.Stranded.Count > 0);
        Assert.Equal([new StrandedPod("web-1", "node n2 is not ready")], workload.Unstartable);
        Assert.Equal(
            waits ? ["web-0: ends after web-1", "web-1: node n2 is not ready"] : ["web-1: node n2 is not ready"],
            workload.Stranded.Select(pod => $"{pod.Name}: {pod.Why}")
        );
    }

    [Fact]
    public async Task Pods_that_no_node_takes_cannot_start()
    {
        NodesAre(("n1", "True"), ("n2", "False"));
        _server.On($"GET {Baselines}", Json(List("5", Stored(Spec("uid-web", 3)))));
        _server.On(
            $"GET {Deployments}",
            Json(List("5", Deployment("""{"observedGeneration":2,"terminatingReplicas":0}""")))
        );
        var refused = Pod("b", "web", "Pending")
            .Replace(
                "\"phase\":",
                """ "conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable"}],"phase":""",
                StringComparison.Ordinal
            );
        _server.On(
            "GET /api/v1/pods",
            Json(List("5", Pod("a", "web", "Pending"), refused, On("c", "n1"), On("d", "n2")))
        );
        var workload = await SeenAsync(seen => seen.Unstartable.Count > 0);
        Assert.Equal([new StrandedPod("b", "no node takes it")], workload.Unstartable);
    }

    [Theory]
    [InlineData("DeletingPods", 1)]
    [InlineData("WaitingPodsDeletion", 2)]
    [InlineData("WaitingForHealthy", 2)]
    public async Task A_database_waits_for_an_instance_on_such_a_node_before_it_ends_the_others(
        string reason,
        int stranded
    )
    {
        NodesAre(("n1", "True"), ("n2", "False"));
        _server.On($"GET {Baselines}", Json(List("5", Stored(Spec("uid-web", 1, "cluster")))));
        _server.On($"GET {Scalers}", Json(List("5", UpsScaler("cluster"))));
        _server.On(
            "GET /apis/postgresql.cnpg.io/v1/clusters",
            Json(
                List(
                    "5",
                    $$$"""
                    {"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"4"},
                     "spec":{"instances":2},
                     "status":{"conditions":[{"type":"cnpg.io/hibernation","status":"False","reason":"{{{reason}}}"}]}}
                    """
                )
            )
        );
        const string cluster = ",\"cnpg.io/cluster\":\"web\"";
        const string gone = "\"deletionTimestamp\":\"2026-11-21T17:00:00Z\",";
        _server.On(
            "GET /api/v1/pods",
            Json(List("5", On("web-1", "n1", cluster), On("web-2", "n2", cluster, gone), On("other", "n2")))
        );
        var workload = await SeenAsync(seen => seen.Stranded.Count > 0);
        Assert.Equal((2, stranded), (workload.PodsLeft, workload.Stranded.Count));
    }

    [Fact]
    public async Task The_jobs_of_a_cron_job_that_run_on_such_a_node_cannot_end()
    {
        NodesAre(("n1", "True"), ("n2", "False"));
        _server.On($"GET {Baselines}", Json(List("5", Stored(Spec("uid-web", 1, "cronjob")))));
        _server.On($"GET {Scalers}", Json(List("5", UpsScaler("cronjob"))));
        _server.On(
            "GET /apis/batch/v1/cronjobs",
            Json(
                List(
                    "5",
                    """
                    {"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"4"},
                     "spec":{"suspend":true},"status":{"active":[{"kind":"Job","name":"web-1"},{"name":"web-2"}]}}
                    """
                )
            )
        );
        _server.On(
            "GET /api/v1/pods",
            Json(List("5", On("x", "n2", ",\"job-name\":\"web-1\""), On("y", "n1", ",\"job-name\":\"web-3\"")))
        );
        var workload = await SeenAsync(seen => seen.Stranded.Count > 0);
        Assert.Equal((2, true), (workload.ActiveJobs, workload.IsStranded));
    }

    private void NodesAre(params (string Name, string Ready)[] nodes) =>
        _server.On(
            "GET /api/v1/nodes",
            Json(
                List(
                    "5",
                    [
                        .. nodes.Select(node =>
                            $$$"""
                                {"metadata":{"name":"{{{node.Name}}}"},
                                 "status":{"conditions":[{"type":"Ready","status":"{{{node.Ready}}}"}]}}
                                """
                        ),
                    ]
                )
            )
        );

    private static string On(string pod, string node, string labels = "", string meta = "") =>
        Pod(pod, "web", "Running", meta, labels)
            .Replace("\"status\":", $"\"spec\":{{\"nodeName\":\"{node}\"}},\"status\":", StringComparison.Ordinal);

    [Fact]
    public async Task A_deployment_of_an_older_server_tells_nothing_while_pods_may_not_be_read()
    {
        _server.On($"GET {Deployments}", Json(List("5", Deployment("""{"observedGeneration":2}""", 0))));
        _server.On("GET /api/v1/pods", Status(403, "Forbidden", "pods is forbidden"));
        var view = await UntilRefusedForGoodAsync(view => view.Synced && view.Troubles.Count > 0);
        Assert.Equal("a right is missing to list pods: pods is forbidden", Assert.Single(view.Troubles));
        Assert.Null(Seen(view)!.PodsLeft);
    }

    [Fact]
    public async Task A_deployment_without_replicas_wants_one_as_the_api_defaults()
    {
        _server.On(
            $"GET {Deployments}",
            Json(
                List(
                    "5",
                    """
                    {"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"4",
                     "generation":2},"spec":{}}
                    """
                )
            )
        );
        Assert.Equal(1, (await SeenAsync()).Replicas);
    }

    [Fact]
    public async Task A_stateful_set_counts_terminating_pods_itself_and_shows_when_it_would_delete_claims()
    {
        _server.On($"GET {Scalers}", Json(List("5", UpsScaler("StatefulSet"))));
        _server.On(
            "GET /apis/apps/v1/statefulsets",
            Json(
                List(
                    "5",
                    """
                    {"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"4","generation":3},
                     "spec":{"replicas":0,"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}},
                      "status":{"observedGeneration":3,"replicas":2,"readyReplicas":1}}
                    """
                )
            )
        );
        var workload = await SeenAsync();
        Assert.Equal(
            (0, 1, 2, true),
            (workload.Replicas, workload.ReadyReplicas, workload.PodsLeft, workload.DeletesClaimsWhenScaled)
        );
    }

    [Fact]
    public async Task A_cron_job_shows_whether_it_is_suspended_and_how_many_jobs_run()
    {
        _server.On($"GET {Scalers}", Json(List("5", UpsScaler("cronjob"))));
        _server.On(
            "GET /apis/batch/v1/cronjobs",
            Json(
                List(
                    "5",
                    """
                    {"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"4"},
                     "spec":{"schedule":"* * * * *"},"status":{"active":[{"name":"a"},{"name":"b"}]}}
                    """
                )
            )
        );
        var workload = await SeenAsync();
        Assert.Equal((false, 2), (workload.Suspended, workload.ActiveJobs));
    }

    [Fact]
    public async Task A_cloudnativepg_cluster_shows_its_condition_and_instances()
    {
        _server.On($"GET {Scalers}", Json(List("5", UpsScaler("CLUSTER"))));
        _server.On(
            "GET /apis/postgresql.cnpg.io/v1/clusters",
            Json(
                List(
                    "5",
                    """
                    {"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"4",
                     "annotations":{"cnpg.io/hibernation":"on"}},
                     "spec":{"instances":3},"status":{"readyInstances":2,"conditions":[{"type":"Ready",
                      "status":"False"},{"type":"cnpg.io/hibernation","status":"False","reason":"WaitingForHealthy",
                      "message":"m"}]}}
                    """
                )
            )
        );
        var workload = await SeenAsync();
        Assert.Equal(
            (3, 2, new ConditionView("False", "WaitingForHealthy", "m"), "on"),
            (
                workload.Instances,
                workload.ReadyInstances,
                workload.Hibernation,
                workload.Annotations[WellKnown.HibernationAnnotation]
            )
        );
    }

    [Fact]
    public async Task An_argo_application_keeps_its_automation_as_it_is_written()
    {
        _server.On($"GET {Scalers}", Json(List("5", UpsScaler("application"))));
        _server.On(
            "GET /apis/argoproj.io/v1alpha1/applications",
            Json(
                List(
                    "5",
                    """
                    {"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"4"},
                     "spec":{"syncPolicy":{"automated": {"prune": true, "selfHeal": false}}}}
                    """
                )
            )
        );
        Assert.Equal("""{"prune":true,"selfHeal":false}""", (await SeenAsync()).Automated);
    }

    [Fact]
    public async Task Who_scales_a_deployment_is_known_and_kedas_own_autoscaler_is_not_counted()
    {
        _server.On(
            "GET /apis/keda.sh/v1alpha1/scaledobjects",
            Json(
                List(
                    "5",
                    """
                    {"metadata":{"name":"so","namespace":"shop","uid":"uid-so","resourceVersion":"3",
                     "annotations":{"a":"b"}},"spec":{"scaleTargetRef":{"name":"web"}}}
                    """
                )
            )
        );
        _server.On(
            "GET /apis/autoscaling/v2/horizontalpodautoscalers",
            Json(
                List(
                    "5",
                    """
                    {"metadata":{"name":"keda-hpa-so","namespace":"shop","uid":"h","resourceVersion":"3",
                     "ownerReferences":[{"apiVersion":"keda.sh/v1alpha1","kind":"ScaledObject","name":"so",
                     "uid":"uid-so"}]},
                     "spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}
                    """
                )
            )
        );
        var workload = await SeenAsync(seen => seen.ScaledObject is not null);
        Assert.Equal(
            ("so", "uid-so", "3", "b"),
            (
                workload.ScaledObject!.Ref.Name,
                workload.ScaledObject.Uid,
                workload.ScaledObject.ResourceVersion,
                workload.ScaledObject.Annotations["a"]
            )
        );
        Assert.Null(workload.HorizontalPodAutoscaler);
    }

    [Fact]
    public async Task An_autoscaler_of_its_own_is_named()
    {
        _server.On(
            "GET /apis/autoscaling/v2/horizontalpodautoscalers",
            Json(
                List(
                    "5",
                    """
                    {"metadata":{"name":"hpa","namespace":"shop"},"spec":{"scaleTargetRef":{"apiVersion":"apps/v1",
                     "kind":"Deployment","name":"web"}}}
                    """
                )
            )
        );
        Assert.Equal(
            "hpa",
            (await SeenAsync(seen => seen.HorizontalPodAutoscaler is not null)).HorizontalPodAutoscaler
        );
    }

    [Fact]
    public async Task A_scaled_object_stands_for_its_target_and_the_baseline_is_bound_to_it()
    {
        _server.On($"GET {Scalers}", Json(List("5", UpsScaler("scaledobject", "so"))));
        _server.On(
            "GET /apis/keda.sh/v1alpha1/scaledobjects",
            Json(
                List(
                    "5",
                    """
                    {"metadata":{"name":"so","namespace":"shop","uid":"uid-so","resourceVersion":"3"},
                     "spec":{"scaleTargetRef":{"name":"web"}}}
                    """
                )
            )
        );
        var workload = await SeenAsync();
        Assert.Equal(
            ("Deployment shop/web", "uid-so", "4"),
            (workload.Ref.ToString(), workload.Uid, workload.ResourceVersion)
        );
    }

    /// <summary>Lists of a kind whose conversion webhook is down answer 500.</summary>
    [Fact]
    public async Task A_kind_that_only_fails_is_waited_for_a_minute_and_then_the_rest_goes_on()
    {
        _server.On(
            $"GET {Scalers}",
            Json(List("5", UpsScaler(name: "web", scaler: "a"), UpsScaler("statefulset", scaler: "b")))
        );
        _server.On("GET /apis/apps/v1/statefulsets", Status(500, "InternalError", "conversion webhook failed"));
        _api.Dispose();
        _api = new KubernetesApi(
            _server.Connection,
            _time,
            new KubernetesApiOptions { Chance = () => 0, Attempts = 1 }
        );
        var until = UntilAsync(view => view.Synced);
        await UntilAsync(view => view.Scalers.Any(scaler => scaler.Target is WorkloadLookup.Found));
        // Every other kind was answered, which changes no view: the step of the clock is the deadline of no request
        // that is under way.
        var since = System.Diagnostics.Stopwatch.StartNew();
        for (; !_watches!.IsSettled(overdue: true); await Task.Delay(5, TestContext.Current.CancellationToken))
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(20), "every other kind is answered");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(_cluster!.Known.Synced);

        _time.Advance(TimeSpan.FromSeconds(1));
        var view = await until;
        Assert.IsType<WorkloadLookup.Found>(Target("a"));
        Assert.Contains(
            "conversion webhook failed",
            Assert.IsType<WorkloadLookup.Unknown>(Target("b")).Why,
            StringComparison.Ordinal
        );

        WorkloadLookup Target(string name) => view.Scalers.Single(scaler => scaler.Ref.Name == name).Target;
    }

    [Fact]
    public async Task What_is_not_there_and_what_may_not_be_read_are_two_things()
    {
        _server.On(
            $"GET {Scalers}",
            Json(
                List(
                    "5",
                    UpsScaler(name: "missing", scaler: "a"),
                    UpsScaler("statefulset", scaler: "b"),
                    UpsScaler("nonsense", scaler: "c")
                )
            )
        );
        _server.On("GET /apis/apps/v1/statefulsets", Status(403, "Forbidden", "no"));
        var view = await UntilRefusedForGoodAsync(view => view.Synced);
        Assert.Equal(new WorkloadLookup.Absent("Deployment shop/missing"), Target("a"));
        Assert.Equal(
            new WorkloadLookup.Unknown("a right is missing to list statefulsets.apps: no") { IsLasting = true },
            Target("b")
        );
        Assert.StartsWith(
            "spec.type is \"nonsense\", expected deployment",
            ((WorkloadLookup.Unknown)Target("c")).Why,
            StringComparison.Ordinal
        );

        WorkloadLookup Target(string name) => view.Scalers.Single(scaler => scaler.Ref.Name == name).Target;
    }

    [Fact]
    public async Task A_kind_known_only_by_name_is_found_through_discovery_and_sized_through_its_scale()
    {
        _server.On($"GET {Scalers}", Json(List("5", UpsScaler("rec.example.com/v1/widget"))));
        _server.On(
            "GET /apis/rec.example.com/v1",
            Json(
                """
                {"resources":[{"name":"widgets","namespaced":true,"kind":"Widget"},{"name":"widgets/status",
                 "namespaced":true,"kind":"Widget"},{"name":"widgets/scale","namespaced":true,"kind":"Scale"}]}
                """
            )
        );
        _server.On(
            "GET /apis/rec.example.com/v1/widgets",
            Json(
                List(
                    "5",
                    """
                    {"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"4"},
                     "spec":{"size":3,"template":{"metadata":{"labels":{"role":"ups"}}}}}
                    """
                )
            )
        );
        _server.On(
            "GET /apis/rec.example.com/v1/namespaces/shop/widgets/web/scale",
            Json(
                """
                {"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"4"},
                 "spec":{"replicas":3},"status":{"replicas":2,"selector":"app=web,tier in (a,b)"}}
                """
            )
        );
        _server.On(
            "GET /api/v1/pods",
            Json(List("5", Pod("a", "web", "Running", labels: ",\"tier\":\"a\""), Pod("b", "web", "Running")))
        );
        var workload = await SeenAsync(seen => seen.PodsLeft is not null);
        Assert.Equal((3, 2, "Widget"), (workload.Replicas, workload.PodsLeft, workload.Ref.Kind));
        Assert.Equal(["role=ups", "app=web"], workload.PodLabels!.Select(label => $"{label.Key}={label.Value}"));
        Assert.True(workload.HasMorePodLabels);
        _ = _cluster!.Known;
        Assert.Single(_server.ReceivedFor("GET /apis/rec.example.com/v1/namespaces/shop/widgets/web/scale"));
    }

    // The API server writes status.replicas 0 also where nobody fills it in.
    [Theory]
    [InlineData("""{"replicas":3}""", """{"replicas":2}""", 2, 2, false)]
    [InlineData("""{"replicas":3}""", """{"replicas":0}""", null, null, true)]
    [InlineData("""{"replicas":3}""", "{}", null, null, true)]
    [InlineData("{}", """{"replicas":1}""", 1, 1, false)]
    [InlineData("{}", """{"replicas":0}""", 0, 0, false)]
    public async Task A_scale_without_a_selector_counts_by_its_status_and_never_as_empty_while_some_are_asked_for(
        string spec,
        string status,
        int? left,
        int? ready,
        bool uncounted
    )
    {
        _server.On($"GET {Scalers}", Json(List("5", UpsScaler("rec.example.com/v1/widget"))));
        _server.On(
            "GET /apis/rec.example.com/v1",
            Json(
                """
                {"resources":[{"name":"widgets","namespaced":true,"kind":"Widget"},
                 {"name":"widgets/scale","namespaced":true,"kind":"Scale"}]}
                """
            )
        );
        _server.On(
            "GET /apis/rec.example.com/v1/widgets",
            Json(List("5", """{"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"4"}}"""))
        );
        _server.On(
            "GET /apis/rec.example.com/v1/namespaces/shop/widgets/web/scale",
            Json(
                $$"""
                {"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"4"},
                 "spec":{{spec}},"status":{{status}}}
                """
            )
        );
        var workload = await SeenAsync();
        Assert.Equal((left, ready, uncounted), (workload.PodsLeft, workload.ReadyReplicas, workload.IsUncounted));
    }

    [Fact]
    public async Task Who_sized_a_workload_last_is_named_unless_it_was_ebb()
    {
        const string fields = """
            [{"manager":"kubectl","time":"2026-11-21T17:00:00Z","fieldsV1":{"f:spec":{"f:replicas":{}}}},
             {"manager":"operator","time":"2026-11-21T17:05:00Z","fieldsV1":{"f:spec":{"f:replicas":{}}}},
             {"manager":"kubelet","time":"2026-11-21T18:00:00Z","fieldsV1":{"f:status":{"f:replicas":{}}}}]
            """;
        _server.On($"GET {Deployments}", Json(List("5", Deployment("{}", 3, fields))));
        _server.On(
            $"WATCH {Deployments}",
            _server.WatchAndHold(
                InformerSpecs.Line(
                    "MODIFIED",
                    Deployment("{}", 3, fields.Replace("operator", "ebb", StringComparison.Ordinal), "6")
                )
            )
        );
        await SeenAsync(seen => seen.ResourceVersion == "6" && seen.SizedBy is null);
    }

    [Fact]
    public async Task Nothing_changed_is_the_same_view_and_a_change_leaves_the_other_scalers_views_alone()
    {
        _server.On($"GET {Scalers}", Json(List("5", UpsScaler(scaler: "a"), UpsScaler(name: "other", scaler: "b"))));
        _server.On(
            $"GET {Deployments}",
            Json(
                List("5", Deployment("{}"), Deployment("{}").Replace("\"web\"", "\"other\"", StringComparison.Ordinal))
            )
        );
        var more = new TaskCompletionSource();
        _server.On(
            $"WATCH {Deployments}",
            async context =>
            {
                await Watch()(context);
                await more.Task;
                await _server.WatchAndHold(InformerSpecs.Line("MODIFIED", Deployment("{}", 9, version: "6")))(context);
            }
        );
        var before = await UntilAsync(view =>
            view.Synced && view.Scalers.All(scaler => scaler.Target is WorkloadLookup.Found)
        );
        Assert.Same(before, _cluster!.Known);
        more.SetResult();
        await _cluster
            .WaitForChangeAsync(before, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var after = await UntilAsync(view =>
            view.Scalers.Any(scaler => scaler.Target is WorkloadLookup.Found { Workload.Replicas: 9 })
        );
        Assert.Same(
            before.Scalers.Single(scaler => scaler.Ref.Name == "b"),
            after.Scalers.Single(scaler => scaler.Ref.Name == "b")
        );
    }

    [Fact]
    public async Task Scaling_says_what_it_expects_and_is_seen_before_the_watch_tells()
    {
        _server.On(
            $"GET {Deployments}",
            Json(List("5", Deployment("""{"observedGeneration":2,"replicas":3,"terminatingReplicas":0}""", 3)))
        );
        _server.On(
            $"PATCH {Web}/scale",
            Json(
                """
                {"kind":"Scale","metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"9"},
                 "spec":{},"status":{"replicas":3}}
                """
            )
        );
        var workload = await SeenAsync();
        Assert.Equal(3, workload.PodsLeft);
        var result = await WriteAsync(new Write.Scale(workload.Ref, workload.Uid, workload.ResourceVersion, 0));
        Assert.Equal(WriteResult.Done, result);
        Assert.Equal(
            """{"metadata":{"uid":"uid-web","resourceVersion":"4"},"spec":{"replicas":0}}""",
            _server.ReceivedFor($"PATCH {Web}/scale").Single().Body!.ToJsonString()
        );
        var after = Seen(_cluster!.Known)!;
        Assert.Equal((0, "9", null), (after.Replicas, after.ResourceVersion, after.PodsLeft));
    }

    [Theory]
    [InlineData(409, "Conflict", "the object has been modified", "{}", WriteOutcome.Conflict)]
    [InlineData(
        409,
        "Conflict",
        "Precondition failed: UID in precondition: a, UID in object meta: b",
        "{}",
        WriteOutcome.Gone
    )]
    [InlineData(
        422,
        "Invalid",
        "field is immutable",
        """{"causes":[{"reason":"FieldValueInvalid","field":"metadata.uid"}]}""",
        WriteOutcome.Gone
    )]
    [InlineData(
        422,
        "Invalid",
        "must be non-negative",
        """{"causes":[{"field":"spec.replicas"}]}""",
        WriteOutcome.Invalid
    )]
    [InlineData(404, "NotFound", "not found", "{}", WriteOutcome.Gone)]
    [InlineData(403, "Forbidden", "cannot patch", "{}", WriteOutcome.Forbidden)]
    public async Task A_refused_write_is_an_outcome_and_no_exception(
        int code,
        string reason,
        string message,
        string details,
        WriteOutcome outcome
    )
    {
        _server.On($"PATCH {Web}/scale", Status(code, reason, message, details));
        // After a conflict it is read again.
        _server.On($"GET {Web}", Json(Deployment("{}")));
        var workload = await SeenAsync();
        var result = await WriteAsync(new Write.Scale(workload.Ref, workload.Uid, workload.ResourceVersion, 0));
        Assert.Equal(outcome, result.Outcome);
        Assert.Contains(message, result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Annotating_changes_only_what_is_named_and_null_takes_away()
    {
        _server.On($"PATCH {Web}", Json(Deployment("{}", version: "9")));
        var workload = await SeenAsync();
        await WriteAsync(new Write.Annotate(workload.Ref, workload.Uid, null, [new("a", "b"), new("c", null)]));
        Assert.Equal(
            """{"metadata":{"uid":"uid-web","annotations":{"a":"b","c":null}}}""",
            _server.ReceivedFor($"PATCH {Web}").Single().Body!.ToJsonString()
        );
        Assert.Equal("9", Seen(_cluster!.Known)!.ResourceVersion);
    }

    [Fact]
    public async Task A_baseline_is_created_with_all_that_it_says_and_read_back_equal()
    {
        var baseline = new Baseline(
            "uid-web",
            Instant.FromUtc(2026, 11, 21, 18, 0) + Duration.FromNanoseconds(123456700),
            3,
            null,
            [new AnnotationValue("x", "1"), new AnnotationValue("y", null)],
            null,
            "so"
        );
        _server.On($"POST {Baselines}", async context => await Json(Stored(Asked()))(context));
        var view = await UntilAsync(view => view.Synced);
        Assert.Equal(WriteResult.Done, await CaptureAsync(view, baseline));
        AssertJson(
            """
            {"target":{"type":"deployment","namespace":"shop","name":"web","uid":"uid-web"},"by":"power",
             "capturedAt":"2026-11-21T18:00:00.1234567Z","replicas":3,
             "annotations":[{"name":"x","value":"1"},{"name":"y"}],"scaledObject":"so"}
            """,
            JsonNode.Parse(Asked())!
        );
        // It shows at once, without waiting for the watch.
        var seen = _cluster!.Known.Scalers.Single().Baseline!;
        Assert.Equal(baseline.Annotations, seen.Annotations);
        Assert.Equal(baseline with { Annotations = null }, seen with { Annotations = null });

        string Asked() => _server.ReceivedFor($"POST {Baselines}")[^1].Body!["spec"]!.ToJsonString();
    }

    [Theory]
    [InlineData("uid-web", WriteOutcome.Done, 5)]
    [InlineData("uid-of-another", WriteOutcome.Conflict, 5)]
    public async Task One_that_is_there_already_is_kept_as_it_is(string uid, WriteOutcome outcome, int replicas)
    {
        _server.On($"POST {Baselines}", Status(409, "AlreadyExists"));
        _server.On($"GET {WebBaseline}", Json(Stored(Spec(uid, 5))));
        var view = await UntilAsync(view => view.Synced);
        Assert.Equal(outcome, (await CaptureAsync(view, new Baseline("uid-web", null, 0))).Outcome);
        Assert.Equal(replicas, _cluster!.Known.Scalers.Single().Baseline!.Replicas);
    }

    [Fact]
    public async Task A_release_deletes_the_version_that_was_seen()
    {
        _server.On($"GET {Baselines}", Json(List("5", Stored(Spec("uid-web", 3)))));
        _server.On($"DELETE {WebBaseline}", Json("""{"kind":"Status","status":"Success"}"""));
        var view = await UntilAsync(view => view.Synced);
        Assert.Equal(3, view.Scalers.Single().Baseline!.Replicas);
        Assert.Equal(
            WriteResult.Done,
            await _cluster!.Baselines.ReleaseAsync(Of(view), TestContext.Current.CancellationToken)
        );
        AssertJson(
            """{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"resourceVersion":"8"}}""",
            _server.ReceivedFor($"DELETE {WebBaseline}").Single().Body!
        );
        Assert.Null(_cluster.Known.Scalers.Single().Baseline);
    }

    [Fact]
    public async Task A_baseline_that_no_UpsScaler_names_is_a_workload_to_wake()
    {
        _server.On($"GET {Scalers}", Json(List("5")));
        _server.On($"GET {Baselines}", Json(List("5", Stored(Spec("uid-web", 3)))));
        var orphan = (await UntilAsync(view => view.Synced && Seen(view) is not null)).Scalers.Single();
        Assert.Equal((true, "web", 3), (orphan.Deleting, orphan.TargetName, orphan.Baseline!.Replicas));
    }

    [Fact]
    public async Task While_baselines_cannot_be_read_nothing_is_known_of_what_sleeps()
    {
        _server.On($"GET {Baselines}", Status(403, "Forbidden", "no"));
        var view = await UntilRefusedForGoodAsync(view => view.Troubles.Count > 0);
        Assert.False(view.Synced);
        Assert.Contains("a right is missing to list baselines.ebb.dev", view.Troubles[0], StringComparison.Ordinal);
    }

    private Task<WriteResult> CaptureAsync(ClusterView view, Baseline baseline) =>
        _cluster!.Baselines.CaptureAsync(Of(view), baseline, BaselineNotes.None, TestContext.Current.CancellationToken);

    private static BaselineKey Of(ClusterView view) =>
        view
            .Scalers.Select(s => new BaselineKey(
                BaselineSource.Power,
                WorkloadType.Parse(s.Type)!.Name,
                s.TargetNamespace,
                s.TargetName!
            ))
            .Single();

    private static string Spec(string uid, int replicas, string type = "deployment") =>
        $$$"""
            {"target":{"type":"{{{type}}}","namespace":"shop","name":"web","uid":"{{{uid}}}"},"replicas":{{{replicas}}}}
            """;

    private static string Stored(string spec) =>
        $$$"""
            {"metadata":{"name":"shop.deployment.web","namespace":"ebb-system","uid":"uid-b","resourceVersion":"8"},
             "spec":{{{spec}}}}
            """;

    [Fact]
    public async Task A_status_is_replaced_whole_and_one_that_is_dropped_is_said()
    {
        var view = await UntilAsync(view => view.Synced);
        _server.On($"PATCH {Scaler}/status", Json(UpsScaler(version: "8")));
        var result = await _cluster!.SetStatusAsync(
            view.Scalers.Single(),
            new UpsScalerStatus(WorkloadPhase.GoingToSleep, "mains failed", Instant.FromUtc(2026, 11, 21, 18, 0), 2),
            TestContext.Current.CancellationToken
        );
        AssertJson(
            """
            {"metadata":{"uid":"uid-s"},"status":{"phase":"GoingToSleep","reason":"mains failed",
             "since":"2026-11-21T18:00:00Z","observedGeneration":2,"changedBy":null,"conditions":[
              {"type":"Ready","status":"False","observedGeneration":2,"lastTransitionTime":"2026-11-21T18:00:00Z",
               "reason":"GoingToSleep","message":""},
              {"type":"Progressing","status":"True","observedGeneration":2,"lastTransitionTime":"2026-11-21T18:00:00Z",
               "reason":"GoingToSleep","message":"mains failed"},
              {"type":"Degraded","status":"False","observedGeneration":2,"lastTransitionTime":"2026-11-21T18:00:00Z",
               "reason":"GoingToSleep","message":""}]}}
            """,
            _server.ReceivedFor($"PATCH {Scaler}/status").Single().Body!
        );
        Assert.Equal(WriteOutcome.Invalid, result.Outcome);
    }

    [Fact]
    public async Task An_event_names_its_object_is_cut_by_bytes_and_a_second_try_that_finds_it_there_is_done()
    {
        const string events = "POST /apis/events.k8s.io/v1/namespaces/shop/events";
        _server.On(events, Reset, Status(409, "AlreadyExists"));
        _cluster = new KubernetesCluster(_api, _watches = new ClusterWatches(_api));
        var announce = _cluster.AnnounceAsync(
            new Announcement(
                new ObjectRef("apps/v1", "Deployment", "shop", "web"),
                "uid-web",
                true,
                "Late",
                "Sleeping",
                new string('ä', 1024)
            ),
            TestContext.Current.CancellationToken
        );
        await _time.UntilTimerDueInAsync(TimeSpan.FromMilliseconds(50));
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(WriteResult.Done, await announce);
        var (first, second) = (_server.ReceivedFor(events)[0].Body!, _server.ReceivedFor(events)[1].Body!);
        Assert.Equal((string?)first["metadata"]!["name"], (string?)second["metadata"]!["name"]);
        Assert.Equal(512, ((string?)first["note"])!.Length);
        Assert.Equal(
            ("Warning", "2026-11-21T18:00:00.000000Z", "uid-web"),
            ((string?)first["type"], (string?)first["eventTime"], (string?)first["regarding"]!["uid"])
        );
    }

    [Fact]
    public async Task A_server_that_is_gone_makes_a_new_view_that_says_so()
    {
        _server.On($"WATCH {Deployments}", Watch(), Reset, Reset, Reset);
        await UntilAsync(view => view.Synced);
        await _server.DisposeAsync();
        await _time.UntilTimerDueInAsync(TimeSpan.FromMilliseconds(125));
        _time.Advance(TimeSpan.FromMilliseconds(125));
        var view = await UntilAsync(view => view.Reachable == false);
        Assert.NotNull(view.LastContact);
        Assert.True(view.Synced);
        _server = await StartAsync();
    }

    private static string UpsScaler(
        string type = "deployment",
        string name = "web",
        string scaler = "s",
        string finalizers = "\"others\"",
        string more = "",
        string status = "null",
        string version = "4",
        string annotations = ""
    ) =>
        $$$"""
            {"metadata":{"name":"{{{scaler}}}","namespace":"shop","uid":"uid-{{{scaler}}}",
             "resourceVersion":"{{{version}}}","generation":2,"creationTimestamp":"2026-11-21T17:00:00Z",
             "finalizers":[{{{finalizers}}}],"annotations":{ {{{annotations}}} } },
             "spec":{"type":"{{{type}}}","name":"{{{name}}}","shutdownPriority":1,"scaleUpPriority":2,
              "specReplicas":-1{{{more}}}},"status":{{{status}}}}
            """;

    private static string Deployment(
        string status,
        int replicas = 3,
        string managedFields = "[]",
        string version = "4"
    ) =>
        $$$"""
            {"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"{{{version}}}",
             "generation":2,"managedFields":{{{managedFields}}}},
             "spec":{"replicas":{{{replicas}}},"selector":{"matchLabels":{"app":"web"} } },"status":{{{status}}}}
            """;

    private static string Pod(string name, string app, string phase, string meta = "", string labels = "") =>
        $$$"""
            {"metadata":{ {{{meta}}} "name":"{{{name}}}","namespace":"shop","labels":{"app":"{{{app}}}"{{{labels}}} } },
             "status":{"phase":"{{{phase}}}"}}
            """;

    private Task<WriteResult> WriteAsync(Write write) =>
        _cluster!.WriteAsync(write, TestContext.Current.CancellationToken);

    private static WorkloadView? Seen(ClusterView view) =>
        view.Scalers.Count == 1 && view.Scalers[0].Target is WorkloadLookup.Found seen ? seen.Workload : null;

    private async Task<WorkloadView> SeenAsync(Func<WorkloadView, bool>? holds = null) =>
        Seen(await UntilAsync(view => view.Synced && Seen(view) is { } seen && holds?.Invoke(seen) != false))!;

    /// <summary>A refusal counts when it persists for some seconds.</summary>
    private async Task<ClusterView> UntilRefusedForGoodAsync(Func<ClusterView, bool> holds)
    {
        // A kind is watched from the first read on.
        var until = UntilAsync(holds);
        foreach (var pause in new[] { 125, 250, 500, 1000 })
        {
            await _time.UntilTimerDueInAsync(TimeSpan.FromMilliseconds(pause));
            _time.Advance(TimeSpan.FromMilliseconds(pause));
        }

        return await until;
    }

    private static void AssertJson(string expected, JsonNode actual) =>
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), actual.ToJsonString());

    private async Task<ClusterView> UntilAsync(Func<ClusterView, bool> holds)
    {
        _cluster ??= new KubernetesCluster(_api, _watches = new ClusterWatches(_api));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var view = _cluster.Known;
            if (holds(view))
                return view;
            try
            {
                await _cluster.WaitForChangeAsync(view, deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(
                    $"not seen in time; synced: {view.Synced}, troubles: {string.Join("; ", view.Troubles)}, "
                        + $"target: {(view.Scalers.Count == 0 ? null : view.Scalers[0].Target)}"
                );
            }
        }
    }
}
