using Ebb.Core.Gates;
using Ebb.Core.Hooks;
using Ebb.Core.Workloads;

namespace Ebb.Core.Waves;

/// <summary>
/// What the API server is asked for when a member is woken: what Ebb writes, and the pods that follow.
/// </summary>
internal static class GuardedWrites
{
    private static readonly Dictionary<string, string> NoLabels = [];

    public static IEnumerable<GuardedWrite> Of(WorkloadView workload, IReadOnlyList<Write> writes) =>
        workload.Hook is { } hook
            ? Run(hook.Spec, workload.Ref.Namespace)
            : writes
                .Select(write => Changed(workload, write))
                .Concat(
                    workload is { PodLabels: null, Replicas: null, Instances: null } or { Ref.Kind: "CronJob" }
                        ? []
                        :
                        [
                            Created(
                                "",
                                "pods",
                                workload.Ref.Namespace,
                                workload.HasMorePodLabels ? null : workload.PodLabels
                            ),
                        ]
                );

    /// <summary>The Job and its pods; what another hook sends goes past the API server.</summary>
    private static IEnumerable<GuardedWrite> Run(HookSpec hook, string @namespace) =>
        hook.Kind == HookKind.Job
            ? [Created("batch", "jobs", @namespace, null), Created("", "pods", @namespace, null)]
            : [];

    private static GuardedWrite Created(
        string group,
        string plural,
        string @namespace,
        IReadOnlyDictionary<string, string>? labels
    ) => new(group, "v1", plural, null, "CREATE", @namespace, labels);

    private static GuardedWrite Changed(WorkloadView workload, Write write)
    {
        var (group, version) = write.On.ApiVersion.Split('/') is [var before, var after]
            ? (before, after)
            : ("", write.On.ApiVersion);
        return new GuardedWrite(
            group,
            version,
            GuardedWrite.PluralOf(write.On.Kind),
            write is Write.Scale ? "scale" : null,
            "UPDATE",
            write.On.Namespace.Length == 0 ? null : write.On.Namespace,
                // A Scale carries no labels.
                write is Write.Scale
                    ? NoLabels
                : write.On == workload.Ref ? workload.Labels
                : null
        );
    }
}
