using Ebb.Tests.Scaler.Wire;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using static Ebb.Tests.Scaler.Manifests;
using V1 = Grpc.Reflection.V1;
using V1Alpha = Grpc.Reflection.V1Alpha;

namespace Ebb.Tests.Scaler;

/// <summary>Server reflection, with which grpcurl lists and calls what it has no .proto of.</summary>
public sealed class ReflectionSpecs
{
    private const string Service = "externalscaler.ExternalScaler";

    [Fact]
    public async Task Version_1_lists_the_services_and_describes_the_scaler()
    {
        await using var all = await ScalerWorld.StartAsync(Node("node-1", "8"));
        using var channel = Channels.Plain(all.Port);
        using var call = new V1.ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo(
            cancellationToken: TestContext.Current.CancellationToken
        );
        var listed = await AskAsync(call, new V1.ServerReflectionRequest { ListServices = "" });
        Assert.Equal(
            [Service, "grpc.health.v1.Health"],
            listed.ListServicesResponse.Service.Select(service => service.Name)
        );
        var found = await AskAsync(call, new V1.ServerReflectionRequest { FileContainingSymbol = Service });
        AssertDescribes(found.FileDescriptorResponse.FileDescriptorProto);
        var missing = await AskAsync(call, new V1.ServerReflectionRequest { FileContainingSymbol = "no.Such" });
        Assert.Equal((int)StatusCode.NotFound, missing.ErrorResponse.ErrorCode);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    /// <summary>Older tools ask in this version only.</summary>
    [Fact]
    public async Task Version_1_alpha_lists_the_services_and_describes_the_scaler()
    {
        await using var all = await ScalerWorld.StartAsync(Node("node-1", "8"));
        using var channel = Channels.Plain(all.Port);
        using var call = new V1Alpha.ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo(
            cancellationToken: TestContext.Current.CancellationToken
        );
        var listed = await AskAsync(call, new V1Alpha.ServerReflectionRequest { ListServices = "" });
        Assert.Contains(Service, listed.ListServicesResponse.Service.Select(service => service.Name));
        var found = await AskAsync(call, new V1Alpha.ServerReflectionRequest { FileContainingSymbol = Service });
        AssertDescribes(found.FileDescriptorResponse.FileDescriptorProto);
    }

    [Fact]
    public async Task A_reflection_stream_that_a_client_leaves_open_does_not_hold_up_the_stop()
    {
        await using var all = await ScalerWorld.StartAsync(Node("node-1", "8"));
        using var channel = Channels.Plain(all.Port);
        using var call = new V1.ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo(
            cancellationToken: TestContext.Current.CancellationToken
        );
        await AskAsync(call, new V1.ServerReflectionRequest { ListServices = "" });
        await all.StopScalerAsync().WaitAsync(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<RpcException>(() =>
            call.ResponseStream.MoveNext(TestContext.Current.CancellationToken)
        );
    }

    private static async Task<TAnswer> AskAsync<TRequest, TAnswer>(
        AsyncDuplexStreamingCall<TRequest, TAnswer> call,
        TRequest request
    )
    {
        await call.RequestStream.WriteAsync(request, TestContext.Current.CancellationToken);
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        return call.ResponseStream.Current;
    }

    private static void AssertDescribes(IEnumerable<ByteString> files)
    {
        var service = files
            .Select(FileDescriptorProto.Parser.ParseFrom)
            .SelectMany(file => file.Service)
            .Single(service => service.Name == "ExternalScaler");
        Assert.Equal(
            ["IsActive", "StreamIsActive", "GetMetricSpec", "GetMetrics", "StreamMetricSpec"],
            service.Method.Select(method => method.Name)
        );
    }
}
