using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;
using Ebb.Engine.Overrides;
using Ebb.Engine.Power;

namespace Ebb.Engine.Http;

/// <summary>
/// Finds the workload that an address names, whether or not an UpsScaler does. A kind that nobody spoke of before is
/// waited for, but not for long.
/// </summary>
internal sealed class WorkloadSearch(
    ICluster cluster,
    OverrideTargets targets,
    UnlistedWorkloads unlisted,
    EngineClocks clocks
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="space">The namespace.</param>
    /// <param name="kind">As addresses write it.</param>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <param name="looksOnly">The caller has only a key to look: no kind beyond the well-known ones is watched for
    /// that.</param>
    public async Task<(OverrideTarget? Subject, IResult? Missing)> FindAsync(
        string space,
        string kind,
        string name,
        CancellationToken cancellationToken,
        bool looksOnly = false
    )
    {
        if ((looksOnly ? WorkloadType.Named(kind) : WorkloadType.Parse(kind)) is not { } type)
            return (null, Problems.NotFound($"expected a kind that is {WorkloadType.Expected}"));
        var listed = targets.Listed(type, space, name);
        if (listed is not null && OverrideTarget.Of(listed) is { } named)
            return (named, null);
        if (looksOnly && !WorkloadType.Known.Contains(type))
            return (null, NoSuch(type, space, name));
        using var deadline = new CancellationTokenSource(Patience, clocks.Deadlines);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        while (true)
        {
            var known = cluster.Known;
            var subject = unlisted.Find(type, space, name);
            if (subject.Workload is { } workload)
            {
                // Known under another name, such as that of the ScaledObject that scales it.
                var same = targets.Listed(workload.Ref);
                return (same is null ? subject : OverrideTarget.Of(same) ?? subject, null);
            }
            if (subject.Target is WorkloadLookup.Absent)
                return (null, NoSuch(type, space, name));
            try
            {
                await cluster.WaitForChangeAsync(known, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                var why = ((WorkloadLookup.Unknown)subject.Target).Why;
                return (
                    null,
                    cluster.Known.Reachable == false
                        ? Problems.Of(StatusCodes.Status503ServiceUnavailable, "Not known", why)
                        : Problems.Of(
                            StatusCodes.Status422UnprocessableEntity,
                            "Refused",
                            $"{subject} is not known: {why}"
                        )
                );
            }
        }
    }

    /// <summary>How a workload stands, whether or not an UpsScaler names it.</summary>
    public WorkloadAnswer AnswerOn(OverrideTarget subject, PowerView view) =>
        view.Plan.Workloads.FirstOrDefault(s =>
            OverrideTarget.Of(s.Member) is { } one
            && (one.Type.Name, one.Namespace, one.Name) == (subject.Type.Name, subject.Namespace, subject.Name)
        )
            is { } state
            ? Readings.Workload(state)
            : Readings.Workload(unlisted.Of(subject, view.At));

    /// <summary>
    /// An override that stands on the same workload under another name, such as that of the ScaledObject that scales
    /// it; null: none.
    /// </summary>
    public StoredOverride? Twin(OverrideTarget subject, OverrideBook book) =>
        subject.Workload is not { } workload
            ? null
            : book.Count()
                .Counted.Values.FirstOrDefault(kept =>
                    kept.Override.Namespace == subject.Namespace
                    && WorkloadType.Parse(kept.Override.Kind) is { } type
                    && (type.Name, kept.Override.Name) != (subject.Type.Name, subject.Name)
                    && unlisted.Find(type, kept.Override.Namespace, kept.Override.Name).Workload is { } other
                    && other.Ref == workload.Ref
                );

    private static IResult NoSuch(WorkloadType type, string space, string name) =>
        Problems.NotFound(
            $"there is no {type.Name} {space}/{name}; GET /api/workloads lists those that UpsScalers name, and those of whom something is asked"
        );
}
