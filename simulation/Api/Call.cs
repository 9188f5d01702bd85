using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Schemas;
using Microsoft.AspNetCore.Http;

namespace Ebb.Simulation.Api;

/// <summary>One parsed API request: its resource, its user, and the form of the answer.</summary>
internal sealed class Call(HttpContext http)
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public HttpContext Http { get; } = http;

    public string Method => Http.Request.Method;

    public string Path => Http.Request.Path.Value ?? "/";

    public byte[] Body { get; set; } = [];

    public ApiResource Type { get; set; } = null!;

    public ServedVersion Version { get; set; } = null!;

    /// <summary>Null: all namespaces. Empty: the resource has none.</summary>
    public string? Namespace { get; set; }

    public string Name { get; set; } = "";

    public string Subresource { get; set; } = "";

    /// <summary>get, list, watch, create, update, patch, delete or deletecollection: as RBAC calls it.</summary>
    public string Verb { get; set; } = "";

    public string User { get; set; } = "";

    /// <summary>Whether the user may delete an object of this kind and namespace by name; null: nobody asks.</summary>
    public Func<string, bool>? MayDelete { get; set; }

    public string? Query(string name) => Http.Request.Query[name].Count > 0 ? Http.Request.Query[name][0] : null;

    /// <summary>Any value but "0" and "false" is true, an empty one included.</summary>
    public bool Asked(string name) => Query(name) is { } said and not ("0" or "false");

    public string MediaType => (Http.Request.ContentType ?? "").Split(';')[0].Trim();

    /// <summary>
    /// The field manager of what this call writes: fieldManager, else the User-Agent up to the slash.
    /// </summary>
    public string Manager =>
        Query("fieldManager") is { Length: > 0 } said ? said
        : Http.Request.Headers.UserAgent.ToString().Split('/', ' ')[0] is { Length: > 0 } agent ? agent
        : "unknown";

    /// <summary>The form of the answer that Accept asks for; parsed once.</summary>
    public Representation Wanted { get; set; } = Representation.Json;

    /// <exception cref="Failure">400: it cannot be parsed; 415: its content type is not supported.</exception>
    public JsonObject ReadObject()
    {
        var text = Encoding.UTF8.GetString(Body);
        switch (MediaType)
        {
            case "application/yaml":
                try
                {
                    return Yaml.Yaml.Documents(text) is [var one, ..]
                        ? one
                        : throw Unrecognized("couldn't get version/kind; json parse error: EOF");
                }
                catch (YamlDotNet.Core.YamlException e)
                {
                    throw Unrecognized("yaml: " + e.Message);
                }

            case "application/json"
            or "":
                return GoJson.Explain(Body) is { } why
                    ? throw Unrecognized("couldn't get version/kind; json parse error: " + why)
                    : JsonNode.Parse(text) as JsonObject
                        ?? throw Unrecognized(
                            $"couldn't get version/kind; json parse error: json: cannot unmarshal {Word(text)} "
                                + $"into Go value of type struct {{ APIVersion string "
                                + "\"json:\\\"apiVersion,omitempty\\\"\"; Kind string "
                                + $"\"json:\\\"kind,omitempty\\\"\" }}"
                        );
            case ProtobufBody.MediaType when !Type.IsCustom && ProtobufBody.Read(Body) is { } read:
                return read;
            default:
                throw Failure.UnsupportedMedia(
                    "the body of the request was in an unknown format - accepted media types include: "
                        + "application/json, application/yaml"
                );
        }
    }

    /// <summary>400 for a body that cannot be parsed, with its first thirty characters.</summary>
    public Failure Unrecognized(string why)
    {
        var shown =
            Body.Length == 0 ? "<empty>"
            : Body[0] == '{'
                ? Encoding.UTF8.GetString(Body.AsSpan()[..Math.Min(Body.Length, 30)]) + (Body.Length > 30 ? " ..." : "")
            : Convert.ToHexStringLower(Body.AsSpan()[..Math.Min(Body.Length, 30)]) + (Body.Length > 30 ? " ..." : "");
        return Failure.BadRequest(
            $"the object provided is unrecognized (must be of type {Type.Kind}): {why} ({shown})"
        );
    }

    private static string Word(string json) =>
        json.TrimStart()[0] switch
        {
            '[' => "array",
            '"' => "string",
            't' or 'f' => "bool",
            _ => "number",
        };

    public Task Answer(int status, JsonNode body, string contentType = "application/json") =>
        Answer(status, JsonSerializer.SerializeToUtf8Bytes(body, Plain), contentType);

    public async Task Answer(int status, ReadOnlyMemory<byte> body, string contentType = "application/json")
    {
        var response = Http.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, Http.RequestAborted);
    }

    public Task AnswerText(int status, string text)
    {
        Http.Response.Headers.XContentTypeOptions = "nosniff";
        return Answer(status, Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8");
    }

    public Task Answer(Failure failure)
    {
        if (failure.RetryAfter is { } seconds)
        {
            Http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (failure.AtTheDoor)
        {
            Http.Response.Headers.XContentTypeOptions = "nosniff";
        }

        return Answer(failure.Code, failure.Body);
    }
}
