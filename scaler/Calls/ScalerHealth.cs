using Ebb.Scaler.Answers;
using Ebb.Scaler.Protocol;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Ebb.Scaler.Calls;

/// <summary>gRPC's health service, which says what <see cref="Readiness"/> says.</summary>
internal sealed class ScalerHealth : HealthServiceImpl
{
    private readonly Readiness _readiness;

    public ScalerHealth(Readiness readiness)
    {
        _readiness = readiness;
        Update();
    }

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        Update();
        return base.Check(request, context);
    }

    /// <summary>Begins with the state as it is now, which may not have been told to anybody yet.</summary>
    public override Task Watch(
        HealthCheckRequest request,
        IServerStreamWriter<HealthCheckResponse> responseStream,
        ServerCallContext context
    )
    {
        Update();
        return base.Watch(request, responseStream, context);
    }

    /// <summary>Tells those who watch, if it changed.</summary>
    public void Update()
    {
        var status = _readiness.IsReady ? ServingStatus.Serving : ServingStatus.NotServing;
        SetStatus("", status);
        SetStatus(ExternalScaler.Descriptor.FullName, status);
    }
}

/// <summary>Updates <see cref="ScalerHealth"/> after each change.</summary>
internal sealed class HealthUpdates(ScalerHealth health, ChangeSignal changes) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = changes.Next;
            health.Update();
            await next.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
