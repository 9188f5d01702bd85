using System.Net;
using System.Text.Json.Nodes;
using Ebb.Simulation.World.Keda.Protocol;
using Ebb.Tests.Harness;
using Ebb.Tests.Scaler.Wire;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using static Ebb.Tests.Scaler.Manifests;
using V1 = Grpc.Reflection.V1;

namespace Ebb.Tests.Scaler;

/// <summary>
/// The scaler as a process, every route of it once. With EBB_SCALER it is a published build, such as the native one, in
/// which whatever
/// needs reflection or code made at run time would fail here.
/// </summary>
public sealed class ScalerProcessSpecs : IDisposable
{
    private static readonly ScaledObjectRef Miner = new()
    {
        Name = "miner",
        Namespace = "shop",
        ScalerMetadata = { ["follow"] = "capacity", ["reserve"] = "2" },
    };
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    private static Task<ScalerWorld> StartWorldAsync() =>
        ScalerWorld.StartAsync(
            Node("node-1", "8") + Deployment("miner", 1) + Scaled("miner", "follow: capacity, reserve: \"2\""),
            started: false
        );

    [LongFact]
    public async Task Every_page_is_shown()
    {
        await using var all = await StartWorldAsync();
        await using var process = await all.LaunchScalerAsync();
        using var channel = Channels.Plain(all.Port);
        await AnsweredAsync(channel);
        Assert.Equal("ok\n", await PageAsync("/healthz"));
        Assert.Equal("ok\n", await PageAsync("/readyz"));
        var metrics = await PageAsync("/metrics");
        foreach (var name in new[] { "ebb_scaler_ready 1", "cpu_capacity_total 8", "ebb_scaler_calls_total{method=\"" })
            Assert.Contains(name, metrics, StringComparison.Ordinal);

        var explained = JsonNode.Parse(await PageAsync("/explain?follows=capacity&nodes=1"))!;
        Assert.True((bool)explained["ready"]!);
        var item = Assert.Single(explained["items"]!.AsArray())!;
        Assert.Equal(("miner", "8"), ((string?)item["name"], (string?)item["capacity"]!["allocatable"]));
        Assert.Equal("node-1", (string?)Assert.Single(item["capacity"]!["nodes"]!.AsArray())!["name"]);
        var one = JsonNode.Parse(await PageAsync("/explain/shop/miner"))!;
        Assert.Equal("Deployment shop/miner", (string?)Assert.Single(one["triggers"]!.AsArray())!["target"]);

        using var missing = await all.Http.GetAsync("/explain/shop/other", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using var posted = await all.Http.PostAsync("/healthz", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);

        Task<string> PageAsync(string path) => all.Http.GetStringAsync(path, TestContext.Current.CancellationToken);
    }

    [LongFact]
    public async Task Every_method_is_answered_over_mutual_tls()
    {
        var files = _certificates.Issue("own");
        await using var all = await StartWorldAsync();
        await using var process = await all.LaunchScalerAsync(
            ("Grpc__Tls__Certificate", files.Certificate),
            ("Grpc__Tls__Key", files.Key),
            ("Grpc__Tls__ClientAuthorities", files.Authority)
        );
        using var channel = Channels.Tls(all.Port, files);
        await AnsweredAsync(channel);
        var scaler = new ExternalScaler.ExternalScalerClient(channel);
        Assert.True((await scaler.IsActiveAsync(Miner, Options)).Result);
        var spec = await scaler.GetMetricSpecAsync(Miner, Options);
        Assert.Equal("ebb-replicas", Assert.Single(spec.MetricSpecs).MetricName);
        using var active = scaler.StreamIsActive(Miner, Options);
        Assert.True((await FirstAsync(active)).Result);
        using var specs = scaler.StreamMetricSpec(Miner, Options);
        Assert.Equal(spec, await FirstAsync(specs));
        foreach (var metric in new[] { "ebb-replicas", "Ebb-Replicas" })
        {
            var request = new GetMetricsRequest { ScaledObjectRef = Miner, MetricName = metric };
            var answer = await scaler.GetMetricsAsync(request, Options);
            Assert.Equal(metric, Assert.Single(answer.MetricValues).MetricName);
        }

        var wrong = new ScaledObjectRef(Miner) { ScalerMetadata = { ["folow"] = "x" } };
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await scaler.IsActiveAsync(wrong, Options));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);

        var health = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest(), Options);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        using var reflection = new V1.ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo(Options);
        await reflection.RequestStream.WriteAsync(
            new V1.ServerReflectionRequest { FileContainingSymbol = "externalscaler.ExternalScaler" },
            TestContext.Current.CancellationToken
        );
        Assert.True(await reflection.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.NotEmpty(reflection.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto);

        // Whoever shows a certificate of another authority gets not one byte of an answer. What gRPC clients make of
        // that is in ClientInteropSpecs: Grpc.Net.Client's code depends on whether it meets the alert or the reset
        // first.
        var other = _certificates.Issue("stranger");
        var stranger = files with { ClientCertificate = other.ClientCertificate, ClientKey = other.ClientKey };
        Assert.True(await Channels.IsAnsweredAsync(all.Port, files));
        Assert.False(await Channels.IsAnsweredAsync(all.Port, stranger));
        using var refused = Channels.Tls(all.Port, stranger);
        await Assert.ThrowsAsync<RpcException>(async () =>
            await new ExternalScaler.ExternalScalerClient(refused).IsActiveAsync(Miner, Options)
        );
    }

    [Fact]
    public async Task A_build_without_the_simulation_refuses_to_follow_the_demos_clock()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("EBB_SCALER") is { Length: > 0 },
            "EBB_SCALER names no published scaler"
        );
        await using var process = RealProcess.Launch(
            "scaler",
            "Ebb.Scaler",
            new Dictionary<string, string> { ["Cluster__Mode"] = "kubeconfig", ["Scaler__FollowInput"] = "true" }
        );
        Assert.Equal(2, await process.ExitAsync());
        Assert.Contains("Scaler__FollowInput", process.Output, StringComparison.Ordinal);
    }

    private static CallOptions Options =>
        new(deadline: DateTime.UtcNow.AddSeconds(20), cancellationToken: TestContext.Current.CancellationToken);

    private static async Task<T> FirstAsync<T>(AsyncServerStreamingCall<T> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        return call.ResponseStream.Current;
    }

    /// <summary>Its workload is watched from the first question on, and is unknown until it was read.</summary>
    private static async Task AnsweredAsync(GrpcChannel channel)
    {
        var scaler = new ExternalScaler.ExternalScalerClient(channel);
        for (var tries = 0; ; tries++)
        {
            try
            {
                await scaler.IsActiveAsync(Miner, Options);
                return;
            }
            catch (RpcException unknown) when (unknown.StatusCode == StatusCode.Unavailable && tries < 400)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }
}
