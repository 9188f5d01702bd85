using Ebb.Engine.Settings;

namespace Ebb.Engine.Capacity;

/// <summary>What spare capacity there is and who follows it.</summary>
internal static class CapacityRoutes
{
    /// <param name="services">Where to.</param>
    /// <param name="settings">All of them.</param>
    /// <param name="own">A scaler of this process, as the demo has one; null: none.</param>
    public static IServiceCollection AddCapacity(
        this IServiceCollection services,
        EbbSettings settings,
        ScalerPlace? own
    ) =>
        services
            .AddSingleton(
                settings.CapacityScaler is null && own is not null ? own : ScalerPlace.At(settings.CapacityScaler)
            )
            .AddSingleton<ScalerClient>()
            .AddSingleton<CapacityHistory>()
            .AddHostedService<CapacityWatching>();

    public static void MapCapacity(this IEndpointRouteBuilder api) =>
        api.MapGet(
                "/capacity",
                (CapacityHistory history) => Results.Json(history.Answer(), CapacityJson.Default.CapacityAnswer)
            )
            .WithSummary("What spare capacity there is, and who follows it.")
            .Produces<CapacityAnswer>();
}
