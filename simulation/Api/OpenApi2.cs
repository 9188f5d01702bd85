using System.Text;
using System.Text.Json.Nodes;

namespace Ebb.Simulation.Api;

/// <summary>
/// OpenAPI v2, which kubectl before 1.27 reads before it applies anything, and only as protobuf. It describes no type:
/// kubectl then leaves validation to the server and merges with what it was compiled with.
/// </summary>
internal static class OpenApi2
{
    // The type in Accept is not a valid media type, so servers do not put it into the answer.
    private const string Protobuf = "application/octet-stream";

    public static Task Answer(Call call, string version) =>
        call.Http.Request.Headers.Accept.ToString().Contains("proto-openapi", StringComparison.Ordinal)
            ? call.Answer(200, Binary(version), Protobuf)
            : call.Answer(
                200,
                new JsonObject
                {
                    ["swagger"] = "2.0",
                    ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = version },
                    ["paths"] = new JsonObject(),
                }
            );

    /// <summary>openapi.v2.Document: swagger is field 1, info is field 2, with title (1) and version (2).</summary>
    private static ReadOnlyMemory<byte> Binary(string version) =>
        (byte[])
            [
                .. Field(1, Encoding.UTF8.GetBytes("2.0")),
                .. Field(
                    2,
                    [.. Field(1, Encoding.UTF8.GetBytes("Kubernetes")), .. Field(2, Encoding.UTF8.GetBytes(version))]
                ),
            ];

    /// <summary>A length-delimited field; both numbers stay below 16 and 128, so each takes one byte.</summary>
    private static byte[] Field(byte number, byte[] value) =>
        [(byte)((number << 3) | 2), checked((byte)value.Length), .. value];
}
