using Microsoft.Azure.Functions.Worker;

namespace Ebb.Functions.Worker;

/// <summary>Everything that only looks.</summary>
internal sealed class View(RouteTable routes)
{
    // Anonymous for the host: Ebb checks its own keys, by the same rule as without a host.
    [Function(nameof(View))]
    public Task RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "{*path}")] HttpRequest request
    ) => routes.AnswerAsync(request.HttpContext);
}
