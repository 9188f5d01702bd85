using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Metrics;
using Ebb.Scaler.Answers;

namespace Ebb.Scaler.Http;

/// <summary>What the HTTP port shows: health, metrics, and why each answer is what it is.</summary>
internal sealed class Pages(Readiness readiness, Explanations explanations, WhatIfPage whatIf, Exposition metrics)
{
    private const string Known =
        "/healthz /readyz /metrics /explain /explain/NAMESPACE/SCALEDOBJECT " + "/what-if?cpu=8&memory=32Gi";

    public Task ShowAsync(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
            return TextAsync(http, 405, "GET only\n");
        var path = http.Request.Path.Value ?? "/";
        switch (path.Split('/'))
        {
            case ["", "healthz"]:
                return TextAsync(http, 200, "ok\n");
            case ["", "readyz"] when readiness.IsReady:
                return TextAsync(http, 200, "ok\n");
            case ["", "readyz"]:
                return TextAsync(http, 503, string.Concat(readiness.Reasons.Select(reason => reason + '\n')));
            case ["", "metrics"]:
                return WriteAsync(http, 200, Exposition.ContentType, metrics.Render());
            case ["", "explain"]:
                return JsonAsync(
                    http,
                    explanations.All(
                        http.Request.Query["follows"] == "capacity",
                        int.TryParse(
                            http.Request.Query["nodes"],
                            NumberStyles.None,
                            CultureInfo.InvariantCulture,
                            out var nodes
                        )
                            ? nodes
                            : 0
                    )
                );
            case ["", "what-if"]:
                var (status, answer) = whatIf.Of(http.Request.Query);
                return WriteAsync(http, status, "application/json", answer.ToJsonString());
            case ["", "explain", var @namespace, var name] when explanations.Of(@namespace, name) is { } one:
                return JsonAsync(http, one);
            default:
                return TextAsync(http, 404, $"no such page, or nobody has asked about it yet: {Known}\n");
        }
    }

    private static Task TextAsync(HttpContext http, int status, string text) =>
        WriteAsync(http, status, "text/plain; charset=utf-8", text);

    private static Task JsonAsync(HttpContext http, JsonObject tree) =>
        WriteAsync(http, 200, "application/json", tree.ToJsonString());

    private static Task WriteAsync(HttpContext http, int status, string type, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        return http.Response.WriteAsync(text);
    }
}
