using System.Buffers;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Protocol;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection;

namespace Ebb.Scaler.Calls;

/// <summary>
/// Binds the generated services as they are, but for GetMetrics: a trigger that was asked about before is found by the
/// bytes of the
/// request, which saves parsing a map of metadata thousands of times a second. One definition holds all services: for
/// each that is
/// mapped by its type a native image would build a dozen generic types at run time, a tenth of its start.
/// </summary>
internal sealed class ScalerBinder : ServiceBinderBase
{
    private readonly ServerServiceDefinition.Builder _definition = ServerServiceDefinition.CreateBuilder();
    private readonly ScalerService _service;
    private readonly TriggerRegistry _triggers;

    private ScalerBinder(ScalerService service, TriggerRegistry triggers) =>
        (_service, _triggers) = (service, triggers);

    public static ServerServiceDefinition Bind(ScalerService service, ScalerHealth health, TriggerRegistry triggers)
    {
        var binder = new ScalerBinder(service, triggers);
        ExternalScaler.BindService(binder, service);
        Health.BindService(binder, health);
        var described = new[] { ExternalScaler.Descriptor, Health.Descriptor };
        Grpc.Reflection.V1.ServerReflection.BindService(binder, new ReflectionV1ServiceImpl(described));
        Grpc.Reflection.V1Alpha.ServerReflection.BindService(binder, new ReflectionServiceImpl(described));
        return binder._definition.Build();
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        UnaryServerMethod<TRequest, TResponse>? handler
    )
    {
        if (method is Method<GetMetricsRequest, GetMetricsResponse> metrics)
            _definition.AddMethod(
                new Method<object, GetMetricsResponse>(
                    metrics.Type,
                    metrics.ServiceName,
                    metrics.Name,
                    new Marshaller<object>((_, _) => throw new NotSupportedException(), Read),
                    metrics.ResponseMarshaller
                ),
                (request, context) =>
                    request is Trigger trigger
                        ? _service.GetMetrics(trigger)
                        : _service.GetMetrics((GetMetricsRequest)request, context)
            );
        else
            _definition.AddMethod(method, handler!);
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ServerStreamingServerMethod<TRequest, TResponse>? handler
    ) => _definition.AddMethod(method, CancelledStreams.EndQuietly(handler!));

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        DuplexStreamingServerMethod<TRequest, TResponse>? handler
    ) => _definition.AddMethod(method, handler!);

    private object Read(DeserializationContext context)
    {
        var request = context.PayloadAsReadOnlySequence();
        return request.IsSingleSegment && Find(request.FirstSpan) is { } trigger
            ? trigger
            : GetMetricsRequest.Parser.ParseFrom(request);
    }

    private Trigger? Find(ReadOnlySpan<byte> request) =>
        WireFields.TryTake(ref request, out var first, out var reference)
        && first == GetMetricsRequest.ScaledObjectRefFieldNumber
        && WireFields.TryTake(ref request, out var second, out var metric)
        && second == GetMetricsRequest.MetricNameFieldNumber
        && request.IsEmpty
        && metric.SequenceEqual("ebb-replicas"u8)
            ? _triggers.Find(reference)?.Trigger
            : null;
}
