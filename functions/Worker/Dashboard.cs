using Microsoft.Azure.Functions.Worker;

namespace Ebb.Functions.Worker;

/// <summary>The page, which holds no data.</summary>
internal sealed class Dashboard(RouteTable routes)
{
    [Function(nameof(Dashboard))]
    public Task RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "dashboard/{*path}")] HttpRequest request
    ) => routes.AnswerAsync(request.HttpContext);
}
