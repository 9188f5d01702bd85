using Ebb.Core.Power;

namespace Ebb.Core.Waves;

/// <summary>
/// Three or more that agree by majority serve as soon as the majority is ready: the next wave need not wait for the
/// rest.
/// The workload itself is waited for whole before it is its own again.
/// </summary>
internal static class Quorum
{
    private const int Least = 3;

    /// <summary>Of a StatefulSet or a CloudNativePG cluster whose spec is what it was.</summary>
    public static bool IsReached(PlanInput input, Member member) =>
        input.Settings.WakeReady == WakeReady.Majority
        && member is { IsRestored: true, Waking: { } before, Workload: { } workload }
        && workload switch
        {
            { Ref: { ApiVersion: "apps/v1", Kind: "StatefulSet" }, Replicas: { } size, ReadyReplicas: { } ready } =>
                IsMost(ready, before.ReadyOf(size)),
            { Instances: { } size, ReadyInstances: { } ready, Hibernation: not { Status: "True" } } => IsMost(
                ready,
                Math.Min(before.Ready ?? size, size)
            ),
            _ => false,
        };

    private static bool IsMost(int ready, int wanted) => wanted >= Least && ready > wanted / 2;
}
