using NodaTime;

namespace Ebb.Core.Workloads;

/// <summary>
/// How workloads of one kind go to sleep and wake. Every member is a question about what is seen now; where the answer
/// cannot be told it is null, and then nothing is done. Asking for the same twice gives the same.
/// </summary>
internal interface ISleepStrategy
{
    /// <summary>Why it must not be put to sleep; null: it may.</summary>
    string? Refusal(WorkloadView workload);

    /// <summary>What it is now, to be kept; null: not everything that is needed is known.</summary>
    Baseline? Capture(WorkloadView workload, Instant now);

    /// <summary>What is still to be asked for it to sleep; empty: everything is asked.</summary>
    IReadOnlyList<Write> ToSleep(WorkloadView workload);

    /// <summary>Everything is asked and nothing of it runs that can end; null: cannot be told.</summary>
    bool? IsAsleep(WorkloadView workload);

    /// <summary>What is still to be asked for it to be what it was; empty: everything is asked.</summary>
    IReadOnlyList<Write> ToWake(WorkloadView workload, Baseline baseline);

    /// <summary>What it is made again when it is to stay asleep; the rest as it was.</summary>
    Baseline StayingAsleep(WorkloadView workload, Baseline baseline);

    /// <summary>Everything is asked and it is what it was; null: cannot be told.</summary>
    bool? IsAwake(WorkloadView workload, Baseline baseline);
}
