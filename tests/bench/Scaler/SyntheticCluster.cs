using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ebb.Bench.Scaler;

/// <summary>
/// An API server of any size, made up page by page while it is read: only lists, and watches that say nothing.
/// </summary>
internal sealed class SyntheticCluster : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SyntheticCluster(WebApplication app) => _app = app;

    public string Kubeconfig { get; private set; } = "";

    public static async Task<SyntheticCluster> StartAsync(int nodes, int pods, int scaledObjects)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        ((IApplicationBuilder)app).Run(async http =>
        {
            var (path, query) = (http.Request.Path.Value ?? "", http.Request.Query);
            if (query.ContainsKey("watch"))
            {
                // A watch has begun when its head is there, which is not sent before something is flushed.
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            }

            if (http.Request.Method != "GET")
            {
                http.Response.StatusCode = 404;
                return;
            }

            var (count, item) = path switch
            {
                "/api/v1/nodes" => (nodes, (Func<int, string>)Node),
                "/api/v1/pods" => (pods, i => Pod(i, nodes)),
                "/apis/keda.sh/v1alpha1/scaledobjects" => (scaledObjects, ScaledObject),
                "/apis/apps/v1/deployments" => (1, Deployment),
                _ => (0, _ => ""),
            };
            await PageAsync(http, count, item);
        });
        await app.StartAsync();
        var address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        var cluster = new SyntheticCluster(app)
        {
            Kubeconfig = Path.Combine(Path.GetTempPath(), $"ebb-bench-{Guid.NewGuid():N}.kubeconfig"),
        };
        await File.WriteAllTextAsync(
            cluster.Kubeconfig,
            $$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: bench, cluster: {server: "{{address}}" } }]
            contexts: [{name: bench, context: {cluster: bench, user: bench} }]
            users: [{name: bench, user: {token: bench} }]
            current-context: bench
            """
        );
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(Kubeconfig);
        await _app.DisposeAsync();
    }

    private static async Task PageAsync(HttpContext http, int count, Func<int, string> item)
    {
        var limit = int.TryParse(http.Request.Query["limit"], out var asked) ? asked : count;
        var from = int.TryParse(http.Request.Query["continue"], out var start) ? start : 0;
        var to = Math.Min(count, from + limit);
        http.Response.ContentType = "application/json";
        var next = to < count ? to.ToString(CultureInfo.InvariantCulture) : "";
        await http.Response.WriteAsync(
            $"{{\"metadata\":{{\"resourceVersion\":\"5\",\"continue\":\"{next}\"}},\"items\":["
        );
        for (var i = from; i < to; i++)
            await http.Response.WriteAsync((i > from ? "," : "") + item(i));
        await http.Response.WriteAsync("]}");
    }

    public static string Node(int i) =>
        $$$"""{"metadata":{"name":"node-{{{i}}}","resourceVersion":"4","labels":{"kubernetes.io/hostname":"node-{{{i}}}","kubernetes.io/os":"linux","topology.kubernetes.io/zone":"z{{{i % 3}}}"} },"spec":{},"status":{"allocatable":{"cpu":"32","memory":"128Gi","pods":"110","ephemeral-storage":"100Gi"},"conditions":[{"type":"Ready","status":"True"}]} }""";

    // As large as pods are: what is not read must cost nothing but its passing by.
    public static string Pod(int i, int nodes) =>
        $$$"""{"metadata":{"name":"web-{{{i % 5000}}}-7d4b9c6f5d-{{{i:x5}}}","namespace":"ns-{{{i % 500}}}","uid":"8a44b8a5-0000-4000-8000-{{{i:D12}}}","resourceVersion":"{{{i + 10}}}","creationTimestamp":"2026-11-21T12:00:00Z","labels":{"app":"web-{{{i % 5000}}}","pod-template-hash":"7d4b9c6f5d"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-{{{i % 5000}}}-7d4b9c6f5d","uid":"x"}],"managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-11-21T12:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{"f:app":{} } },"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{"f:image":{},"f:resources":{} } } } } }]},"spec":{"nodeName":"node-{{{i % nodes}}}","containers":[{"name":"c","image":"example/web:1.2.3","env":[{"name":"A","value":"{{{new string('x', 400)}}}"}],"resources":{"requests":{"cpu":"{{{(i % 9 + 1) * 100}}}m","memory":"256Mi"},"limits":{"memory":"512Mi"} } }],"tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}]},"status":{"phase":"Running","podIP":"10.0.0.1","conditions":[{"type":"Ready","status":"True"}]} }""";

    private static string ScaledObject(int i) =>
        $$$"""{"metadata":{"name":"so-{{{i}}}","namespace":"ns-{{{i % 500}}}","uid":"u{{{i}}}","resourceVersion":"4"},"spec":{"scaleTargetRef":{"name":"miner"},"triggers":[{"type":"external","metadata":{} }]} }""";

    private static string Deployment(int i) =>
        """{"metadata":{"name":"miner","namespace":"ns-0","uid":"m","resourceVersion":"4"},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"miner"}},"template":{"metadata":{"labels":{"app":"miner"}},"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"1"}}}]}}}}""";
}
