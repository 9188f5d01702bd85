namespace Ebb.Core.Workloads;

/// <summary>Whether the workload that an UpsScaler names was found.</summary>
public abstract record WorkloadLookup
{
    private WorkloadLookup() { }

    /// <summary>It is there.</summary>
    /// <param name="Workload">As last seen.</param>
    public sealed record Found(WorkloadView Workload) : WorkloadLookup;

    /// <summary>The server was asked, and there is none.</summary>
    /// <param name="What">What is missing, for messages: the workload, or the target of a ScaledObject.</param>
    public sealed record Absent(string What) : WorkloadLookup;

    /// <summary>Not known: not asked yet, forbidden, the kind is not served.</summary>
    /// <param name="Why">One sentence for messages.</param>
    public sealed record Unknown(string Why) : WorkloadLookup
    {
        /// <summary>Waiting alone will not help, such as when a right is missing.</summary>
        public bool IsLasting { get; init; }
    }
}
