using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Hooks;

/// <summary>
/// A hook sleeps when its act on the way down is over, and is awake when that on the way up is. One act waits for the
/// other to end. A Baseline without a run means that nothing was begun, so that nothing is to be undone.
/// </summary>
internal sealed class HookSleep : ISleepStrategy
{
    public string? Refusal(WorkloadView workload) => null;

    public Baseline? Capture(WorkloadView workload, Instant now) => new(workload.Uid, now, Suspended: false);

    public IReadOnlyList<Write> ToSleep(WorkloadView workload) =>
        workload.Hook is { NeedsDown: true } hook ? [Next(workload, hook, down: true)] : [];

    public bool? IsAsleep(WorkloadView workload) =>
        workload.Hook switch
        {
            null => null,
            { Run.IsOpen: true } => false,
            { Spec.Down: false } => true,
            { Run.Down: true } hook => hook.IsOver,
            _ => false,
        };

    public IReadOnlyList<Write> ToWake(WorkloadView workload, Baseline baseline) =>
        workload.Hook is { NeedsUp: true } hook ? [Next(workload, hook, down: false)] : [];

    /// <summary>No schedule means a hook.</summary>
    public Baseline StayingAsleep(WorkloadView workload, Baseline baseline) => baseline;

    public bool? IsAwake(WorkloadView workload, Baseline baseline) =>
        workload.Hook switch
        {
            null => null,
            { NeedsUp: true } or { Run.IsOpen: true } => false,
            { Run.Down: false } hook => hook.IsOver,
            _ => true,
        };

    private static Write.RunHook Next(WorkloadView workload, HookView hook, bool down) =>
        new(workload.Ref, workload.Uid, null, (hook.Run?.Number ?? 0) + 1, down);
}
