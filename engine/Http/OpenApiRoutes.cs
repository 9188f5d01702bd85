using Ebb.Engine.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using NodaTime;

namespace Ebb.Engine.Http;

/// <summary>
/// <c>GET /api/openapi.json</c>: what can be asked and what is answered, made from the routes themselves.
/// </summary>
internal static class OpenApiRoutes
{
    private const string KeyHeader = "x-functions-key";

    /// <summary>Paths whose last part takes all that is left, as callers know them.</summary>
    private static readonly Dictionary<(string Path, HttpMethod Method), string> Spelled = new()
    {
        [("/api/workloads/{rest}", HttpMethod.Get)] = "/api/workloads/{namespace}/{kind}/{name}",
        [("/api/workloads/{rest}", HttpMethod.Put)] = "/api/workloads/{namespace}/{kind}/{name}/override",
        [("/api/workloads/{rest}", HttpMethod.Delete)] = "/api/workloads/{namespace}/{kind}/{name}/override",
    };

    public static IServiceCollection AddEbbOpenApi(this IServiceCollection services) =>
        services
            .ConfigureHttpJsonOptions(options =>
            {
                options.SerializerOptions.Converters.Add(new InstantConverter());
                options.SerializerOptions.Converters.Add(new DurationConverter());
            })
            .AddOpenApi(options =>
            {
                options.AddSchemaTransformer(
                    (schema, context, _) =>
                    {
                        Describe(
                            schema,
                            Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type
                        );
                        return Task.CompletedTask;
                    }
                );
                options.AddDocumentTransformer(
                    (document, _, _) =>
                    {
                        Complete(document);
                        return Task.CompletedTask;
                    }
                );
            });

    public static void MapOpenApiDocument(this IEndpointRouteBuilder api) => api.MapOpenApi("/openapi.json");

    private static void Describe(OpenApiSchema schema, Type type)
    {
        if (type == typeof(Instant))
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        else if (type == typeof(Duration))
            (schema.Type, schema.Description) = (JsonSchemaType.Number, "seconds");
    }

    private static void Complete(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Ebb",
            Version = "v1",
            Description =
                "GET and HEAD take the view key or the control key, everything else the control key. "
                + "A refusal is a problem (RFC 9457).",
        };
        // The address of this process is not what others reach it by.
        document.Servers = null;
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes["key"] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = KeyHeader,
        };
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [] },
        ];
        Spell(document);
    }

    private static void Spell(OpenApiDocument document)
    {
        foreach (var ((path, method), spelled) in Spelled)
        {
            if (
                !document.Paths.TryGetValue(path, out var item)
                || item.Operations?.Remove(method, out var operation) != true
            )
                continue;
            operation!.Parameters =
            [
                .. operation.Parameters?.Where(one => one.In != ParameterLocation.Path) ?? [],
                .. ((string[])["namespace", "kind", "name"]).Select(InPath),
            ];
            if (!document.Paths.TryGetValue(spelled, out var there))
                document.Paths[spelled] = there = new OpenApiPathItem { Operations = [] };
            there.Operations![method] = operation;
            if (item.Operations.Count == 0)
                document.Paths.Remove(path);
        }
    }

    private static OpenApiParameter InPath(string name) =>
        new()
        {
            Name = name,
            In = ParameterLocation.Path,
            Required = true,
            Description =
                name == "kind"
                    ? "deployment, statefulset, … or group/version/Kind, whose slashes stay as they are"
                    : null,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };
}
