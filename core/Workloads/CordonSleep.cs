namespace Ebb.Core.Workloads;

/// <summary>
/// A node: cordoned, so that nothing starts on it any more. What runs there is not evicted, so that nothing is waited
/// for.
/// </summary>
internal sealed class CordonSleep : FlagSleep
{
    protected override Write Set(WorkloadView workload, bool? value) =>
        new Write.Cordon(workload.Ref, workload.Uid, workload.ResourceVersion, value);
}
