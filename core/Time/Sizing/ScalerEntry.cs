using Ebb.Core.Time.Specs;

namespace Ebb.Core.Time.Sizing;

/// <summary>A ServiceScaler.</summary>
/// <param name="Scaler">The object.</param>
/// <param name="Spec">What it says; the last that was valid, when it is not now.</param>
/// <param name="Faults">What is wrong with it now.</param>
public sealed record ScalerEntry(ObjectView Scaler, ServiceScalerSpec? Spec, IReadOnlyList<SpecFault> Faults)
    : IndexEntry
{
    /// <inheritdoc/>
    public bool Equals(ScalerEntry? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();
}
