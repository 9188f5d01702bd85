using System.Text.Json;

namespace Ebb.Kubernetes.Resources;

/// <summary>Type and status of conditions, read one after the other without an object for each.</summary>
internal static class StatusCondition
{
    /// <summary>The next element of an array that the reader is in; false: there is none.</summary>
    public static bool Next(ref Utf8JsonReader reader, out string? type, out string? status)
    {
        (type, status) = (null, null);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isType, isStatus) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("status"u8));
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
                type = StringPool.Read(ref reader);
            else if (isStatus && reader.TokenType == JsonTokenType.String)
                status = StringPool.Read(ref reader);
            else
                reader.SkipValue();
        }

        return true;
    }

    /// <summary>Null when it is neither True nor False.</summary>
    public static bool? IsTrue(string? status) =>
        status switch
        {
            "True" => true,
            "False" => false,
            _ => null,
        };
}
