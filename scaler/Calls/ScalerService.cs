using Ebb.Scaler.Answers;
using Ebb.Scaler.Protocol;
using Grpc.Core;
using NodaTime;

namespace Ebb.Scaler.Calls;

/// <summary>
/// KEDA's external scaler, answered from memory: a unary method never waits. What is pushed is what would be answered,
/// so that no poll
/// undoes a push. The metric and its target never change: KEDA reads them when it makes the HPA and not again.
/// </summary>
internal sealed class ScalerService(TriggerRegistry triggers, ChangeSignal changes, TimeProvider time)
    : ExternalScaler.ExternalScalerBase
{
    private static readonly Task<IsActiveResponse> Active = Task.FromResult(new IsActiveResponse { Result = true });
    private static readonly Task<IsActiveResponse> Inactive = Task.FromResult(new IsActiveResponse());

    private static readonly Task<GetMetricSpecResponse> Spec = Task.FromResult(
        new GetMetricSpecResponse
        {
            MetricSpecs =
            {
                new MetricSpec
                {
                    MetricName = CountResponses.MetricName,
                    TargetSize = 1,
                    TargetSizeFloat = 1,
                },
            },
        }
    );

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    public override Task<IsActiveResponse> IsActive(ScaledObjectRef request, ServerCallContext context) =>
        Size(triggers.Find(request)).IsActive ? Active : Inactive;

    public override Task<GetMetricSpecResponse> GetMetricSpec(ScaledObjectRef request, ServerCallContext context)
    {
        triggers.Find(request);
        return Spec;
    }

    public override Task<GetMetricsResponse> GetMetrics(GetMetricsRequest request, ServerCallContext context)
    {
        if (request.ScaledObjectRef is null)
            throw Invalid("scaledObjectRef: expected one, found nothing");
        if (!request.MetricName.EndsWith(CountResponses.MetricName, StringComparison.OrdinalIgnoreCase))
            throw Invalid($"metricName: expected {CountResponses.MetricName}, found \"{request.MetricName}\"");
        return Task.FromResult(CountResponses.Make(request.MetricName, Count(triggers.Find(request.ScaledObjectRef))));
    }

    /// <summary>GetMetrics of a trigger that was found already, under the metric's own name.</summary>
    public Task<GetMetricsResponse> GetMetrics(Trigger trigger) => CountResponses.Of(Count(trigger));

    public override async Task StreamIsActive(
        ScaledObjectRef request,
        IServerStreamWriter<IsActiveResponse> responseStream,
        ServerCallContext context
    )
    {
        // Proxies and clients are to see the stream open before there is anything to send.
        await context.WriteResponseHeadersAsync(Metadata.Empty);
        bool? sent = null;
        while (!context.CancellationToken.IsCancellationRequested)
        {
            // Taken before looking, so that a change meanwhile is not missed.
            var next = changes.Next;
            var trigger = triggers.Find(request);
            var answer = trigger.At(Now);
            switch (answer)
            {
                case Answer.Size size when size.IsActive != sent:
                    sent = size.IsActive;
                    await responseStream.WriteAsync((size.IsActive ? Active : Inactive).Result);
                    continue;
                case Answer.Invalid invalid:
                    throw triggers.Refuse(trigger, invalid.Why);
            }

            changes.RaiseAt(answer.Until);
            await next.WaitAsync(context.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override async Task StreamMetricSpec(
        ScaledObjectRef request,
        IServerStreamWriter<GetMetricSpecResponse> responseStream,
        ServerCallContext context
    )
    {
        triggers.Find(request);
        await responseStream.WriteAsync(Spec.Result);
        await Task.Delay(Timeout.Infinite, context.CancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private int Count(Trigger trigger) => Size(trigger).Metric;

    private Answer.Size Size(Trigger trigger) =>
        trigger.At(Now) switch
        {
            Answer.Size size => size,
            Answer.Unknown unknown => throw new RpcException(new Status(StatusCode.Unavailable, unknown.Why)),
            Answer.Invalid invalid => throw triggers.Refuse(trigger, invalid.Why),
            var other => throw new InvalidOperationException($"an unexpected answer: {other.GetType().Name}"),
        };

    private static RpcException Invalid(string why) => new(new Status(StatusCode.InvalidArgument, why));
}
