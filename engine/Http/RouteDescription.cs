using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Ebb.Engine.Http;

/// <summary>What <c>GET /api/openapi.json</c> says of a route beside its path.</summary>
internal static class RouteDescription
{
    private const string ProblemType = "application/problem+json";

    /// <summary>One sentence, the answer's shape, and with which status it is refused.</summary>
    public static RouteHandlerBuilder Answers<T>(
        this RouteHandlerBuilder route,
        string summary,
        int status = StatusCodes.Status200OK,
        params int[] refusals
    ) => Refuses(route.WithSummary(summary).Produces<T>(status), refusals);

    /// <summary>The same for an answer that is text of another type.</summary>
    public static RouteHandlerBuilder AnswersText(
        this RouteHandlerBuilder route,
        string summary,
        string type,
        params int[] refusals
    ) =>
        Refuses(route.WithSummary(summary).Produces(StatusCodes.Status200OK), refusals)
            .AddOpenApiOperationTransformer(
                (operation, _, _) =>
                {
                    // Of an answer without a type of ours the document would leave out the content.
                    if (operation.Responses?["200"] is OpenApiResponse answer)
                        answer.Content = new Dictionary<string, OpenApiMediaType> { [type] = new() };
                    return Task.CompletedTask;
                }
            );

    /// <summary>A parameter of the query, read by the route itself.</summary>
    public static RouteHandlerBuilder Query(this RouteHandlerBuilder route, string name, string meaning) =>
        route.AddOpenApiOperationTransformer(
            (operation, _, _) =>
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(
                    new OpenApiParameter
                    {
                        Name = name,
                        In = ParameterLocation.Query,
                        Description = meaning,
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    }
                );
                return Task.CompletedTask;
            }
        );

    /// <summary>A body, with an example of it.</summary>
    public static RouteHandlerBuilder Takes(
        this RouteHandlerBuilder route,
        string type,
        string example,
        bool required = true
    ) =>
        route.AddOpenApiOperationTransformer(
            (operation, _, _) =>
            {
                var isJson = type == "application/json";
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = required,
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        [type] = new()
                        {
                            Schema = new OpenApiSchema
                            {
                                Type = isJson ? JsonSchemaType.Object : JsonSchemaType.String,
                            },
                            Example = isJson ? JsonNode.Parse(example) : JsonValue.Create(example),
                        },
                    },
                };
                return Task.CompletedTask;
            }
        );

    private static RouteHandlerBuilder Refuses(RouteHandlerBuilder route, int[] refusals)
    {
        foreach (var status in refusals)
            route.Produces<Problem>(status, ProblemType);
        return route;
    }
}
