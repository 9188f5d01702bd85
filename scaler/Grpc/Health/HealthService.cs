using Ebb.Scaler.Protocol.Health;
using Serving = Ebb.Scaler.Protocol.Health.HealthCheckResponse.Types.ServingStatus;

namespace Ebb.Scaler.Grpc.Health;

/// <summary>The health protocol of gRPC for the server and the services that it has.</summary>
/// <param name="services">Their full names; the empty one is there always.</param>
/// <param name="serving">Whether they serve now.</param>
/// <param name="next">Completes with the next change of that; taken before looking.</param>
internal sealed class HealthService(IReadOnlyCollection<string> services, Func<bool> serving, Func<Task> next)
{
    private const string ServiceName = "grpc.health.v1.Health";

    public void BindTo(GrpcServices all)
    {
        all.Unary(ServiceName, nameof(Check), HealthCheckRequest.Parser, Check);
        all.ServerStreaming(
            ServiceName,
            nameof(Watch),
            HealthCheckRequest.Parser,
            (HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> stream, ServerCallContext context) =>
                Watch(request, stream, context)
        );
    }

    private Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        Knows(request.Service)
            ? Task.FromResult(new HealthCheckResponse { Status = Now })
            : throw new RpcException(new Status(StatusCode.NotFound, $"there is no service {request.Service}"));

    private async Task Watch(
        HealthCheckRequest request,
        IServerStreamWriter<HealthCheckResponse> stream,
        ServerCallContext context
    )
    {
        Serving? said = null;
        while (!context.CancellationToken.IsCancellationRequested)
        {
            var change = next();
            var status = Knows(request.Service) ? Now : Serving.ServiceUnknown;
            if (status != said)
                await stream.WriteAsync(new HealthCheckResponse { Status = status }, context.CancellationToken);
            said = status;
            await change.WaitAsync(context.CancellationToken);
        }
    }

    private Serving Now => serving() ? Serving.Serving : Serving.NotServing;

    private bool Knows(string service) => service.Length == 0 || services.Contains(service);
}
