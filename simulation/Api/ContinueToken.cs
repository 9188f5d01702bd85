using System.Text;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Api;

/// <summary>The continue token of a list: base64 of a version and the last key, as the real one is.</summary>
internal static class ContinueToken
{
    private static readonly System.Buffers.SearchValues<char> Alphabet = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    );

    public static string Write(long version, string last) =>
        Encode(
            new JsonObject
            {
                ["v"] = "meta.k8s.io/v1",
                ["rv"] = version,
                ["start"] = "/" + last + "\0",
            }
        );

    /// <summary>The version of the list (-1: the present one), and the last key that was sent.</summary>
    /// <exception cref="Failure">400: not a token.</exception>
    public static (long Version, string Last) Read(string token)
    {
        try
        {
            if (token.AsSpan().IndexOfAnyExcept(Alphabet) is >= 0 and var odd)
            {
                throw Bad($"illegal base64 data at input byte {odd}");
            }

            var padded = token.Replace('-', '+').Replace('_', '/');
            padded += new string('=', (4 - (padded.Length % 4)) % 4);
            var bytes = Convert.FromBase64String(padded);
            if (Schemas.GoJson.Explain(bytes) is { } why)
            {
                throw Bad(why);
            }

            var read = JsonNode.Parse(bytes);
            if (read.Text("v") != "meta.k8s.io/v1")
            {
                throw Bad("server does not recognize this encoded version");
            }

            return (read.Whole("rv") ?? 0, (read.Text("start") ?? "").TrimEnd('\0').TrimStart('/'));
        }
        catch (FormatException)
        {
            throw Bad($"illegal base64 data at input byte {token.Length - (token.Length % 4)}");
        }
    }

    private static Failure Bad(string why) =>
        Failure.BadRequest("invalid continue token: continue key is not valid: " + why);

    /// <summary>410, with a token that continues after the same key at the present version.</summary>
    public static Failure Expired(string last)
    {
        var failure = Failure.Expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a "
                + "new list without the continue parameter, or use the continue token in this response to "
                + "retrieve the remainder of the results. Continuing with the provided token results in an "
                + "inconsistent list - objects that were created, modified, or deleted between the time the "
                + "first chunk was returned and now may show up in the list."
        );
        failure.Body.Ensure("metadata")["continue"] = Encode(
            new JsonObject
            {
                ["v"] = "meta.k8s.io/v1",
                ["rv"] = -1,
                ["start"] = last + "\0",
            }
        );
        return failure;
    }

    private static string Encode(JsonObject token) =>
        Convert
            .ToBase64String(Encoding.UTF8.GetBytes(token.ToJsonString()))
            .TrimEnd('=')
            .Replace('+', '-')
            .Replace('/', '_');
}
