using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// Triggers of a ScaledObject whose metric the HPA is not to take as an average of its replicas (<c>metricType</c>), by
/// their metadata, which is all that tells triggers apart.
/// </summary>
public sealed class OtherMetricTypes : IEquatable<OtherMetricTypes>
{
    /// <summary>All are averages.</summary>
    public static readonly OtherMetricTypes None = new([]);

    private readonly IReadOnlyList<(string Type, SmallDictionary Metadata)> _triggers;

    private OtherMetricTypes(IReadOnlyList<(string, SmallDictionary)> triggers) => _triggers = triggers;

    internal static OtherMetricTypes Of(TriggeredSpec? spec)
    {
        List<(string, SmallDictionary)> found = [];
        foreach (var trigger in spec?.Triggers ?? [])
            if (trigger is { MetricType: { Length: > 0 } type and not "AverageValue", Metadata: { } metadata })
                found.Add((type, metadata));
        return found.Count == 0 ? None : new OtherMetricTypes(found);
    }

    /// <summary>The type of a trigger's metric; null: it is an average.</summary>
    public string? Of(IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        foreach (var (type, written) in _triggers)
            if (written.Count == metadata.Count && written.All(pair => IsIn(metadata, pair.Key, pair.Value)))
                return type;
        return null;
    }

    /// <inheritdoc/>
    public bool Equals(OtherMetricTypes? other) =>
        other is not null
        && _triggers.Count == other._triggers.Count
        && _triggers
            .Zip(other._triggers)
            .All(pair =>
                pair.First.Type == pair.Second.Type && ScalerCluster.AreSame(pair.First.Metadata, pair.Second.Metadata)
            );

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OtherMetricTypes);

    /// <inheritdoc/>
    public override int GetHashCode() => _triggers.Count;

    // KEDA puts what is in the environment in the place of the variable's name.
    private static bool IsIn(IReadOnlyDictionary<string, string> metadata, string key, string value) =>
        metadata.TryGetValue(key, out var found)
        && (found == value || key.EndsWith("FromEnv", StringComparison.Ordinal));
}
