using System.Text.Json;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>What of a pod's spec, or of a template's, decides about capacity.</summary>
internal sealed record PodSpecFacts(string? Node, bool Gated, Amounts Requests, Placement Placement)
{
    public static readonly PodSpecFacts Nothing = new(null, false, Amounts.None, Placement.Anywhere);
}

/// <summary>
/// Reads a pod's spec without copying it. The placement of a pod that is on a node already is not read.
/// </summary>
internal static class PodSpecReader
{
    public static PodSpecFacts Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.SkipValue();
            return PodSpecFacts.Nothing;
        }

        string? node = null;
        var gated = false;
        List<ContainerRequests> containers = [];
        var (overhead, whole) = (Amounts.None, (Amounts?)null);
        Utf8JsonReader affinity = default,
            tolerations = default,
            selector = default;
        var (hasAffinity, hasTolerations, hasSelector) = (false, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("nodeName"u8))
                node = Text(ref reader);
            else if (reader.ValueTextEquals("containers"u8))
                Containers(ref reader, containers, initial: false);
            else if (reader.ValueTextEquals("initContainers"u8))
                Containers(ref reader, containers, initial: true);
            else if (reader.ValueTextEquals("overhead"u8))
                overhead = Next(ref reader);
            else if (reader.ValueTextEquals("resources"u8))
                whole = Resources(ref reader);
            else if (reader.ValueTextEquals("schedulingGates"u8))
            {
                reader.Read();
                var look = reader;
                gated =
                    look.TokenType == JsonTokenType.StartArray
                    && look.Read()
                    && look.TokenType == JsonTokenType.StartObject;
                reader.SkipValue();
            }
            else if (reader.ValueTextEquals("affinity"u8))
                hasAffinity = Place(ref reader, ref affinity);
            else if (reader.ValueTextEquals("tolerations"u8))
                hasTolerations = Place(ref reader, ref tolerations);
            else if (reader.ValueTextEquals("nodeSelector"u8))
                hasSelector = Place(ref reader, ref selector);
            else
            {
                reader.Read();
                reader.SkipValue();
            }
        }

        // Init containers start before the others, wherever they are in the document.
        containers.Sort(static (a, b) => b.Initial.CompareTo(a.Initial));
        var requests = Interned.Of(PodRequests.Of(Interned.Resources, containers, overhead, whole));
        if (!string.IsNullOrEmpty(node))
            return new PodSpecFacts(node, gated, requests, Placement.Anywhere);
        var placement = new Placement(
            hasSelector ? PlacementReader.Labels(ref selector) : SmallDictionary.None,
            hasAffinity ? PlacementReader.RequiredTerms(ref affinity) : [],
            hasTolerations ? PlacementReader.Tolerations(ref tolerations) : []
        );
        return new PodSpecFacts(null, gated, requests, Interned.Of(placement));
    }

    private static bool Place(ref Utf8JsonReader reader, ref Utf8JsonReader place)
    {
        reader.Read();
        place = reader;
        reader.SkipValue();
        return true;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return StringPool.Read(ref reader);
        reader.SkipValue();
        return null;
    }

    private static void Containers(ref Utf8JsonReader reader, List<ContainerRequests> into, bool initial)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.SkipValue();
            return;
        }

        var place = initial ? 0 : into.Count;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var (requests, stays) = (Amounts.None, false);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("resources"u8))
                    requests = Resources(ref reader) ?? Amounts.None;
                else if (reader.ValueTextEquals("restartPolicy"u8))
                    stays = Text(ref reader) == "Always";
                else
                {
                    reader.Read();
                    reader.SkipValue();
                }
            }

            into.Insert(place++, new ContainerRequests(requests, initial, initial && stays));
        }
    }

    // A limit without a request counts as the request, as the API server fills it in when it creates a pod.
    private static Amounts? Resources(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.SkipValue();
            return null;
        }

        Amounts? requests = null,
            limits = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("requests"u8))
                requests = Next(ref reader);
            else if (reader.ValueTextEquals("limits"u8))
                limits = Next(ref reader);
            else
            {
                reader.Read();
                reader.SkipValue();
            }
        }

        if (limits is null)
            return requests;
        if (requests is null)
            return limits;
        return Amounts.Of(
            limits.Pairs().Where(pair => requests.Pairs().All(other => other.Id != pair.Id)).Concat(requests.Pairs())
        );
    }

    private static Amounts Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return AmountsReader.Read(ref reader);
    }
}
