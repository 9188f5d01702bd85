using Ebb.Scaler.Grpc;
using Ebb.Scaler.Protocol;
using NodaTime;

namespace Ebb.Scaler.Answers;

/// <summary>
/// KEDA's questions, answered from memory. What is pushed is what would be answered, so that no poll undoes a push. The metric and its
/// target never change: KEDA reads them when it makes the HPA and not again.
/// </summary>
internal sealed class ScalerService(TriggerRegistry triggers, Pulse pulse, TimeProvider time)
    : ExternalScaler.ExternalScalerBase
{
    /// <summary>Lower case, since older KEDA asks for it so whatever the scaler called it.</summary>
    public const string MetricName = "ebb-replicas";

    private static readonly Task<IsActiveResponse> Yes = Task.FromResult(new IsActiveResponse { Result = true });
    private static readonly Task<IsActiveResponse> No = Task.FromResult(new IsActiveResponse { Result = false });

    private static readonly Task<GetMetricSpecResponse> Spec = Task.FromResult(
        new GetMetricSpecResponse
        {
            MetricSpecs =
            {
                new MetricSpec
                {
                    MetricName = MetricName,
                    TargetSize = 1,
                    TargetSizeFloat = 1,
                },
            },
        }
    );

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    public override Task<IsActiveResponse> IsActive(ScaledObjectRef request, ServerCallContext context) =>
        Size(triggers.Find(request)).IsActive ? Yes : No;

    public override Task<GetMetricSpecResponse> GetMetricSpec(ScaledObjectRef request, ServerCallContext context)
    {
        triggers.Find(request);
        return Spec;
    }

    public override Task<GetMetricsResponse> GetMetrics(GetMetricsRequest request, ServerCallContext context)
    {
        if (request.ScaledObjectRef is null)
            throw new RpcException(
                new Status(StatusCode.InvalidArgument, "scaledObjectRef: expected one, found nothing")
            );
        if (!request.MetricName.EndsWith(MetricName, StringComparison.OrdinalIgnoreCase))
            throw new RpcException(
                new Status(
                    StatusCode.InvalidArgument,
                    $"metricName: expected {MetricName}, found \"{request.MetricName}\""
                )
            );
        // Zero is only ever said through IsActive: an HPA that is told 0 goes to its minimum and means something else by it.
        var replicas = Math.Max(1, Size(triggers.Find(request.ScaledObjectRef)).Replicas);
        return Task.FromResult(CountFrames.Message(request.MetricName, replicas));
    }

    /// <summary>GetMetrics of a trigger that is known, read off the bytes; null: the usual way, which also finds the words for a refusal.</summary>
    public override byte[]? TryGetMetrics(ReadOnlySpan<byte> request)
    {
        if (
            !ReferenceBytes.TryRead(request, out var reference, out var metric)
            || !metric.SequenceEqual("ebb-replicas"u8)
        )
            return null;
        if (triggers.FindKnown(reference) is not { Trigger: { } trigger } known)
            return null;
        var now = Now;
        if (known.Said is { } said && said.Version == triggers.Version && !(now >= said.Until))
            return said.Framed;
        // Taken before looking, so that what changes meanwhile makes the next look a new one.
        var version = triggers.Version;
        if (trigger.At(now) is not Answer.Size size)
            return null;
        var framed = CountFrames.Of(Math.Max(1, size.Replicas));
        // What fits changes with every pod, without a change of the version.
        if (trigger.Metadata.Capacity is null)
            known.Said = new SaidCount(framed, version, size.Until);
        return framed;
    }

    public override async Task StreamIsActive(
        ScaledObjectRef request,
        IServerStreamWriter<IsActiveResponse> responseStream,
        ServerCallContext context
    )
    {
        bool? said = null;
        while (!context.CancellationToken.IsCancellationRequested)
        {
            var next = pulse.Next;
            var trigger = triggers.Find(request);
            var answer = trigger.At(Now);
            switch (answer)
            {
                case Answer.Size size when size.IsActive != said:
                    said = size.IsActive;
                    await responseStream.WriteAsync(size.IsActive ? Yes.Result : No.Result, context.CancellationToken);
                    continue;
                case Answer.Invalid invalid:
                    throw triggers.Refuse(trigger, invalid.Why);
            }

            pulse.WakeAt(answer.Until);
            await next.WaitAsync(context.CancellationToken);
        }
    }

    public override async Task StreamMetricSpec(
        ScaledObjectRef request,
        IServerStreamWriter<GetMetricSpecResponse> responseStream,
        ServerCallContext context
    )
    {
        triggers.Find(request);
        await responseStream.WriteAsync(Spec.Result, context.CancellationToken);
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
    }

    private Answer.Size Size(Trigger trigger) =>
        trigger.At(Now) switch
        {
            Answer.Size size => size,
            Answer.Unknown unknown => throw new RpcException(new Status(StatusCode.Unavailable, unknown.Why)),
            Answer.Invalid invalid => throw triggers.Refuse(trigger, invalid.Why),
            var other => throw new InvalidOperationException($"an answer that is none: {other.GetType().Name}"),
        };
}
