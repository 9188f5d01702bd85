using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Timetables;
using Ebb.Engine.Claims;

namespace Ebb.Engine.Schedules;

/// <summary>Which documents of a preview contradict each other, or what is in the cluster.</summary>
internal static class PreviewConflicts
{
    /// <param name="entries">All, of the cluster with the documents laid over it.</param>
    /// <param name="cluster">Where autoscalers are looked up.</param>
    /// <param name="numberOf">Which document an object is; null: it is in the cluster.</param>
    /// <param name="stretch">What is looked at.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public static IReadOnlyList<ScheduleConflictAnswer> Of(
        IEnumerable<IndexEntry> entries,
        IScheduleCluster cluster,
        Func<ObjectView, int?> numberOf,
        ScheduleStretch stretch,
        CancellationToken cancellationToken
    )
    {
        // Workloads that the same objects mean are in the same conflicts, which are looked for once.
        var groups = entries
            .Select(entry => (entry.Namespace, Workload: ScheduledWorkload.Of(entry, cluster), Entry: entry))
            .GroupBy(one => (one.Namespace, one.Workload.Kind, one.Workload.Name))
            .Select(workload =>
                (
                    Name: $"{workload.Key.Kind} {workload.Key.Namespace}/{workload.Key.Name}",
                    Wishes: workload.SelectMany(one => ScheduleWish.Of(one.Entry)).ToList()
                )
            )
            .Where(workload => workload.Wishes.Count > 1)
            .Where(workload => workload.Wishes.Any(wish => numberOf(wish.By) is not null))
            .GroupBy(workload =>
            {
                var names = workload.Wishes.Select(wish => wish.Through).Distinct().ToList();
                return string.Join(
                    '\n',
                    workload.Wishes.Select(wish => $"{wish.By.Uid} {names.IndexOf(wish.Through)}")
                );
            });
        // Of one instant it is told how long what is in conflict then remains so.
        var to = stretch.Single ? stretch.From + ScheduleStretch.Longest : stretch.To;
        return
        [
            .. groups.SelectMany(group =>
            {
                var workloads = group.Select(one => one.Name).Order(StringComparer.Ordinal).ToList();
                return ScheduleConflict
                    .Of(group.First().Wishes, stretch.From, to, cancellationToken)
                    .Where(conflict => !stretch.Single || conflict.From == stretch.From)
                    .Select(conflict => Answer(conflict, workloads, numberOf));
            }),
        ];
    }

    private static ScheduleConflictAnswer Answer(
        ScheduleConflict conflict,
        List<string> workloads,
        Func<ObjectView, int?> numberOf
    ) =>
        new(
            [
                .. conflict.Sides.Select(side => new ScheduleConflictSide(
                    numberOf(side.By),
                    side.By.Ref.Kind,
                    side.By.Ref.Namespace,
                    side.By.Ref.Name,
                    Size(side.Asks),
                    side.Holds
                )),
            ],
            [.. workloads.Take(SelectionEntry.Named)],
            workloads.Count,
            conflict.From,
            conflict.To,
            conflict.Counts is { } counts ? Size(counts) : null
        );

    private static ScheduleConflictSize Size(ScaleBounds bounds) => new(bounds.Min, bounds.Max);
}
