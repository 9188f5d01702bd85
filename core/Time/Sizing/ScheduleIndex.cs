using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using NodaTime;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// One scaled object and everything that says how large it is to be. The same instance as long as none of that changes.
/// </summary>
public abstract record IndexEntry
{
    /// <summary>Where it is.</summary>
    public required string Namespace { get; init; }

    /// <summary>The kind of the scaled object; for Schedules their parent.</summary>
    public required string Kind { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What the schedule asks; null when nothing valid was ever seen.</summary>
    public required ITimetable? Timetable { get; init; }

    /// <summary>Something that it depends on has not been read yet: nothing may be decided.</summary>
    public bool Pending { get; init; }

    /// <summary>For memory over changes.</summary>
    public string Key => KeyOf(GetType().Name, Kind, Namespace, Name);

    internal static string KeyOf(string entry, string kind, string @namespace, string name) =>
        $"{entry} {kind} {@namespace}/{name}";

    /// <inheritdoc/>
    public virtual bool Equals(IndexEntry? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>A ServiceScaler.</summary>
/// <param name="Scaler">The object.</param>
/// <param name="Spec">What it says; the last that was valid, when it is not now.</param>
/// <param name="Faults">What is wrong with it now.</param>
public sealed record ScalerEntry(ObjectView Scaler, ServiceScalerSpec? Spec, IReadOnlyList<SpecFault> Faults)
    : IndexEntry
{
    /// <inheritdoc/>
    public bool Equals(ScalerEntry? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();
}

/// <summary>An object that Schedules and ConfigMaps name, or a ScheduledPodAutoscaler that none names.</summary>
/// <param name="Target">What is sized; null when its Schedule does not say.</param>
/// <param name="Parent">The ScheduledPodAutoscaler, when it is one.</param>
/// <param name="Autoscaler">What that says; the last that was valid, when it is not now.</param>
/// <param name="Faults">What is wrong with that now.</param>
/// <param name="Members">In order of name.</param>
public sealed record TargetEntry(
    ScheduleTarget? Target,
    ObjectView? Parent,
    AutoscalerSpec? Autoscaler,
    IReadOnlyList<SpecFault> Faults,
    IReadOnlyList<IndexMember> Members
) : IndexEntry
{
    /// <inheritdoc/>
    public bool Equals(TargetEntry? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();
}

/// <summary>A Schedule or a ConfigMap of hpa-time-scaler.</summary>
public sealed class IndexMember
{
    internal IndexMember(ObjectView seen, ObjectLookup? calendar) => (Seen, Calendar) = (seen, calendar);

    /// <summary>The object.</summary>
    public ObjectView Seen { get; }

    /// <summary>What a Schedule says; the last that was valid, when it is not now. Null for a ConfigMap.</summary>
    public ScheduleSpec? Schedule { get; internal init; }

    /// <summary>What a ConfigMap says, likewise.</summary>
    public TimeScalerSpec? TimeScaler { get; internal init; }

    /// <summary>What is wrong with it now.</summary>
    public IReadOnlyList<SpecFault> Faults { get; internal init; } = [];

    /// <summary>Its calendar has not been read yet.</summary>
    public bool Pending => Calendar is ObjectLookup.Unknown { Lasting: false };

    /// <summary>
    /// Its calendar is missing or unreadable: it is not in force, since on which days it would be is not known.
    /// </summary>
    public bool IsWithheld { get; internal init; }

    internal ObjectLookup? Calendar { get; }

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

/// <summary>
/// Reads every object with schedules, each once for each of its versions, and groups what concerns one scaled object.
/// An invalid one keeps its last valid version in force and does not affect the others. Not safe from several threads.
/// </summary>
/// <param name="find">Finds a ConfigMap by namespace and name.</param>
/// <param name="readCalendar">Reads the calendar file of a ConfigMap.</param>
public sealed class ScheduleIndex(Func<string, string, ObjectLookup> find, CalendarReader readCalendar)
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
            .Values.Where(member => member.Target is not null)
            .GroupBy(member => (member.Seen.Ref.Namespace, member.Target!.Kind, member.Target.Name))
            .ToDictionary(g => g.Key, g => g.ToList());
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
                    children ?? []
                )
            );
        }

        foreach (var ((place, _, _), children) in groups)
            Add(entries, Entry(null, children[0].Target!, place, children));
        // Nobody asks anything of these any more: they become what they were.
        foreach (var (_, type, place, name) in world.Baselines.Select(stored => stored.Key))
            if (ScheduleTarget.OfType(type, name) is { } sized && !entries.ContainsKey(KeyOf(sized, place)))
                Add(entries, Entry(null, sized, place, [], pending: !world.Whole));
        foreach (var lost in members.Values.Where(member => member.Target is null))
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

        var reference = ScheduleSpec.CalendarOf(seen.Spec);
        var calendar = reference is null ? null : find(seen.Ref.Namespace, reference.Name);
        if (
            known is not null
            && ReferenceEquals(known.Seen, seen)
            && ReferenceEquals(known.Calendar?.It, calendar?.It)
            && known.Calendar?.GetType() == calendar?.GetType()
        )
            return known;
        IReadOnlyList<SpecFault> unread = [];
        var read = ScheduleSpec.Read(
            seen.Ref.Name,
            seen.Spec,
            (wanted, zone) =>
            {
                var days = Days(wanted, zone, calendar!, calendars);
                unread = days.Faults;
                return days.Days is null ? CalendarReading.None : days;
            }
        );
        return new IndexMember(seen, calendar)
        {
            Schedule = read.Value ?? known?.Schedule,
            Faults = [.. read.Faults, .. unread],
            IsWithheld = unread.Count > 0,
        };
    }

    private CalendarReading Days(
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
        if (reference.Find(map.Data ?? new Dictionary<string, string>()) is not var (key, text))
            return CalendarReading.Unreadable(
                new SpecFault(
                    $"{Path}.key",
                    "a key of the ConfigMap that holds an iCalendar file",
                    reference.Key is null
                        ? $"{map.Data?.Count ?? 0} keys to choose from"
                        : SpecFault.Quoted(reference.Key)
                )
            );
        var at = (map, key, new CalendarUse(zone, reference.Busy, reference.Strict));
        if (!calendars.TryGetValue(at, out var days) && !_calendars.TryGetValue(at, out days))
            days = readCalendar(text, $"{Path}: data[{key}]", at.Item3);
        return calendars[at] = days;
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
        IndexEntry.KeyOf(nameof(TargetEntry), target.Kind, @namespace, target.Name);

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
