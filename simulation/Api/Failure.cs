using System.Text.Json.Nodes;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Api;

/// <summary>An answer that is not a success: a Status object and an HTTP code.</summary>
internal sealed class Failure : Exception
{
    public Failure(int code, string? reason, string message, JsonObject? details = null)
        : base(message)
    {
        Code = code;
        Body = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
        };
        if (reason is not null)
        {
            Body["reason"] = reason;
        }

        if (details is not null)
        {
            Body["details"] = details;
        }

        Body["code"] = code;
    }

    public int Code { get; }

    public JsonObject Body { get; }

    /// <summary>Refused before any handler; such answers have one more header.</summary>
    public bool AtTheDoor { get; init; }

    /// <summary>Seconds for the Retry-After header.</summary>
    public int? RetryAfter { get; init; }

    public static Failure NotFound(ApiResource type, string name) =>
        new(404, "NotFound", $"{type.Qualified} \"{name}\" not found", Details(name, type.Group, type.Plural));

    public static Failure AlreadyExists(ApiResource type, string name) =>
        new(
            409,
            "AlreadyExists",
            $"{type.Qualified} \"{name}\" already exists",
            Details(name, type.Group, type.Plural)
        );

    public static Failure Conflict(ApiResource type, string name) =>
        new(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {type.Qualified} \"{name}\": the object has been modified; "
                + "please apply your changes to the latest version and try again",
            Details(name, type.Group, type.Plural)
        );

    public static Failure PreconditionFailed(ApiResource type, string name, string why) =>
        new(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {type.Kind}{(type.Group.Length > 0 ? "." + type.Group : "")} \"{name}\": {why}",
            Details(name, type.Group, type.Kind)
        );

    public static Failure Invalid(string group, string kind, string name, FieldErrors errors)
    {
        var all = errors.All;
        var what = group.Length == 0 ? kind : kind + "." + group;
        var said = all.Select(e => e.ToString()).Distinct().ToList();
        var list = string.Join(", ", said);
        var details = Details(name, group, kind);
        details["causes"] = Causes(all);
        return new Failure(
            422,
            "Invalid",
            $"{what} \"{name}\" is invalid: {(said.Count > 1 ? "[" + list + "]" : list)}",
            details
        );
    }

    public static Failure BadRequest(string message) => new(400, "BadRequest", message);

    public static Failure Unprocessable() =>
        new(422, "Invalid", "the server rejected our request due to an error in our request", []);

    public static Failure MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static Failure UnsupportedMedia(string message) => new(415, "UnsupportedMediaType", message, null);

    public static Failure Internal(string why) =>
        new(
            500,
            "InternalError",
            "Internal error occurred: " + why,
            new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = why }) }
        );

    public static Failure Expired(string message) => new(410, "Expired", message);

    public static JsonObject Details(string name, string group, string kind)
    {
        var details = new JsonObject();
        if (name.Length > 0)
        {
            details["name"] = name;
        }

        if (group.Length > 0)
        {
            details["group"] = group;
        }

        if (kind.Length > 0)
        {
            details["kind"] = kind;
        }

        return details;
    }

    private static JsonArray Causes(IEnumerable<FieldError> errors)
    {
        var causes = new JsonArray();
        foreach (var error in errors)
        {
            causes.Add(
                new JsonObject
                {
                    ["reason"] = error.Reason,
                    ["message"] = error.Message,
                    ["field"] = error.Field,
                }
            );
        }

        return causes;
    }
}
