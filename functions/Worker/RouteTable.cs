using Ebb.Engine;

namespace Ebb.Functions.Worker;

/// <summary>The engine's routes as one delegate, for functions that hold a request already.</summary>
/// <param name="services">Of the worker.</param>
/// <param name="more">Routes of the simulation; null: none.</param>
internal sealed class RouteTable(IServiceProvider services, Action<IEndpointRouteBuilder>? more)
{
    private readonly Lazy<RequestDelegate> _answer = new(() =>
    {
        var app = new ApplicationBuilder(services);
        app.UseEbb();
        app.UseEndpoints(endpoints => endpoints.MapEbb(more));
        return app.Build();
    });

    public Task AnswerAsync(HttpContext context)
    {
        // The worker has found the function's endpoint, and routing leaves a request alone that has one.
        context.SetEndpoint(null);
        return _answer.Value(context);
    }
}
