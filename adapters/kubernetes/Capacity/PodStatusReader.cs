using System.Text.Json;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>What of a pod's status decides about capacity.</summary>
/// <param name="Done">It has ended.</param>
/// <param name="Infeasible">It is to be resized to what its node can never give.</param>
/// <param name="Allocated">What the node has set aside for each container, and what it really has.</param>
internal sealed record PodStatusFacts(
    bool Done,
    bool Infeasible,
    IReadOnlyList<(string Container, Amounts? Allocated, Amounts? Actual)> Allocated
)
{
    public static readonly PodStatusFacts Nothing = new(false, false, []);

    /// <summary>
    /// What a container takes: the greatest of what it asks, what is set aside and what it has while a resize is under
    /// way; what is set aside when the resize can never happen.
    /// </summary>
    public Amounts Of(string container, Amounts desired)
    {
        foreach (var (name, allocated, actual) in Allocated)
        {
            if (name != container)
                continue;
            if (Infeasible)
                return allocated ?? actual ?? desired;
            return Greatest(Greatest(desired, allocated), actual);
        }

        return desired;
    }

    private static Amounts Greatest(Amounts one, Amounts? other) =>
        other is null || one.Equals(other)
            ? one
            : Amounts.Of(
                one.Pairs()
                    .Concat(other.Pairs())
                    .GroupBy(pair => pair.Id)
                    .Select(group => (group.Key, group.Max(pair => pair.Value)))
            );
}

/// <summary>Reads a pod's status.</summary>
internal static class PodStatusReader
{
    public static PodStatusFacts Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.SkipValue();
            return PodStatusFacts.Nothing;
        }

        var (done, infeasible) = (false, false);
        List<(string, Amounts?, Amounts?)>? allocated = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("phase"u8))
                done = PodSpecReader.Text(ref reader) is "Succeeded" or "Failed";
            // Until 1.32 it was a field of the status.
            else if (reader.ValueTextEquals("resize"u8))
                infeasible |= PodSpecReader.Text(ref reader) == "Infeasible";
            else if (reader.ValueTextEquals("conditions"u8))
                infeasible |= Infeasible(ref reader);
            else if (reader.ValueTextEquals("containerStatuses"u8) || reader.ValueTextEquals("initContainerStatuses"u8))
                Containers(ref reader, ref allocated);
            else
            {
                reader.Read();
                reader.SkipValue();
            }
        }

        return !done && !infeasible && allocated is null
            ? PodStatusFacts.Nothing
            : new PodStatusFacts(done, infeasible, allocated ?? []);
    }

    private static bool Infeasible(ref Utf8JsonReader reader)
    {
        var found = false;
        if (!Array(ref reader))
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var (pending, reason, status) = (false, false, false);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("type"u8))
                    pending = PodSpecReader.Text(ref reader) == "PodResizePending";
                else if (reader.ValueTextEquals("reason"u8))
                    reason = PodSpecReader.Text(ref reader) == "Infeasible";
                else if (reader.ValueTextEquals("status"u8))
                    status = PodSpecReader.Text(ref reader) == "True";
                else
                {
                    reader.Read();
                    reader.SkipValue();
                }
            }

            found |= pending && reason && status;
        }

        return found;
    }

    private static void Containers(ref Utf8JsonReader reader, ref List<(string, Amounts?, Amounts?)>? into)
    {
        if (!Array(ref reader))
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var (name, allocated, actual) = ("", (Amounts?)null, (Amounts?)null);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("name"u8))
                    name = PodSpecReader.Text(ref reader) ?? "";
                else if (reader.ValueTextEquals("allocatedResources"u8))
                    allocated = ResourcesReader.Amounts(ref reader);
                else if (reader.ValueTextEquals("resources"u8))
                    actual = ResourcesReader.Next(ref reader);
                else
                {
                    reader.Read();
                    reader.SkipValue();
                }
            }

            if (allocated is not null || actual is not null)
                (into ??= []).Add((name, allocated, actual));
        }
    }

    private static bool Array(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
            return true;
        reader.SkipValue();
        return false;
    }
}
