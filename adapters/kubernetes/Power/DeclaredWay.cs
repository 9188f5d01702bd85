using Ebb.Core.Workloads;
using Ebb.Core.Workloads.Declared;

namespace Ebb.Kubernetes.Power;

/// <summary>What decides how one workload sleeps by its fields.</summary>
/// <param name="Method">What its kind's SleepMethod says; null: none counts.</param>
/// <param name="Fault">Why none counts; null: one does, or none names the kind.</param>
/// <param name="Kept">What is stored of what the workload was.</param>
internal sealed record DeclaredWay(DeclaredMethod? Method, string? Fault, IReadOnlyList<Baseline> Kept)
{
    public bool IsSameAs(DeclaredWay? other) =>
        ReferenceEquals(Method, other?.Method)
        && Fault == other?.Fault
        && Kept.SequenceEqual(other?.Kept ?? [], ReferenceEqualityComparer.Instance);
}
