using Ebb.Core.Selection;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using NodaTime;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// Reads every object with schedules, each once for each of its versions, and groups what concerns one scaled object.
/// An invalid one keeps its last valid version in force and does not affect the others. Not safe from several threads.
/// </summary>
/// <param name="find">Finds a ConfigMap by namespace and name.</param>
/// <param name="readCalendar">Says what the calendar file of a ConfigMap says, once it is read.</param>
/// <param name="select">Finds what a selection means, for a Schedule of a namespace.</param>
/// <param name="admins">Namespaces whose Schedules may select in other namespaces; null: any may.</param>
public sealed class ScheduleIndex(
    Func<string, string, ObjectLookup> find,
    CalendarReader readCalendar,
    Func<WorkloadSelection, string, SelectedWorkloads> select,
    IReadOnlyCollection<string>? admins = null
)
{
    private readonly Dictionary<
        string,
        (ObjectView Of, Parsed<AutoscalerSpec> Parsed, AutoscalerSpec? Good)
    > _autoscalers = [];
    private Dictionary<string, IndexMember> _members = [];
    private Dictionary<string, IndexEntry> _entries = [];
    private Dictionary<(ObjectView File, string Key, CalendarUse Use), CalendarReading> _calendars = [];

    /// <summary>All entries, in an order that stays; the same list when nothing changed.</summary>
    public IReadOnlyList<IndexEntry> Entries { get; private set; } = [];

    /// <summary>Reads what is new; whether <see cref="Entries"/> is another list.</summary>
    public bool Update(ScheduleObjects world)
    {
        ArgumentNullException.ThrowIfNull(world);
        var members = new Dictionary<string, IndexMember>(world.Schedules.Count + world.TimeScalers.Count);
        var calendars = new Dictionary<(ObjectView File, string Key, CalendarUse Use), CalendarReading>();
        foreach (var seen in world.Schedules.Concat(world.TimeScalers))
            members[seen.Uid] = Member(seen, calendars);
        var inUse = members.Values.Select(member => member.Calendar?.It).OfType<ObjectView>().ToHashSet();
        foreach (var (key, kept) in _calendars.Where(known => inUse.Contains(known.Key.File)))
            calendars.TryAdd(key, kept);
        (_members, _calendars) = (members, calendars);

        var entries = new Dictionary<string, IndexEntry>();
        foreach (var scaler in world.ServiceScalers)
            Add(entries, Entry(scaler));
        var groups = members
            .Values.SelectMany(member => member.Targets.Select(target => (target.Namespace, target.Target, member)))
            .GroupBy(one => (one.Namespace, one.Target.Id, one.Target.Name))
            .ToDictionary(g => g.Key, g => (g.First().Target, Members: g.Select(one => one.member).ToList()));
        foreach (var member in members.Values)
            if (member is { Selected: { } selected, Schedule.Selection: { } selection })
                Add(entries, Entry(member, selection, selected));
        foreach (var parent in world.Autoscalers)
        {
            var key = (parent.Ref.Namespace, ScheduleTarget.Autoscaler, parent.Ref.Name);
            groups.Remove(key, out var children);
            Add(
                entries,
                Entry(
                    parent,
                    new ScheduleTarget(parent.Ref.ApiVersion, parent.Ref.Kind, parent.Ref.Name),
                    parent.Ref.Namespace,
                    children.Members ?? []
                )
            );
        }

        foreach (var ((place, _, _), (target, children)) in groups)
            Add(entries, Entry(null, target, place, children));
        // Nobody asks anything of these any more: they become what they were. Not before it is known what is selected.
        var pending = !world.Whole || members.Values.Any(member => member.Selected?.Unknown is not null);
        foreach (var (_, type, place, name) in world.Baselines.Select(stored => stored.Key))
            if (ScheduleTarget.OfType(type, name) is { } sized && !entries.ContainsKey(KeyOf(sized, place)))
                Add(entries, Entry(null, sized, place, [], pending));
        foreach (var lost in members.Values.Where(member => member is { Target: null, Selected: null }))
            Add(entries, Alone(lost));
        var same =
            entries.Count == _entries.Count
            && entries.All(entry => ReferenceEquals(_entries.GetValueOrDefault(entry.Key), entry.Value));
        _entries = entries;
        if (!same)
            Entries = [.. entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value)];
        return !same;
    }

    private static void Add(Dictionary<string, IndexEntry> entries, IndexEntry entry) => entries[entry.Key] = entry;

    private IndexMember Member(
        ObjectView seen,
        Dictionary<(ObjectView File, string Key, CalendarUse Use), CalendarReading> calendars
    )
    {
        var known = _members.GetValueOrDefault(seen.Uid);
        if (seen.Ref.Kind == "ConfigMap")
        {
            if (known is not null && ReferenceEquals(known.Seen, seen))
                return known;
            var parsed = TimeScalerSpec.Read(seen.Ref.Name, seen.Ref.Namespace, seen.Data);
            return new IndexMember(seen, null)
            {
                TimeScaler = parsed.Value ?? known?.TimeScaler,
                Faults = parsed.Faults,
            };
        }

        var selected =
            known is not null && ReferenceEquals(known.Seen, seen) && known.Schedule?.Selection is { } before
                ? Select(before, seen)
                : null;
        var reference = ScheduleSpec.CalendarOf(seen.Spec);
        var calendar = reference is null ? null : find(seen.Ref.Namespace, reference.Name);
        if (
            known is not null
            && ReferenceEquals(known.Seen, seen)
            && ReferenceEquals(known.Calendar?.It, calendar?.It)
            && known.Calendar?.GetType() == calendar?.GetType()
            && ReferenceEquals(known.Selected, selected)
            && !known.IsBeingRead
        )
            return known;
        IReadOnlyList<SpecFault> unread = [];
        var isBeingRead = false;
        var read = ScheduleSpec.Read(
            seen.Ref.Name,
            seen.Spec,
            (wanted, zone) =>
            {
                var days = Days(wanted, zone, calendar!, calendars);
                (unread, isBeingRead) = (days?.Faults ?? [], days is null);
                return days?.Days is null ? CalendarReading.None : days;
            }
        );
        var schedule = read.Value ?? known?.Schedule;
        IReadOnlyList<SpecFault> foreign =
            schedule?.Selection is { } wanted && IsForeign(wanted, seen)
                ?
                [
                    new SpecFault(
                        "spec.scaleTargetRef.namespaceSelector",
                        $"none: only a Schedule in {string.Join(", ", admins!)} (Tenancy__AdminNamespaces) may select namespaces",
                        $"one in {SpecFault.Quoted(seen.Ref.Namespace)}"
                    ),
                ]
                : [];
        return new IndexMember(seen, calendar, schedule?.Selection is { } asked ? Select(asked, seen) : null)
        {
            Schedule = schedule,
            Faults = [.. read.Faults, .. unread, .. foreign],
            IsWithheld = unread.Count > 0 || foreign.Count > 0,
            IsBeingRead = isBeingRead,
        };
    }

    private bool IsForeign(WorkloadSelection selection, ObjectView seen) =>
        selection.Namespaces is not null && admins?.Contains(seen.Ref.Namespace) == false;

    private static readonly SelectedWorkloads Nothing = new([]);

    private SelectedWorkloads Select(WorkloadSelection selection, ObjectView seen) =>
        IsForeign(selection, seen) ? Nothing : select(selection, seen.Ref.Namespace);

    private SelectionEntry Entry(IndexMember member, WorkloadSelection selection, SelectedWorkloads selected)
    {
        var made = new SelectionEntry(member, selection, selected)
        {
            Pending = selected.IsPending,
            Namespace = member.Seen.Ref.Namespace,
            Kind = member.Seen.Ref.Kind,
            Name = member.Seen.Ref.Name,
            Timetable = null,
        };
        return _entries.GetValueOrDefault(made.Key) is SelectionEntry known && ReferenceEquals(known.Member, member)
            ? known
            : made;
    }

    /// <summary>Null: it is being read.</summary>
    private CalendarReading? Days(
        CalendarRef reference,
        DateTimeZone zone,
        ObjectLookup look,
        Dictionary<(ObjectView File, string Key, CalendarUse Use), CalendarReading> calendars
    )
    {
        const string Path = "spec.excludeCalendarRef";
        // Not read yet: the member waits, and nothing is decided from it.
        if (look is ObjectLookup.Unknown unknown)
            return unknown.Lasting
                ? CalendarReading.Unreadable(new SpecFault($"{Path}.name", "a ConfigMap that can be read", unknown.Why))
                : CalendarReading.None;
        if (look.It is not { } map)
            return CalendarReading.Unreadable(
                new SpecFault(
                    $"{Path}.name",
                    "the name of a ConfigMap in this namespace",
                    SpecFault.Quoted(reference.Name)
                )
            );
        if (reference.Find(map.Data ?? new Dictionary<string, string>()) is not var (key, _))
            return CalendarReading.Unreadable(
                new SpecFault(
                    $"{Path}.key",
                    "a key of the ConfigMap that holds an iCalendar file",
                    map.Data is not { Count: > 0 } ? "nothing in data; a file that is not UTF-8 lies in binaryData"
                        : reference.Key is null ? $"{map.Data.Count} keys to choose from"
                        : SpecFault.Quoted(reference.Key)
                )
            );
        var at = (map, key, new CalendarUse(zone, reference.Busy, reference.Strict));
        if (calendars.TryGetValue(at, out var days))
            return days;
        if (!_calendars.TryGetValue(at, out days))
            days = readCalendar(map, key, $"{Path}: data[{key}]", at.Item3);
        if (days is not null)
            calendars[at] = days;
        return days;
    }

    private IndexEntry Entry(ObjectView scaler)
    {
        var probe = new ScalerEntry(scaler, null, [])
        {
            Namespace = scaler.Ref.Namespace,
            Kind = scaler.Ref.Kind,
            Name = scaler.Ref.Name,
            Timetable = null,
        };
        var known = _entries.GetValueOrDefault(probe.Key) as ScalerEntry;
        if (known is not null && ReferenceEquals(known.Scaler, scaler))
            return known;
        // The status changes more often than the spec; only a new generation is another reading.
        if (
            known is not null
            && known.Scaler.Uid == scaler.Uid
            && known.Scaler.Generation == scaler.Generation
            && scaler.Generation > 0
        )
            return known with { Scaler = scaler };
        var parsed = ServiceScalerSpec.Read(scaler.Spec);
        var spec = parsed.Value ?? (known?.Scaler.Uid == scaler.Uid ? known.Spec : null);
        return probe with { Spec = spec, Faults = parsed.Faults, Timetable = spec?.Timetable };
    }

    private static string KeyOf(ScheduleTarget target, string @namespace) =>
        TargetEntry.KeyOf(target.Id, @namespace, target.Name);

    private TargetEntry Entry(
        ObjectView? parent,
        ScheduleTarget target,
        string @namespace,
        List<IndexMember> members,
        bool pending = false
    )
    {
        members.Sort((one, other) => string.CompareOrdinal(one.Seen.Ref.Name, other.Seen.Ref.Name));
        var probe = new TargetEntry(target, parent, null, [], members)
        {
            Namespace = @namespace,
            Kind = target.Kind,
            Name = target.Name,
            Timetable = null,
        };
        if (
            _entries.GetValueOrDefault(probe.Key) is TargetEntry known
            && ReferenceEquals(known.Parent, parent)
            && (members.Count > 0 || known.Pending == pending)
            && known.Members.Count == members.Count
            && known.Members.Zip(members).All(pair => ReferenceEquals(pair.First, pair.Second))
        )
            return known;
        AutoscalerSpec? spec = null;
        IReadOnlyList<SpecFault> faults = [];
        if (parent is not null)
        {
            if (!_autoscalers.TryGetValue(parent.Uid, out var read) || !ReferenceEquals(read.Of, parent))
            {
                var parsed = AutoscalerSpec.Read(parent.Spec);
                _autoscalers[parent.Uid] = read = (parent, parsed, parsed.Value ?? read.Good);
            }

            (spec, faults) = (read.Good, read.Parsed.Faults);
        }

        var parts = members.Select(member => member.Timetable).OfType<ITimetable>().ToList();
        var otherwise =
            spec?.Otherwise
            ?? new ScheduleState(
                ScaleBounds.None,
                parts.Count == 0 ? "nothing is in force" : "outside all windows",
                false
            );
        return probe with
        {
            Autoscaler = spec,
            Faults = faults,
            Timetable =
                parent is not null && spec is null ? null
                : parts.Count == 1 && spec is null && members[0].TimeScaler is not null ? parts[0]
                : new GreatestBounds(otherwise, parts),
            Pending = pending || members.Any(member => member.Pending),
        };
    }

    private TargetEntry Alone(IndexMember member)
    {
        var probe = new TargetEntry(null, null, null, [], [member])
        {
            Namespace = member.Seen.Ref.Namespace,
            Kind = member.Seen.Ref.Kind,
            Name = member.Seen.Ref.Name,
            Timetable = null,
        };
        return _entries.GetValueOrDefault(probe.Key) is TargetEntry known && ReferenceEquals(known.Members[0], member)
            ? known
            : probe;
    }
}
