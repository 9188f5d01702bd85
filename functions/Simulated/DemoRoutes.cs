using System.Text.Json;
using Ebb.Engine.Dashboard;
using Ebb.Engine.Http;

namespace Ebb.Functions.Simulated;

/// <summary><c>POST /api/demo/…</c>, in the simulation only.</summary>
internal static class DemoRoutes
{
    public static void MapDemo(this IEndpointRouteBuilder api, IDemoControls demo) =>
        api.MapPost(
                "/demo/{verb}",
                async (string verb, HttpContext context) =>
                {
                    if (verb != "speed" && HasBody(context) && await IsNoObjectAsync(context))
                        return Problems.BadRequest("expected an empty body, or the JSON object {}");
                    switch (verb)
                    {
                        case "pull-plug":
                            demo.PullThePlug();
                            break;
                        case "plug-in":
                            demo.PlugIn();
                            break;
                        case "flap":
                            demo.Flap();
                            break;
                        case "speed":
                            try
                            {
                                var request = await context.Request.ReadFromJsonAsync(
                                    DashboardJson.Default.SpeedRequest,
                                    context.RequestAborted
                                );
                                if (request?.Speed is not { } speed || !(speed is >= 1 and <= 60))
                                    return Problems.BadRequest("$.speed: expected a number from 1 to 60");
                                demo.Run(speed);
                            }
                            catch (Exception fault) when (fault is JsonException or InvalidOperationException)
                            {
                                return Problems.BadRequest("expected a JSON object such as {\"speed\": 10}");
                            }
                            break;
                        default:
                            return Problems.NotFound("expected /api/demo/pull-plug, plug-in, flap or speed");
                    }
                    return Results.Accepted();
                }
            )
            .WithSummary("Moves the demo's world: pull-plug, plug-in, flap or speed.")
            .Produces(StatusCodes.Status202Accepted);

    /// <summary>The guard in front of the routes has read it whole.</summary>
    private static bool HasBody(HttpContext context) => context.Request.Body is MemoryStream { Length: > 0 };

    private static async Task<bool> IsNoObjectAsync(HttpContext context)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
            return body.RootElement.ValueKind != JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return true;
        }
    }
}
