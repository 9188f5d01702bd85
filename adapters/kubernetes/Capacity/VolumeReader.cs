using System.Text.Json;

namespace Ebb.Kubernetes.Capacity;

/// <summary>Reads which volumes of a template decide where its pods may go.</summary>
internal static class VolumeReader
{
    /// <summary>The claims that it names; claims of each pod's own go to what cannot be counted.</summary>
    public static IReadOnlyList<string> Claims(ref Utf8JsonReader reader, List<string> uncountable)
    {
        using var volumes = JsonDocument.ParseValue(ref reader);
        List<string> claims = [];
        if (volumes.RootElement.ValueKind != JsonValueKind.Array)
            return claims;
        foreach (var volume in volumes.RootElement.EnumerateArray())
        {
            if (volume.ValueKind != JsonValueKind.Object)
                continue;
            if (volume.TryGetProperty("ephemeral", out _))
                uncountable.Add($"volume {Text(volume, "name")} with a claim of each pod's own");
            if (volume.TryGetProperty("persistentVolumeClaim", out var claim) && Text(claim, "claimName") is { } name)
                claims.Add(name);
        }

        return claims;
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var text)
        && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}
