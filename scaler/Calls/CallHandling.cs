namespace Ebb.Scaler.Calls;

/// <summary>Grpc.AspNetCore within <see cref="CallLimits"/>.</summary>
internal static class CallHandling
{
    /// <summary>Every endpoint that is mapped also needs <see cref="CallTracker.Track"/>.</summary>
    public static IServiceCollection AddCallHandling(this IServiceCollection services, CallLimits limits)
    {
        services.AddGrpc(options => options.MaxReceiveMessageSize = limits.MaxMessageSize);
        return services
            .AddSingleton(limits)
            .AddSingleton<CallTracker>()
            .AddHostedService<GracefulStop>()
            .AddHostedService<MemoryReturn>();
    }
}
