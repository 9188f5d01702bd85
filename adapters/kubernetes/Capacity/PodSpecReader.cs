using System.Text.Json;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// Reads a pod's spec without copying it. Of a pod that is on a node already neither its placement nor its claims are
/// read.
/// </summary>
internal static class PodSpecReader
{
    /// <summary>A pod's spec beside what its status says of it.</summary>
    public static PodSpecFacts Read(ref Utf8JsonReader reader, PodStatusFacts status) =>
        Read(ref reader, status, template: false);

    /// <summary>A template's spec.</summary>
    public static PodSpecFacts Template(ref Utf8JsonReader reader) =>
        Read(ref reader, PodStatusFacts.Nothing, template: true);

    private static PodSpecFacts Read(ref Utf8JsonReader reader, PodStatusFacts status, bool template)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.SkipValue();
            return PodSpecFacts.Nothing;
        }

        string? node = null,
            priorityClass = null,
            runtimeClass = null;
        var (gated, hostNetwork, priority, hasDeadline) = (false, false, 0, false);
        var containers = new ContainerReader(status);
        var (overhead, whole, wholeLimits) = ((Amounts?)null, (Amounts?)null, (Amounts?)null);
        Utf8JsonReader affinity = default,
            tolerations = default,
            selector = default,
            spread = default,
            claims = default,
            volumes = default;
        var (hasAffinity, hasTolerations, hasSelector) = (false, false, false);
        var (hasSpread, hasClaims, hasVolumes) = (false, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("nodeName"u8))
                node = Text(ref reader);
            else if (reader.ValueTextEquals("containers"u8))
                containers.Read(ref reader, initial: false);
            else if (reader.ValueTextEquals("initContainers"u8))
                containers.Read(ref reader, initial: true);
            else if (reader.ValueTextEquals("overhead"u8))
                overhead = ResourcesReader.Amounts(ref reader);
            else if (reader.ValueTextEquals("resources"u8))
                (whole, wholeLimits) = ResourcesReader.Written(ref reader);
            else if (reader.ValueTextEquals("priority"u8))
                priority = Number(ref reader) ?? 0;
            else if (reader.ValueTextEquals("activeDeadlineSeconds"u8))
            {
                reader.Read();
                hasDeadline = reader.TokenType == JsonTokenType.Number;
                reader.SkipValue();
            }
            else if (reader.ValueTextEquals("runtimeClassName"u8))
                runtimeClass = Text(ref reader);
            else if (reader.ValueTextEquals("hostNetwork"u8))
            {
                reader.Read();
                hostNetwork = reader.TokenType == JsonTokenType.True;
                reader.SkipValue();
            }
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
            else if (reader.ValueTextEquals("topologySpreadConstraints"u8))
                hasSpread = Place(ref reader, ref spread);
            else if (reader.ValueTextEquals("resourceClaims"u8))
                hasClaims = Place(ref reader, ref claims);
            else if (reader.ValueTextEquals("volumes"u8))
                hasVolumes = Place(ref reader, ref volumes);
            else if (template && reader.ValueTextEquals("priorityClassName"u8))
                priorityClass = Text(ref reader);
            else
            {
                reader.Read();
                reader.SkipValue();
            }
        }

        var replica = containers.Template(overhead ?? Amounts.None, whole, wholeLimits, hostNetwork);
        var requests = Interned.Of(replica.Requests(Interned.Resources));
        var limits = Interned.Of(replica.Limits(Interned.Resources));
        node = string.IsNullOrEmpty(node) ? null : node;
        List<string>? uncountable = template || node is null ? [] : null;
        var again = affinity;
        var (repels, attracts) = hasAffinity ? NeighbourReader.Affinity(ref again, template, uncountable) : ([], []);
        if (node is not null && !template)
            return new PodSpecFacts(node, gated, requests, Placement.Anywhere)
            {
                Priority = priority,
                HasDeadline = hasDeadline,
                Limits = limits,
                Repels = repels,
            };
        var placement = new Placement(
            hasSelector ? PlacementReader.Labels(ref selector) : SmallDictionary.None,
            hasAffinity ? PlacementReader.RequiredTerms(ref affinity) : [],
            hasTolerations ? PlacementReader.Tolerations(ref tolerations) : [],
            node
        );
        var (named, own) = hasVolumes ? VolumeReader.Claims(ref volumes) : ([], []);
        var facts = new PodSpecFacts(null, gated, requests, Interned.Of(placement))
        {
            Priority = priority,
            HasDeadline = hasDeadline,
            Limits = limits,
            Repels = repels,
            Claims = named,
            OwnVolumes = own,
            Attracts = attracts,
        };
        if (hasClaims && NeighbourReader.Names(ref claims).ToList() is { Count: > 0 } names)
            uncountable!.Add($"resourceClaims ({string.Join(", ", names)})");
        if (!template)
        {
            if (hasSpread && NeighbourReader.IsSpread(ref spread))
                uncountable!.Add("topologySpreadConstraints with DoNotSchedule");
            return facts with { Uncountable = uncountable! };
        }

        var spreads = hasSpread ? NeighbourReader.Spread(ref spread, uncountable!) : null;
        uncountable!.AddRange(own.Select(volume => $"volume {volume} with a claim of each pod's own"));
        return facts with
        {
            Replica = replica,
            PriorityClass = string.IsNullOrEmpty(priorityClass) ? null : priorityClass,
            // An overhead that is written out is the class's own already.
            RuntimeClass = overhead is null && !string.IsNullOrEmpty(runtimeClass) ? runtimeClass : null,
            Spread = spreads,
            Uncountable = uncountable,
        };
    }

    /// <summary>The next value, which is a text; null: it is none.</summary>
    public static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return StringPool.Read(ref reader);
        reader.SkipValue();
        return null;
    }

    /// <summary>The next value, which is a whole number; null: it is none.</summary>
    public static int? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
            return number;
        reader.SkipValue();
        return null;
    }

    private static bool Place(ref Utf8JsonReader reader, ref Utf8JsonReader place)
    {
        reader.Read();
        place = reader;
        reader.SkipValue();
        return true;
    }
}
