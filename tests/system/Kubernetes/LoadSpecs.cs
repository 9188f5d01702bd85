using System.Diagnostics;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using static Ebb.Tests.Kube.ScriptedApiServer;

namespace Ebb.Tests.Kube;

public sealed class LoadSpecs
{
    private const int Many = 2000;

    [Fact]
    public async Task Looking_at_two_thousand_workloads_costs_nothing_and_a_change_costs_no_more_than_a_new_list()
    {
        await using var server = await StartAsync();
        foreach (
            var path in new[]
            {
                "/apis/autoscaling/v2/horizontalpodautoscalers",
                "/apis/keda.sh/v1alpha1/scaledobjects",
                "/api/v1/nodes",
                "/api/v1/services",
                "/apis/ebb.dev/v1alpha1/namespaces/ebb-system/baselines",
                "/apis/ebb.dev/v1alpha1/namespaces/ebb-system/powerorders",
                "/apis/ebb.dev/v1alpha1/namespaces/ebb-system/powers",
                "/apis/ebb.dev/v1alpha1/namespaces/ebb-system/outages",
            }
        )
            server.On($"GET {path}", Json(List("5")));
        server.On(
            "GET /apis/ups-scaler.io/v1alpha1/upsscalers",
            Json(List("5", [.. Enumerable.Range(0, Many).Select(Scaler)]))
        );
        server.On(
            "GET /apis/apps/v1/deployments",
            Json(List("5", [.. Enumerable.Range(0, Many).Select(i => Deployment(i, 5))]))
        );
        var more = new TaskCompletionSource();
        server.On(
            "WATCH /apis/apps/v1/deployments",
            async context =>
            {
                await Watch()(context);
                await more.Task;
                await server.WatchAndHold(InformerSpecs.Line("MODIFIED", Deployment(7, 6)))(context);
            }
        );

        using var api = new KubernetesApi(server.Connection, TimeProvider.System);
        await using var watches = new ClusterWatches(api);
        await using var cluster = new KubernetesCluster(api, watches);
        var view = cluster.Known;
        while (view.Scalers.Count(scaler => scaler.Target is WorkloadLookup.Found) < Many)
        {
            await cluster
                .WaitForChangeAsync(view, TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            view = cluster.Known;
        }

        var quiet = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 10_000; i++)
            Assert.Same(view, cluster.Known);
        var unchanged = watch.Elapsed / 10_000;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - quiet, 0, 1000);

        more.SetResult();
        await cluster
            .WaitForChangeAsync(view, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(
            Many - 1,
            cluster.Known.Scalers.Intersect(view.Scalers, ReferenceEqualityComparer.Instance).Count()
        );

        // After a change of one workload only the lists are allocated again. Measured in bytes, which do not depend on
        // the load of the machine.
        var views = new Core.Workloads.UpsScalerView[Many].Length * IntPtr.Size;
        var seen = cluster.Known.Scalers.Single(scaler => scaler.Ref.Name == "s7");
        server.On(
            "PATCH /apis/ups-scaler.io/v1alpha1/namespaces/shop/upsscalers/s7/status",
            Json(Scaler(7).Replace("\"4\"", "\"9\"", StringComparison.Ordinal))
        );
        await cluster.SetStatusAsync(
            seen,
            new UpsScalerStatus(WorkloadPhase.Awake, "", default, 1),
            TestContext.Current.CancellationToken
        );
        var noisy = GC.GetAllocatedBytesForCurrentThread();
        watch.Restart();
        view = cluster.Known;
        var changed = watch.Elapsed;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - noisy, 1, (4 * views) + 16_384);
        Assert.Equal("9", view.Scalers.Single(scaler => scaler.Ref.Name == "s7").ResourceVersion);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"an unchanged look {unchanged.TotalNanoseconds:0} ns, a changed one {changed.TotalMicroseconds:0} us"
        );
    }

    private static string Scaler(int i) =>
        $$$"""
            {"metadata":{"name":"s{{{i}}}","namespace":"shop","uid":"uid-s{{{i}}}","resourceVersion":"4",
              "generation":1},
             "spec":{"type":"deployment","name":"w{{{i}}}","shutdownPriority":{{{i % 5}}},"scaleUpPriority":1,
             "specReplicas":-1} }
            """;

    private static string Deployment(int i, int version) =>
        $$$"""
            {"metadata":{"name":"w{{{i}}}","namespace":"shop","uid":"8a44b8a5-0000-4000-8000-{{{i:D12}}}",
             "resourceVersion":"{{{version}}}","generation":1,
             "labels":{"app":"w{{{i}}}","app.kubernetes.io/managed-by":"Helm"},
              "annotations":{"deployment.kubernetes.io/revision":"1",
              "kubectl.kubernetes.io/last-applied-configuration":"{{{new string(
                'x',
                1500
            )}}}"},
             "managedFields":[{"manager":"helm","time":"2026-11-21T17:00:00Z","fieldsV1":{"f:spec":{"f:replicas":{},
              "f:template":{"f:spec":{"f:containers":{} } } } } }] },
             "spec":{"replicas":3,"selector":{"matchLabels":{"app":"w{{{i}}}"} },
              "template":{"spec":{"containers":[{"name":"c","image":"example/x:1","env":[{"name":"A",
              "value":"{{{new string(
                'y',
                800
            )}}}"}]}]} } },
             "status":{"observedGeneration":1,"replicas":3,"readyReplicas":3,"terminatingReplicas":0} }
            """;
}
