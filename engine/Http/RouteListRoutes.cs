namespace Ebb.Engine.Http;

/// <summary><c>GET /api</c>: every route of this process, as it was mapped.</summary>
internal static class RouteListRoutes
{
    public static void MapRouteList(this IEndpointRouteBuilder api, IEndpointRouteBuilder app) =>
        api.MapGet(
                "",
                () =>
                    Results.Json(
                        new RouteListAnswer([
                            .. app
                                .DataSources.SelectMany(source => source.Endpoints)
                                .OfType<RouteEndpoint>()
                                .SelectMany(endpoint =>
                                    (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(
                                        method => new RouteAnswer(
                                            method,
                                            $"/{endpoint.RoutePattern.RawText?.Trim('/')}"
                                        )
                                    )
                                )
                                .Where(route => !route.Path.StartsWith("/api/dashboard/", StringComparison.Ordinal))
                                .OrderBy(route => route.Path, StringComparer.Ordinal)
                                .ThenBy(route => route.Method, StringComparer.Ordinal),
                        ]),
                        AnswerJson.Default.RouteListAnswer
                    )
            )
            .Answers<RouteListAnswer>("Every route of this process.");
}
