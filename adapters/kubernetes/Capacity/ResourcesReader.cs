using System.Text.Json;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>Reads <c>resources</c> of a container or of a pod.</summary>
internal static class ResourcesReader
{
    /// <summary>
    /// What is requested. A limit without a request counts as the request, as the API server fills it in when it
    /// creates a pod. Null: neither is there.
    /// </summary>
    public static Amounts? Next(ref Utf8JsonReader reader) => Next(ref reader, out _);

    /// <summary>The same, and the limits as they are written.</summary>
    public static Amounts? Next(ref Utf8JsonReader reader, out Amounts limited)
    {
        var (requests, limits) = Written(ref reader);
        limited = limits ?? Core.Capacity.Amounts.None;
        if (limits is null)
            return requests;
        if (requests is null)
            return limits;
        return Core.Capacity.Amounts.Of(
            limits.Pairs().Where(pair => requests.Pairs().All(other => other.Id != pair.Id)).Concat(requests.Pairs())
        );
    }

    /// <summary>Both as they are written; null: it is not there.</summary>
    public static (Amounts? Requests, Amounts? Limits) Written(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.SkipValue();
            return (null, null);
        }

        Amounts? requests = null,
            limits = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("requests"u8))
                requests = Amounts(ref reader);
            else if (reader.ValueTextEquals("limits"u8))
                limits = Amounts(ref reader);
            else
            {
                reader.Read();
                reader.SkipValue();
            }
        }

        return (requests, limits);
    }

    /// <summary>A map of resource and quantity.</summary>
    public static Amounts Amounts(ref Utf8JsonReader reader)
    {
        reader.Read();
        return AmountsReader.Read(ref reader);
    }
}
