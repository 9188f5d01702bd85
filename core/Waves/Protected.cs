using Ebb.Core.Workloads;

namespace Ebb.Core.Waves;

/// <summary>
/// Namespace and name of something that must never be put to sleep: Ebb itself, or what tells it about the UPS.
/// </summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Name">The name.</param>
/// <param name="Why">For the refusal.</param>
public sealed record Protected(string Namespace, string Name, string Why)
{
    /// <summary>The Service whose pods are meant, whatever their workload is called; null: the name is meant.</summary>
    public ServiceView? Service { get; init; }

    /// <summary>Whether it is the workload of this name, or the one that a ScaledObject of this name scales.</summary>
    public bool Guards(string @namespace, string name, WorkloadLookup target)
    {
        var found = (target as WorkloadLookup.Found)?.Workload;
        // Where labels are not known the name is all that there is to go by.
        return Service is not null && found is not null && Service.Selects(found) is { } selects
            ? selects
            : Namespace == @namespace && (Name == name || Name == found?.Ref.Name);
    }
}
