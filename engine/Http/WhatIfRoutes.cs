using System.Text.Json;
using Ebb.Engine.Capacity;

namespace Ebb.Engine.Http;

/// <summary><c>GET /api/capacity/what-if</c>: what the scaler says, as it says it.</summary>
internal static class WhatIfRoutes
{
    public static void MapWhatIf(this IEndpointRouteBuilder api) =>
        api.MapGet(
                "/capacity/what-if",
                async (HttpRequest request, ScalerClient scaler, CancellationToken stop) =>
                {
                    var (body, status, why) = await scaler.GetAsync($"/what-if{request.QueryString}", stop);
                    return body is null ? Problems.Of(503, "Not known", why) : Of(body, status);
                }
            )
            .AnswersText("What would be given back for one more pod.", "application/json", 400, 502, 503)
            .Query("cpu", "what the pod requests, as in a manifest; any resource may be named")
            .Query("memory", "likewise");

    private static IResult Of(byte[] body, int status)
    {
        try
        {
            using var said = JsonDocument.Parse(body);
            return status switch
            {
                200 => Results.Bytes(body, "application/json"),
                400 => Problems.BadRequest(Text(said, "invalid")),
                503 => Problems.Of(status, "Not known", Text(said, "unknown")),
                _ => Problems.Of(502, "Bad gateway", $"the scaler answers {status}"),
            };
        }
        catch (JsonException)
        {
            return Problems.Of(502, "Bad gateway", $"the scaler answers {status}, and no JSON");
        }
    }

    private static string Text(JsonDocument said, string name) =>
        said.RootElement.ValueKind == JsonValueKind.Object && said.RootElement.TryGetProperty(name, out var text)
            ? text.ToString()
            : "";
}
