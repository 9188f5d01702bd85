using System.Text.Json;

namespace Ebb.Kubernetes.Resources;

/// <summary>
/// Passing over a value inside a converter. The whole value is there when a converter is called, but
/// <c>Utf8JsonReader.Skip</c> does not trust that while more of a stream may come.
/// </summary>
internal static class JsonSkip
{
    public static void SkipValue(this ref Utf8JsonReader reader)
    {
        if (!reader.TrySkip())
            throw new JsonException("a value is cut off");
    }
}
