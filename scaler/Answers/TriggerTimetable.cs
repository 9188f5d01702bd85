using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Triggers;

namespace Ebb.Scaler.Answers;

/// <summary>The window of one trigger and the Schedules that it follows. Used under the trigger's lock.</summary>
internal sealed class TriggerTimetable(string @namespace, TriggerMetadata metadata, NamespaceSchedules schedules)
{
    private (
        IReadOnlyList<ReadSchedule> From,
        IReadOnlyList<(ReadSchedule Schedule, string? Unknown)> Selecting,
        ObjectRef Target,
        ITimetable Timetable,
        string? Missing,
        string? Unread
    )? _built;

    /// <summary>
    /// What is asked at which time, or what the trigger names that does not exist, or why a calendar is not known.
    /// </summary>
    /// <param name="target">What its ScaledObject scales.</param>
    /// <param name="scaled">The ScaledObject.</param>
    public (ITimetable Timetable, string? Missing, string? Unread) Of(ObjectRef target, ObjectRef scaled)
    {
        var all = schedules.Of(@namespace);
        var selecting = Selecting(all, target, scaled);
        if (
            _built is { } built
            && ReferenceEquals(built.From, all)
            && built.Target == target
            && built.Selecting.SequenceEqual(selecting)
        )
            return (built.Timetable, built.Missing, built.Unread);
        var followed = Followed(all, target, scaled)
            .Concat(selecting.Select(one => one.Schedule))
            .Distinct()
            .Where(schedule => schedule.Spec is { Suspend: false })
            .ToList();
        var unread =
            selecting.Select(one => one.Unknown).FirstOrDefault(why => why is not null)
            ?? followed.Find(schedule => schedule.Unread is not null)?.Unread;
        List<ITimetable> parts = [.. followed.Select(schedule => new SingleRule(schedule.Spec!.Rule))];
        if (metadata.Window is { } window)
            parts.Insert(
                0,
                new SingleRule(new Rule(window.Window, new ScaleBounds(window.Replicas, null), window.Words))
            );
        var timetable = new GreatestBounds(new ScheduleState(ScaleBounds.None, "no window is in force", false), parts);
        var missing = Missing(all);
        _built = (all, selecting, target, timetable, missing, unread);
        return (timetable, missing, unread);
    }

    /// <summary>Those that mean it by its labels; where the trigger says itself what it follows, none.</summary>
    private IReadOnlyList<(ReadSchedule Schedule, string? Unknown)> Selecting(
        IReadOnlyList<ReadSchedule> all,
        ObjectRef target,
        ObjectRef scaled
    ) =>
        metadata.Schedules is null && metadata.Window is null
            ? [.. schedules.Selecting(all, target).Concat(schedules.Selecting(all, scaled))]
            : [];

    private IEnumerable<ReadSchedule> Followed(IReadOnlyList<ReadSchedule> all, ObjectRef target, ObjectRef scaled)
    {
        if (metadata.Schedules is { } names)
            return all.Where(schedule => schedule.Namespace == @namespace && names.Contains(schedule.Name));
        return metadata.Window is null
            ? all.Where(schedule =>
                schedule.Spec is { } spec && (IsNamed(target, spec.Target) || IsNamed(scaled, spec.Target))
            )
            : [];
    }

    private string? Missing(IReadOnlyList<ReadSchedule> all)
    {
        var missing = (metadata.Schedules ?? [])
            .Where(name => all.All(schedule => schedule.Namespace != @namespace || schedule.Name != name))
            .ToList();
        return missing.Count == 0
            ? null
            : $"schedules: expected names of Schedules in {@namespace}, found "
                + $"{string.Join(", ", missing.Select(name => $"\"{name}\""))}, which {(missing.Count == 1 ? "does" : "do")} not exist";
    }

    private static bool IsNamed(ObjectRef what, ScheduleTarget? by) => by?.Name == what.Name && by.Kind == what.Kind;
}
