using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ebb.Simulation.Api;

/// <summary>A complete answer, to be sent after the store's lock was released.</summary>
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
