using System.Text.Json;

namespace Ebb.Kubernetes.Capacity;

/// <summary>Reads which volumes of a template, or of a pod that waits, decide where it may go.</summary>
internal static class VolumeReader
{
    /// <summary>The claims that it names, and its volumes with a claim of each pod's own.</summary>
    public static (IReadOnlyList<string> Named, IReadOnlyList<string> Own) Claims(ref Utf8JsonReader reader)
    {
        using var volumes = JsonDocument.ParseValue(ref reader);
        if (volumes.RootElement.ValueKind != JsonValueKind.Array)
            return ([], []);
        List<string>? named = null,
            own = null;
        foreach (var volume in volumes.RootElement.EnumerateArray())
        {
            if (volume.ValueKind != JsonValueKind.Object)
                continue;
            if (volume.TryGetProperty("ephemeral", out _))
                (own ??= []).Add(Text(volume, "name") ?? "");
            if (volume.TryGetProperty("persistentVolumeClaim", out var claim) && Text(claim, "claimName") is { } name)
                (named ??= []).Add(name);
        }

        return (named ?? (IReadOnlyList<string>)[], own ?? (IReadOnlyList<string>)[]);
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var text)
        && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}
