using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Api;

/// <summary>The continue token of a list: base64 of a version and the last key, as the real one is.</summary>
internal static class ContinueToken
{
    public static string Write(long version, string last) => Encode(new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = version, ["start"] = "/" + last + "\0" });

    /// <summary>The version of the list (-1: whatever is now), and the last key that was sent.</summary>
    /// <exception cref="Failure">400: not a token.</exception>
    public static (long Version, string Last) Read(string token)
    {
        try
        {
            var padded = token.Replace('-', '+').Replace('_', '/');
            padded += new string('=', (4 - (padded.Length % 4)) % 4);
            var read = JsonNode.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(padded)));
            return (read.Whole("rv") ?? 0, (read.Text("start") ?? "").TrimEnd('\0').TrimStart('/'));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw Failure.BadRequest("invalid continue token: continue key is not valid: invalid character '\\u0081' looking for beginning of value");
        }
    }

    /// <summary>410, with a token that goes on from the same key without consistency.</summary>
    public static Failure Expired(string last)
    {
        var failure = Failure.Expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.");
        failure.Body.Ensure("metadata")["continue"] = Encode(new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = -1, ["start"] = last + "\0" });
        return failure;
    }

    private static string Encode(JsonObject token) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(token.ToJsonString())).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
