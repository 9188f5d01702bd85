using Ebb.Engine.Capacity;
using Ebb.Engine.Dashboard;
using Ebb.Engine.Health;
using Ebb.Engine.Http;
using Ebb.Engine.Metrics;
using Ebb.Engine.Schedules;
using Ebb.Engine.Settings;

namespace Ebb.Engine;

/// <summary>The one route table: every host answers HTTP with it.</summary>
internal static class EbbRoutes
{
    /// <summary>
    /// What comes before any route: headers, failures, keys, sizes, origins; then the choice of the route.
    /// </summary>
    public static void UseEbb(this IApplicationBuilder app)
    {
        app.UseSecurityHeaders();
        app.UseRequestGuard(app.ApplicationServices.GetRequiredService<EbbSettings>());
        app.Use(
            (context, next) =>
            {
                // HEAD takes the route of GET; the server leaves out the body of its own accord.
                if (HttpMethods.IsHead(context.Request.Method))
                    context.Request.Method = HttpMethods.Get;
                return next(context);
            }
        );
        app.UseRouting();
    }

    /// <param name="app">Where to.</param>
    /// <param name="more">Routes of this host only, below <c>/api</c>.</param>
    public static void MapEbb(this IEndpointRouteBuilder app, Action<IEndpointRouteBuilder>? more = null)
    {
        // Relative, so that it holds below a path of a proxy too.
        app.MapGet("/", () => Results.Redirect("api/dashboard")).ExcludeFromDescription();
        app.MapEbbHealth();
        var api = app.MapGroup("/api");
        api.MapRouteList(app);
        api.MapOpenApiDocument();
        api.MapSession();
        api.MapView();
        api.MapControl();
        api.MapOverrides();
        api.MapJournal();
        api.MapDashboard();
        api.MapSchedules();
        api.MapCapacity();
        api.MapWhatIf();
        app.MapMetrics(api);
        more?.Invoke(api);
        // MapFallback leaves out whatever looks like the name of a file.
        app.Map("{**path}", () => Problems.NotFound("there is nothing here; GET /api lists what there is"))
            .ExcludeFromDescription()
            .Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
    }
}
