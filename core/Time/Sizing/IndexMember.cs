using Ebb.Core.Selection;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using NodaTime;

namespace Ebb.Core.Time.Sizing;

/// <summary>A Schedule or a ConfigMap of hpa-time-scaler.</summary>
public sealed class IndexMember
{
    internal IndexMember(ObjectView seen, ObjectLookup? calendar, SelectedWorkloads? selected = null) =>
        (Seen, Calendar, Selected) = (seen, calendar, selected);

    /// <summary>The object.</summary>
    public ObjectView Seen { get; }

    /// <summary>What a Schedule says; the last that was valid, when it is not now. Null for a ConfigMap.</summary>
    public ScheduleSpec? Schedule { get; internal init; }

    /// <summary>What a ConfigMap says, likewise.</summary>
    public TimeScalerSpec? TimeScaler { get; internal init; }

    /// <summary>The time zone of its windows; null: it never was valid.</summary>
    public DateTimeZone? Zone => Schedule?.Rule.Window.Zone ?? TimeScaler?.Zone;

    /// <summary>What is wrong with it now.</summary>
    public IReadOnlyList<SpecFault> Faults { get; internal init; } = [];

    /// <summary>Its calendar, or what it selects, has not been read yet.</summary>
    public bool Pending =>
        IsBeingRead || Calendar is ObjectLookup.Unknown { Lasting: false } || Selected?.Unknown is not null;

    /// <summary>The workloads that it selects; null: it names one.</summary>
    public SelectedWorkloads? Selected { get; }

    /// <summary>
    /// Its calendar is missing or unreadable: it is not in force, since on which days it would be is not known.
    /// </summary>
    public bool IsWithheld { get; internal init; }

    /// <summary>Its calendar is there and not read yet.</summary>
    internal bool IsBeingRead { get; init; }

    internal ObjectLookup? Calendar { get; }

    /// <summary>Everything that it sizes, with its namespace.</summary>
    internal IEnumerable<(string Namespace, ScheduleTarget Target)> Targets =>
        Schedule?.Selection is { } selection
            ? (Selected?.Items ?? []).Select(item =>
                (item.Namespace, new ScheduleTarget(selection.ApiVersion, selection.Kind, item.Name))
            )
        : Target is { } named ? [(Seen.Ref.Namespace, named)]
        : [];

    internal ScheduleTarget? Target =>
        Schedule?.Target
        ?? (
            TimeScaler is { } scaler
                ? new ScheduleTarget(ScheduleTarget.Kinds[ScheduleTarget.Hpa], ScheduleTarget.Hpa, scaler.HpaName)
                : null
        );

    /// <summary>What it contributes; null: nothing now.</summary>
    internal ITimetable? Timetable =>
        Seen.Deleting || Pending || IsWithheld ? null
        : Schedule is { Suspend: false } schedule ? new SingleRule(schedule.Rule)
        : TimeScaler?.Timetable;
}
