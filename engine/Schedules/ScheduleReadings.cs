using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Engine.Claims;
using Ebb.Nut;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary>Turns what the clock says into answers.</summary>
internal static class ScheduleReadings
{
    private const int MostLeftOut = 100;

    public static SchedulesAnswer Answer(
        IEnumerable<IndexEntry> entries,
        IScheduleCluster cluster,
        ScheduleStretch stretch,
        SleepingTargets sleepers,
        CancellationToken cancellationToken
    )
    {
        var all = entries.ToList();
        var savings = new ScheduleSavings(cluster, sleepers);
        var items = all.Where(entry => entry.Timetable is not null)
            .Select(entry => Item(entry, cluster, stretch, savings, cancellationToken))
            .ToList();
        return new SchedulesAnswer(
            [.. items.Select(item => item.Item)],
            [.. all.SelectMany(Errors)],
            stretch.Single ? null : ScheduleSaved.Of(SavingsTotal.Sum(items.Select(item => item.Saved))),
            Selections(all)
        );
    }

    /// <summary>Null: no Schedule selects.</summary>
    public static IReadOnlyList<ScheduleSelection>? Selections(IEnumerable<IndexEntry> entries) =>
        entries
            .OfType<SelectionEntry>()
            .Select(entry => new ScheduleSelection(
                entry.Member.Seen.Ref.Namespace,
                entry.Member.Seen.Ref.Name,
                entry.Selection.Kind,
                entry.Selected.Unknown is null ? entry.Selected.Items.Count : null,
                entry.First,
                entry.Selected.Unknown
            ))
            .ToList()
            is { Count: > 0 } found
            ? found
            : null;

    /// <summary>One of them, and what it saves, where that is known and not one instant was asked about.</summary>
    public static (ScheduleItem Item, Savings? Saved) Item(
        IndexEntry entry,
        IScheduleCluster cluster,
        ScheduleStretch stretch,
        ScheduleSavings savings,
        CancellationToken cancellationToken = default
    )
    {
        IReadOnlyList<TimetableInterval> intervals = stretch.Single
            ? [TimetableIntervals.At(entry.Timetable!, stretch.From, ScheduleStretch.Longest, cancellationToken)]
            : TimetableIntervals.Of(entry.Timetable!, stretch.From, stretch.To, cancellationToken);
        var saved = stretch.Single ? null : savings.Of(entry, intervals);
        var item = new ScheduleItem(
            entry.Kind,
            entry.Namespace,
            entry.Name,
            Target(entry, cluster),
            [
                .. intervals.Select(i => new ScheduleInterval(
                    i.From,
                    i.To,
                    i.Bounds.Min,
                    i.Bounds.Max,
                    i.Bounds.Cpu,
                    i.Bounds.Memory,
                    i.Cause
                )),
            ],
            DaysOff(entry, stretch.From) is { Count: > 0 } off ? off : null,
            ScheduleSaved.Of(saved)
        );
        return (item, saved);
    }

    /// <summary>Of each Schedule that has any at all.</summary>
    private static IReadOnlyList<ScheduleDaysOff> DaysOff(IndexEntry entry, Instant from) =>
        entry is not TargetEntry target
            ? []
            :
            [
                .. target
                    .Members.Where(member => member is { IsWithheld: false, Schedule: not null })
                    .Select(member => (member.Seen.Ref.Name, Spec: member.Schedule!))
                    .Where(found => found.Spec.Rule.Window.DaysOff != Core.Time.Windows.DaysOff.None)
                    .Select(found => new ScheduleDaysOff(
                        found.Name,
                        Core.Time.Windows.UpcomingDaysOff.Of(found.Spec.Rule.Window, from),
                        [.. found.Spec.Warnings.Take(MostLeftOut).Select(warning => warning.ToString())]
                    )),
            ];

    /// <summary>What is wrong, each with the object that says it.</summary>
    public static IEnumerable<(ObjectView On, SpecFault Fault)> Faults(IndexEntry entry) =>
        entry switch
        {
            ScalerEntry scaler => scaler.Faults.Select(fault => (scaler.Scaler, fault)),
            TargetEntry target => (
                target.Parent is { } parent ? target.Faults.Select(fault => (parent, fault)) : []
            ).Concat(
                target
                    .Members.Where(member => member.Selected is null)
                    .SelectMany(member => member.Faults.Select(fault => (member.Seen, fault)))
            ),
            SelectionEntry selection => selection.Member.Faults.Select(fault => (selection.Member.Seen, fault)),
            _ => throw new ArgumentOutOfRangeException(
                nameof(entry),
                entry.GetType().Name,
                "an entry that is not known"
            ),
        };

    private static IEnumerable<ScheduleError> Errors(IndexEntry entry) =>
        Faults(entry)
            .Select(found => new ScheduleError(
                null,
                $"{found.On.Ref}: {found.Fault.Path}",
                found.Fault.Expected,
                found.Fault.Found
            ));

    private static ScheduleItemTarget Target(IndexEntry entry, IScheduleCluster cluster)
    {
        var (kind, name) = ScheduledWorkload.Of(entry, cluster);
        return new ScheduleItemTarget(kind, name);
    }
}
