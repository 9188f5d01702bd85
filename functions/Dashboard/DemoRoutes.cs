using System.Text.Json;
using Ebb.Functions.Api;

namespace Ebb.Functions.Dashboard;

/// <summary>What may be done to the simulated world; there is none where a real cluster is.</summary>
internal interface IDemoControls
{
    double Speed { get; }

    bool OnMains { get; }

    void PullThePlug();

    void PlugIn();

    /// <summary>Mains comes and goes for a while; returns at once.</summary>
    void Flap();

    /// <param name="speed">Seconds of the world in one of ours, 1 to 60.</param>
    void Run(double speed);
}

/// <summary><c>POST /api/demo/…</c>, in the simulation only.</summary>
internal static class DemoRoutes
{
    public static void MapDemo(this IEndpointRouteBuilder api, IDemoControls demo) =>
        api.MapPost(
            "/demo/{verb}",
            async (string verb, HttpContext context) =>
            {
                if (verb != "speed" && context.Request.ContentLength > 0 && await IsNoObjectAsync(context))
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
        );

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
