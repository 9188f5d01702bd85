using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Engine.Claims;
using Ebb.Nut;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Engine.Schedules;

/// <summary>Turns what the clock says into answers.</summary>
internal static class ScheduleReadings
{
    private const int ShownDays = 30;
    private const int MostLeftOut = 100;

    public static SchedulesAnswer Answer(
        IEnumerable<IndexEntry> entries,
        IScheduleCluster cluster,
        ScheduleStretch stretch,
        CancellationToken cancellationToken
    )
    {
        var all = entries.ToList();
        return new SchedulesAnswer(
            [
                .. all.Where(entry => entry.Timetable is not null)
                    .Select(entry => Item(entry, cluster, stretch, cancellationToken)),
            ],
            [.. all.SelectMany(Errors)]
        );
    }

    public static ScheduleItem Item(
        IndexEntry entry,
        IScheduleCluster cluster,
        ScheduleStretch stretch,
        CancellationToken cancellationToken = default
    )
    {
        IReadOnlyList<TimetableInterval> intervals = stretch.Single
            ? [TimetableIntervals.At(entry.Timetable!, stretch.From, ScheduleStretch.Longest, cancellationToken)]
            : TimetableIntervals.Of(entry.Timetable!, stretch.From, stretch.To, cancellationToken);
        return new ScheduleItem(
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
            DaysOff(entry, stretch.From) is { Count: > 0 } off ? off : null
        );
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
                        Dates(found.Spec.Rule.Window, from),
                        [.. found.Spec.Warnings.Take(MostLeftOut).Select(warning => warning.ToString())]
                    )),
            ];

    private static IReadOnlyList<string> Dates(Core.Time.Windows.Window window, Instant from)
    {
        var first = from.InZone(window.Zone).Date;
        return
        [
            .. Enumerable
                .Range(0, ShownDays)
                .Select(first.PlusDays)
                .Where(window.DaysOff.Contains)
                .Select(LocalDatePattern.Iso.Format),
        ];
    }

    /// <summary>What is wrong, each with the object that says it.</summary>
    public static IEnumerable<(ObjectView On, SpecFault Fault)> Faults(IndexEntry entry) =>
        entry switch
        {
            ScalerEntry scaler => scaler.Faults.Select(fault => (scaler.Scaler, fault)),
            TargetEntry target => (
                target.Parent is { } parent ? target.Faults.Select(fault => (parent, fault)) : []
            ).Concat(target.Members.SelectMany(member => member.Faults.Select(fault => (member.Seen, fault)))),
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
