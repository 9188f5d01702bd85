using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ebb.Simulation;
using Ebb.Simulation.Clock;
using Ebb.Simulation.Store;

namespace Ebb.Tests.Simulation;

/// <summary>A simulated cluster with a clock moved by hand, and a plain HTTP client to it.</summary>
internal sealed class World : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private World(SimulatedCluster cluster, SimulationClock clock)
    {
        Cluster = cluster;
        Clock = clock;
        Http = new HttpClient { BaseAddress = cluster.Address };
    }

    public SimulatedCluster Cluster { get; }

    public SimulationClock Clock { get; }

    public HttpClient Http { get; }

    public ClusterStore Store => Cluster.Store;

    public static async Task<World> StartAsync(
        string? manifest = Nodes,
        Func<SimulationOptions, SimulationOptions>? change = null,
        DateTimeOffset? start = null
    )
    {
        var clock = SimulationClock.ByHand(start ?? Start);
        var options = new SimulationOptions { Clock = clock, World = manifest };
        options = change?.Invoke(options) ?? options;
        return new World(await SimulatedCluster.StartAsync(options, TestContext.Current.CancellationToken), clock);
    }

    public const string Nodes = """
        apiVersion: v1
        kind: Node
        metadata: {name: n1, labels: {kubernetes.io/hostname: n1}}
        status:
          allocatable: {cpu: "16", memory: 64Gi, pods: "250"}
          capacity: {cpu: "16", memory: 64Gi, pods: "250"}
          conditions: [{type: Ready, status: "True", reason: KubeletReady}]
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: n2, labels: {kubernetes.io/hostname: n2, disk: ssd}}
        status:
          allocatable: {cpu: "16", memory: 64Gi, pods: "250", example.com/gpu: "1"}
          capacity: {cpu: "16", memory: 64Gi, pods: "250", example.com/gpu: "1"}
          conditions: [{type: Ready, status: "True", reason: KubeletReady}]
        """;

    public static string Deployment(
        string name,
        int replicas,
        string ns = "default",
        double start = 2,
        double stop = 6,
        string more = ""
    ) =>
        $"""
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: {name}
              namespace: {ns}
              labels:
                app: {name}
            spec:
              replicas: {replicas}
              selector:
                matchLabels:
                  app: {name}
              template:
                metadata:
                  labels:
                    app: {name}
                  annotations:
                    simulation.ebb.dev/start-seconds: "{start}"
                    simulation.ebb.dev/stop-seconds: "{stop}"
                    {more}
                spec:
                  containers:
                  - name: c
                    image: img:1
                    resources:
                      requests:
                        cpu: 10m
            """;

    public async Task<(int Status, JsonNode? Body)> Send(
        string method,
        string path,
        string? body = null,
        string? media = null
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(media ?? "application/json");
        }

        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : JsonValue.Create(text));
    }

    public Task<(int Status, JsonNode? Body)> Get(string path) => Send("GET", path);

    public Task<(int Status, JsonNode? Body)> Merge(string path, string body) =>
        Send("PATCH", path, body, "application/merge-patch+json");

    public JsonObject Get(string resource, string name, string ns = "default") =>
        Store.Get(resource, ns, name) ?? throw new InvalidOperationException($"no {resource} {name}");

    public void Advance(double seconds) => Clock.Advance(TimeSpan.FromSeconds(seconds));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Cluster.DisposeAsync();
    }
}
