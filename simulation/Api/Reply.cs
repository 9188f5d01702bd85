using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ebb.Simulation.Api;

/// <summary>A finished answer, ready to be sent after the gate is let go.</summary>
internal sealed record Reply(int Status, ReadOnlyMemory<byte> Body, string ContentType)
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public static Reply Json(int status, JsonNode body) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(body, Plain), "application/json");

    public static Reply Text(int status, string body) => new(status, Encoding.UTF8.GetBytes(body), "text/plain");
}
