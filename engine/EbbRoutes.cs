using Ebb.Engine.Capacity;
using Ebb.Engine.Dashboard;
using Ebb.Engine.Http;
using Ebb.Engine.Metrics;
using Ebb.Engine.Schedules;
using Ebb.Engine.Settings;

namespace Ebb.Engine;

/// <summary>The one route table: every host answers HTTP with it.</summary>
internal static class EbbRoutes
{
    /// <summary>What comes before any route: headers, failures, keys, sizes, origins.</summary>
    public static void UseEbb(this IApplicationBuilder app)
    {
        app.UseSecurityHeaders();
        app.UseRequestGuard(app.ApplicationServices.GetRequiredService<EbbSettings>());
    }

    /// <param name="app">Where to.</param>
    /// <param name="more">Routes of this host only, below <c>/api</c>.</param>
    public static void MapEbb(this IEndpointRouteBuilder app, Action<IEndpointRouteBuilder>? more = null)
    {
        app.MapGet("/", () => Results.Text("Ebb\n"));
        var api = app.MapGroup("/api");
        api.MapView();
        api.MapControl();
        api.MapOverrides();
        api.MapDashboard();
        api.MapSchedules();
        api.MapCapacity();
        app.MapMetrics(api);
        more?.Invoke(api);
        // MapFallback leaves out whatever looks like the name of a file.
        app.Map("{**path}", () => Problems.NotFound("there is nothing here; GET /api/status is a good beginning"))
            .Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
    }
}
