using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using Ebb.Nut;
using Ebb.Simulation;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Kube;

/// <summary>The adapter from end to end, on the simulated cluster.</summary>
public sealed class SimulatedClusterSpecs : IAsyncLifetime
{
    private const string Shop = """
        apiVersion: v1
        kind: Node
        metadata: {name: node-1, labels: {kubernetes.io/hostname: node-1}}
        status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}, allocatable: {cpu: "16", memory: 64Gi, pods: "110"}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop, annotations: {a: b}}
        spec:
          replicas: 3
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}, annotations: {simulation.ebb.dev/start-seconds: "4",
              simulation.ebb.dev/stop-seconds: "5"}}
            spec: {containers: [{name: web, image: example/web:1}]}
        ---
        apiVersion: ups-scaler.io/v1alpha1
        kind: UpsScaler
        metadata: {name: web, namespace: shop, finalizers: [example.com/keep]}
        spec: {type: Deployment, name: web, shutdownPriority: 1, scaleUpPriority: 3}
        """;

    private World _world = null!;
    private KubernetesApi _api = null!;
    private ClusterWatches _watches = null!;
    private KubernetesCluster _cluster = null!;

    public ValueTask InitializeAsync() => StartAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _api.Dispose();
        await _world.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_deployment_sleeps_and_wakes_to_exactly_what_it_was(bool terminatingReplicas)
    {
        if (!terminatingReplicas)
            await RestartAsync(options => options with { TerminatingReplicas = false });
        var before = _world.Cluster.Store.Get("deployments.apps", "shop", "web")!["spec"]!.ToJsonString();
        var view = await UntilAsync(view => view.Synced && Web(view) is { ReadyReplicas: 3, PodsLeft: 3 });
        Assert.Equal([new NodeView("node-1", true, true)], view.Nodes!);
        Assert.Empty(view.Troubles);
        var scaler = view.Scalers.Single();
        var baseline = new Baseline(Web(view)!.Uid, Instant.FromDateTimeOffset(_world.Clock.GetUtcNow()), 3);
        Assert.Equal(
            WriteResult.Done,
            await _cluster.Baselines.CaptureAsync(Of(scaler), baseline, BaselineNotes.None, Token)
        );

        scaler = _cluster.Known.Scalers.Single();
        Assert.Equal(baseline, scaler.Baseline);
        Assert.Equal(WriteResult.Done, await ScaleAsync(0));
        await UntilAsync(view => Web(view) is { Replicas: 0, PodsLeft: 3 });
        _world.Clock.Advance(TimeSpan.FromSeconds(5));
        await UntilAsync(view => Web(view) is { PodsLeft: 0, ReadyReplicas: 0 });
        Assert.Equal(0, _world.Cluster.Store.Count("pods", "shop"));
        Assert.Equal(
            WriteResult.Done,
            await _cluster.SetStatusAsync(
                _cluster.Known.Scalers.Single(),
                new UpsScalerStatus(
                    WorkloadPhase.Asleep,
                    "mains failed",
                    baseline.CapturedAt!.Value,
                    scaler.Generation
                ),
                Token
            )
        );

        Assert.Equal(WriteResult.Done, await ScaleAsync(3));
        _world.Clock.Advance(TimeSpan.FromSeconds(10));
        await UntilAsync(view => Web(view) is { ReadyReplicas: 3 });
        Assert.Equal(WriteResult.Done, await _cluster.Baselines.ReleaseAsync(Of(scaler), Token));
        scaler = _cluster.Known.Scalers.Single();
        Assert.Null(scaler.Baseline);
        Assert.Empty(_world.Cluster.Store.List("baselines.ebb.dev"));
        Assert.Equal(before, _world.Cluster.Store.Get("deployments.apps", "shop", "web")!["spec"]!.ToJsonString());
    }

    [Fact]
    public async Task A_workload_that_somebody_changed_meanwhile_is_a_conflict_and_the_next_look_succeeds()
    {
        var seen = Web(await UntilAsync(view => Web(view) is { ReadyReplicas: 3 }))!;
        _world.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            "web",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 7 } }
        );
        Assert.Equal(
            WriteOutcome.Conflict,
            (await _cluster.WriteAsync(new Write.Scale(seen.Ref, seen.Uid, seen.ResourceVersion, 0), Token)).Outcome
        );
        await UntilAsync(view => Web(view) is { Replicas: 7 });
        // The Deployment's controller writes its status meanwhile, which is a conflict of its own.
        var result = await ScaleAsync(0);
        for (var looks = 1; result.Outcome == WriteOutcome.Conflict && looks < 100; looks++)
            result = await ScaleAsync(0);
        Assert.Equal(WriteResult.Done, result);
    }

    [Fact]
    public async Task A_workload_made_anew_under_the_same_name_is_left_alone()
    {
        var seen = Web(await UntilAsync(view => Web(view) is not null))!;
        var manifest = _world.Cluster.Store.Get("deployments.apps", "shop", "web")!;
        _world.Cluster.Store.Delete("deployments.apps", "shop", "web");
        foreach (var made in new[] { "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields" })
            ((JsonObject)manifest["metadata"]!).Remove(made);
        manifest.Remove("status");
        _world.Cluster.Store.Apply(manifest);
        Assert.Equal(
            WriteOutcome.Conflict,
            (await _cluster.WriteAsync(new Write.Scale(seen.Ref, seen.Uid, seen.ResourceVersion, 0), Token)).Outcome
        );
        Assert.Equal(
            WriteOutcome.Gone,
            (await _cluster.WriteAsync(new Write.Annotate(seen.Ref, seen.Uid, null, [new("x", "y")]), Token)).Outcome
        );
        Assert.Equal(3, (long)_world.Cluster.Store.Get("deployments.apps", "shop", "web")!["spec"]!["replicas"]!);
    }

    [Fact]
    public async Task A_write_whose_answer_was_cut_off_is_done_once_and_reported_as_a_conflict()
    {
        await UntilAsync(view => Web(view) is { ReadyReplicas: 3 });
        _world.Cluster.Faults.Add(request => request.Method == "PATCH", new Fault.ResetInAnswer(), 1);
        Assert.Equal(WriteOutcome.Conflict, (await ScaleAsync(0)).Outcome);
        await UntilAsync(view => Web(view) is { Replicas: 0 });
    }

    [Fact]
    public async Task After_a_compaction_it_lists_again_and_misses_nothing()
    {
        await UntilAsync(view => Web(view) is { ReadyReplicas: 3 });
        _world.Cluster.Faults.CutOff = true;
        await UntilAsync(view => view.Reachable == false);
        _world.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            "web",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 4 } }
        );
        _world.Cluster.Store.Delete("upsscalers.ups-scaler.io", "shop", "web");
        _world.Cluster.Store.Compact();
        _world.Cluster.Faults.CutOff = false;
        var view = await UntilAsync(view =>
            view.Reachable == true && Web(view) is { Replicas: 4 } && view.Scalers.Single().Deleting
        );
        Assert.True(view.Synced);
    }

    [Fact]
    public async Task Watches_that_expire_are_followed_by_a_list()
    {
        await UntilAsync(view => Web(view) is { ReadyReplicas: 3 });
        _world.Cluster.Store.EndWatches(expired: true);
        _world.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            "web",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 4 } }
        );
        await UntilAsync(view => Web(view) is { Replicas: 4 });
    }

    [Theory]
    [InlineData(KedaGeneration.V210)]
    [InlineData(KedaGeneration.V220)]
    public async Task A_scaled_object_is_paused_and_its_target_scaled_in_two_writes_and_both_come_back(
        KedaGeneration keda
    )
    {
        await RestartAsync(options => options with { Keda = keda });
        await _world.Cluster.ApplyManifestAsync(
            """
            apiVersion: keda.sh/v1alpha1
            kind: ScaledObject
            metadata: {name: so, namespace: shop}
            spec: {scaleTargetRef: {name: web}, pollingInterval: 5, minReplicaCount: 3, maxReplicaCount: 5,
              triggers: [{type: cpu, metadata: {value: "50"}}]}
            ---
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: keda, namespace: shop}
            spec: {type: scaledobject, name: so, shutdownPriority: 1, scaleUpPriority: 3}
            """
        );
        var view = await UntilAsync(view =>
            Keda(view) is { Replicas: 3, ScaledObject: not null, HorizontalPodAutoscaler: null }
        );
        var seen = Keda(view)!;
        Assert.Equal(("Deployment shop/web", seen.ScaledObject!.Uid), (seen.Ref.ToString(), seen.Uid));
        Assert.Equal(seen.ScaledObject.Uid, Web(view)!.ScaledObject!.Uid);

        var pause = new Write.Annotate(
            seen.ScaledObject.Ref,
            seen.ScaledObject.Uid,
            null,
            [new(WellKnown.PausedReplicasAnnotation, "0")]
        );
        Assert.Equal(WriteResult.Done, await _cluster.WriteAsync(pause, Token));
        Assert.Equal("0", Keda(_cluster.Known)!.ScaledObject!.Annotations[WellKnown.PausedReplicasAnnotation]);
        Assert.Equal(WriteResult.Done, await _cluster.WriteAsync(new Write.Scale(seen.Ref, null, null, 0), Token));
        _world.Clock.Advance(TimeSpan.FromSeconds(30));
        await UntilAsync(view => Keda(view) is { Replicas: 0, PodsLeft: 0 });

        Assert.Equal(
            WriteResult.Done,
            await _cluster.WriteAsync(
                pause with
                {
                    Annotations = [new(WellKnown.PausedReplicasAnnotation, null)],
                },
                Token
            )
        );
        Assert.False(Keda(_cluster.Known)!.ScaledObject!.Annotations.ContainsKey(WellKnown.PausedReplicasAnnotation));
        Assert.Equal(WriteResult.Done, await _cluster.WriteAsync(new Write.Scale(seen.Ref, null, null, 3), Token));
        _world.Clock.Advance(TimeSpan.FromSeconds(30));
        await UntilAsync(view => Keda(view) is { Replicas: 3, ReadyReplicas: 3 });

        static WorkloadView? Keda(ClusterView view) =>
            view.Scalers.FirstOrDefault(scaler => scaler.Ref.Name == "keda")?.Target is WorkloadLookup.Found seen
                ? seen.Workload
                : null;
    }

    [Fact]
    public async Task A_cron_job_a_stateful_set_and_a_database_are_written_as_each_sleeps()
    {
        await _world.Cluster.ApplyManifestAsync(
            """
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: job, namespace: shop}
            spec: {schedule: "0 3 * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never,
              containers: [{name: c, image: example/c:1}]}}}}}
            ---
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: set, namespace: shop}
            spec:
              replicas: 2
              serviceName: set
              selector: {matchLabels: {app: set}}
              template: {metadata: {labels: {app: set}}, spec: {containers: [{name: c, image: example/c:1}]}}
            ---
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: pg, namespace: shop}
            spec: {instances: 2, storage: {size: 1Gi}}
            """
        );
        foreach (var (name, type) in new[] { ("job", "cronjob"), ("set", "statefulset"), ("pg", "cluster") })
        {
            await _world.Cluster.ApplyManifestAsync(
                $$"""
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: {{name}}, namespace: shop}
                spec: {type: {{type}}, name: {{name}}, shutdownPriority: 1, scaleUpPriority: 1}
                """
            );
        }

        _world.Clock.Advance(TimeSpan.FromMinutes(2));
        var view = await UntilAsync(view =>
            Of(view, "job") is { Suspended: false, ActiveJobs: 0 }
            && Of(view, "set") is { ReadyReplicas: 2, PodsLeft: 2 }
            && Of(view, "pg") is { Instances: 2, ReadyInstances: 2 }
        );
        var (job, set, pg) = (Of(view, "job")!, Of(view, "set")!, Of(view, "pg")!);
        Assert.Equal(
            WriteResult.Done,
            await _cluster.WriteAsync(new Write.Suspend(job.Ref, job.Uid, job.ResourceVersion, true), Token)
        );
        Assert.Equal(
            WriteResult.Done,
            await _cluster.WriteAsync(new Write.Scale(set.Ref, set.Uid, set.ResourceVersion, 0), Token)
        );
        Assert.Equal(
            WriteResult.Done,
            await _cluster.WriteAsync(
                new Write.Annotate(pg.Ref, pg.Uid, pg.ResourceVersion, [new(WellKnown.HibernationAnnotation, "on")]),
                Token
            )
        );
        Assert.True(Of(_cluster.Known, "job")!.Suspended);
        _world.Clock.Advance(TimeSpan.FromMinutes(2));
        await UntilAsync(view =>
            Of(view, "set") is { PodsLeft: 0, Replicas: 0 } && Of(view, "pg") is { Hibernation.Status: "True" }
        );

        static WorkloadView? Of(ClusterView view, string name) =>
            view.Scalers.FirstOrDefault(scaler => scaler.Ref.Name == name)?.Target is WorkloadLookup.Found seen
                ? seen.Workload
                : null;
    }

    [Fact]
    public async Task An_event_is_there_for_people_to_read()
    {
        var about = Web(await UntilAsync(view => Web(view) is not null))!;
        var note = $"Web went to sleep {new string('.', 2000)}";
        Assert.Equal(
            WriteResult.Done,
            await _cluster.AnnounceAsync(
                new Announcement(about.Ref, about.Uid, false, "WentToSleep", "Scaling", note),
                Token
            )
        );
        var recorded = _world
            .Cluster.Store.List("events", "shop")
            .Single(one => (string?)one["reason"] == "WentToSleep");
        Assert.Equal("ebb.dev/ebb", (string?)recorded["reportingComponent"]);
    }

    [LongFact]
    public async Task A_right_that_is_missing_for_one_kind_leaves_the_others_working()
    {
        _world.Cluster.Faults.Add(
            request =>
                request.Path.Contains("horizontalpodautoscalers", StringComparison.Ordinal)
                || request.Path.EndsWith("/nodes", StringComparison.Ordinal),
            new Fault.ErrorStatus(403)
        );
        await CloseAsync();
        Watch();
        var view = await UntilAsync(view => view.Synced && Web(view) is { ReadyReplicas: 3 });
        Assert.Null(view.Nodes);
        Assert.Equal(2, view.Troubles.Count);
    }

    [Fact]
    public async Task Two_thousand_workloads_are_read_and_an_unchanged_look_makes_no_request_and_takes_no_time()
    {
        for (var i = 0; i < 2000; i++)
        {
            _world.Cluster.Store.Apply(
                (JsonObject)
                    JsonNode.Parse(
                        $$$"""
                        {"apiVersion":"ups-scaler.io/v1alpha1","kind":"UpsScaler","metadata":{"name":"s{{{i}}}",
                         "namespace":"shop"},"spec":{"type":"cronjob","name":"w{{{i}}}",
                         "shutdownPriority":{{{i % 5}}},"scaleUpPriority":1} }
                        """
                    )!
            );
        }

        await UntilAsync(view => view.Synced && view.Scalers.Count == 2001);
        var seen = _cluster.Known;
        await UntilAsync(view => view.Scalers.Count(scaler => scaler.Target is WorkloadLookup.Absent) == 2000);
        seen = _cluster.Known;
        var requests = _world.Cluster.Requests.Count;
        for (var i = 0; i < 1000; i++)
            Assert.Same(seen, _cluster.Known);
        Assert.Equal(requests, _world.Cluster.Requests.Count);
    }

    private static BaselineKey Of(UpsScalerView scaler) =>
        new(BaselineSource.Power, WorkloadType.Parse(scaler.Type)!.Name, scaler.TargetNamespace, scaler.TargetName!);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static WorkloadView? Web(ClusterView view) =>
        view.Scalers.FirstOrDefault(scaler => scaler.Ref.Name == "web")?.Target is WorkloadLookup.Found seen
            ? seen.Workload
            : null;

    private async Task<WriteResult> ScaleAsync(int replicas)
    {
        var seen = Web(_cluster.Known)!;
        return await _cluster.WriteAsync(new Write.Scale(seen.Ref, seen.Uid, seen.ResourceVersion, replicas), Token);
    }

    private async ValueTask StartAsync(Func<SimulationOptions, SimulationOptions>? options = null)
    {
        _world = await World.StartAsync(Shop, o => (options?.Invoke(o) ?? o) with { EnforceRbac = false });
        _api = new KubernetesApi(Kubeconfig.Read([_world.Kubeconfig], null, TimeProvider.System), TimeProvider.System);
        Watch();
    }

    private void Watch() => _cluster = new KubernetesCluster(_api, _watches = new ClusterWatches(_api));

    private async Task CloseAsync()
    {
        await _cluster.DisposeAsync();
        await _watches.DisposeAsync();
    }

    private async Task RestartAsync(Func<SimulationOptions, SimulationOptions> options)
    {
        await DisposeAsync();
        await StartAsync(options);
    }

    private async Task<ClusterView> UntilAsync(Func<ClusterView, bool> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
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
                    $"not seen in time; reachable: {view.Reachable}, synced: {view.Synced}, "
                        + $"troubles: {string.Join("; ", view.Troubles)}, target: {Web(view)}"
                );
            }
        }
    }
}
