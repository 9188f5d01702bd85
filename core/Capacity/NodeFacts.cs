namespace Ebb.Core.Capacity;

/// <summary>What of a node decides which pods it takes.</summary>
public sealed record NodeFacts
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Its taints.</summary>
    public IReadOnlyList<Taint> Taints { get; init; } = [];

    /// <summary>Cordoned.</summary>
    public bool Unschedulable { get; init; }

    /// <summary>Condition Ready is True; unknown is not ready.</summary>
    public required bool Ready { get; init; }

    /// <summary><c>status.allocatable</c>.</summary>
    public required Amounts Allocatable { get; init; }

    /// <summary>Whether nothing in it differs from another.</summary>
    public bool SaysTheSame(NodeFacts other) =>
        other is not null
        && Name == other.Name
        && Ready == other.Ready
        && Unschedulable == other.Unschedulable
        && Allocatable.Equals(other.Allocatable)
        && Taints.SequenceEqual(other.Taints)
        && Labels.Count == other.Labels.Count
        && Labels.All(pair => other.Labels.TryGetValue(pair.Key, out var value) && value == pair.Value);
}

/// <summary>A taint.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value; empty when it has none.</param>
/// <param name="Effect">NoSchedule, PreferNoSchedule or NoExecute.</param>
public sealed record Taint(string Key, string Value, string Effect)
{
    /// <summary>Keeps pods away, rather than only preferring others.</summary>
    public bool Forbids => Effect is "NoSchedule" or "NoExecute";
}

/// <summary>What a pod puts up with.</summary>
/// <param name="Key">Null or empty with Exists: everything.</param>
/// <param name="Operator">Exists, Gt, Lt, or Equal, which is the default.</param>
/// <param name="Value">For all but Exists.</param>
/// <param name="Effect">Null or empty: every effect.</param>
public sealed record Toleration(string? Key, string? Operator, string? Value, string? Effect)
{
    /// <summary>Whether it puts up with a taint; an operator that is not known puts up with none.</summary>
    public bool Tolerates(Taint taint)
    {
        ArgumentNullException.ThrowIfNull(taint);
        if (!string.IsNullOrEmpty(Effect) && Effect != taint.Effect)
            return false;
        if (!string.IsNullOrEmpty(Key) && Key != taint.Key)
            return false;
        return Operator switch
        {
            "Exists" => true,
            null or "" or "Equal" => !string.IsNullOrEmpty(Key) && (Value ?? "") == taint.Value,
            // The taint's value against the pod's.
            "Gt" => NodeRequirement.Number(taint.Value) > NodeRequirement.Number(Value),
            "Lt" => NodeRequirement.Number(taint.Value) < NodeRequirement.Number(Value),
            _ => false,
        };
    }
}
