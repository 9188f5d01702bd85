using Ebb.Scaler.Protocol;

namespace Ebb.Scaler.Grpc;

/// <summary>KEDA's service, as a generator would declare it.</summary>
internal static class ExternalScaler
{
    public const string ServiceName = "externalscaler.ExternalScaler";

    public abstract class ExternalScalerBase
    {
        public virtual Task<IsActiveResponse> IsActive(ScaledObjectRef request, ServerCallContext context) =>
            throw Absent();

        public virtual Task StreamIsActive(
            ScaledObjectRef request,
            IServerStreamWriter<IsActiveResponse> responseStream,
            ServerCallContext context
        ) => throw Absent();

        public virtual Task<GetMetricSpecResponse> GetMetricSpec(ScaledObjectRef request, ServerCallContext context) =>
            throw Absent();

        public virtual Task<GetMetricsResponse> GetMetrics(GetMetricsRequest request, ServerCallContext context) =>
            throw Absent();

        /// <summary>A short cut past the messages for the call that comes most often; null: take the long way.</summary>
        public virtual byte[]? TryGetMetrics(ReadOnlySpan<byte> request) => null;

        public virtual Task StreamMetricSpec(
            ScaledObjectRef request,
            IServerStreamWriter<GetMetricSpecResponse> responseStream,
            ServerCallContext context
        ) => throw Absent();

        private static RpcException Absent() => new(new Status(StatusCode.Unimplemented, ""));
    }

    public static void BindService(GrpcServices services, ExternalScalerBase scaler)
    {
        services.Unary(ServiceName, nameof(scaler.IsActive), ScaledObjectRef.Parser, scaler.IsActive);
        services.ServerStreaming(
            ServiceName,
            nameof(scaler.StreamIsActive),
            ScaledObjectRef.Parser,
            (ScaledObjectRef r, IServerStreamWriter<IsActiveResponse> w, ServerCallContext c) =>
                scaler.StreamIsActive(r, w, c)
        );
        services.Unary(ServiceName, nameof(scaler.GetMetricSpec), ScaledObjectRef.Parser, scaler.GetMetricSpec);
        services.Unary(
            ServiceName,
            nameof(scaler.GetMetrics),
            GetMetricsRequest.Parser,
            scaler.GetMetrics,
            scaler.TryGetMetrics
        );
        services.ServerStreaming(
            ServiceName,
            nameof(scaler.StreamMetricSpec),
            ScaledObjectRef.Parser,
            (ScaledObjectRef r, IServerStreamWriter<GetMetricSpecResponse> w, ServerCallContext c) =>
                scaler.StreamMetricSpec(r, w, c)
        );
    }
}
