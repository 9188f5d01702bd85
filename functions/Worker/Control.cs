using Microsoft.Azure.Functions.Worker;

namespace Ebb.Functions.Worker;

/// <summary>Everything that acts.</summary>
internal sealed class Control(RouteTable routes)
{
    // Anonymous for the host: Ebb checks its own keys, by the same rule as without a host.
    [Function(nameof(Control))]
    public Task RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "put", "delete", Route = "{*path}")] HttpRequest request
    ) => routes.AnswerAsync(request.HttpContext);
}
