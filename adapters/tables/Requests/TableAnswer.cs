using System.Text.Json;
using Azure;

namespace Ebb.Tables.Requests;

/// <summary>What the service said: status, its own code for a refusal, ETag, and the body.</summary>
internal sealed record TableAnswer(
    int Status,
    string? Code,
    string? ETag,
    BinaryData Body,
    (string Partition, string? Row)? Next
)
{
    public bool Done => Status is >= 200 and < 300;

    public static TableAnswer Of(Response response) =>
        new(
            response.Status,
            response.Status < 400 ? null : CodeOf(response),
            response.Headers.ETag?.ToString(),
            response.Content,
            response.Headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var partition)
            && partition is not null
                ? (partition, response.Headers.TryGetValue("x-ms-continuation-NextRowKey", out var row) ? row : null)
                : null
        );

    private static string? CodeOf(Response response)
    {
        if (response.Headers.TryGetValue("x-ms-error-code", out var code))
            return code;
        try
        {
            using var body = JsonDocument.Parse(response.Content);
            return
                body.RootElement.TryGetProperty("odata.error", out var error)
                && error.TryGetProperty("code", out var written)
                ? written.GetString()
                : null;
        }
        catch (JsonException)
        {
            // A proxy's page, or nothing: the status alone is said.
            return null;
        }
    }
}
