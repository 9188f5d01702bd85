using System.Text.Json;
using Ebb.Calendars;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Capacity;
using NodaTime;

namespace Ebb.Scaler.Answers;

/// <summary>
/// The Schedules of each namespace; each is parsed once for each of its versions. Safe from several threads.
/// </summary>
/// <param name="cluster">What is known of the cluster.</param>
/// <param name="admins">Namespaces whose Schedules may select in others.</param>
internal sealed class NamespaceSchedules(ScalerCluster cluster, IReadOnlyList<string> admins)
{
    private const int MostCalendars = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string, string), ReadSchedule> _read = [];
    private readonly Dictionary<string, IReadOnlyList<ReadSchedule>> _byNamespace = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string, CalendarUse), CalendarReading> _calendars = [];
    private (long Schedules, long Maps) _version = (-1, -1);

    /// <summary>
    /// Those of a namespace, and those of admin namespaces that select namespaces; the same list until a Schedule
    /// changes.
    /// </summary>
    public IReadOnlyList<ReadSchedule> Of(string @namespace)
    {
        lock (_lock)
        {
            var version = (cluster.SchedulesVersion, cluster.ConfigMapsVersion);
            if (_version != version)
            {
                _version = version;
                _byNamespace.Clear();
            }

            if (!_byNamespace.TryGetValue(@namespace, out var schedules))
                _byNamespace[@namespace] = schedules = [
                    .. All(@namespace),
                    .. admins
                        .Where(admin => admin != @namespace)
                        .SelectMany(All)
                        .Where(schedule => schedule.Spec?.Selection?.Namespaces is not null),
                ];
            return schedules;
        }
    }

    /// <summary>Which of them select an object, and why that is not known of one.</summary>
    public IEnumerable<(ReadSchedule Schedule, string? Unknown)> Selecting(
        IReadOnlyList<ReadSchedule> all,
        ObjectRef what
    )
    {
        foreach (var schedule in all)
        {
            if (
                schedule.Spec?.Selection is not { } selection
                || ScheduleTarget.IdOf(selection.ApiVersion, selection.Kind)
                    != ScheduleTarget.IdOf(what.ApiVersion, what.Kind)
            )
                continue;
            // What only an admin namespace may ask is not in force elsewhere.
            if (selection.Namespaces is { } places)
            {
                if (!admins.Contains(schedule.Namespace))
                    continue;
                var place = cluster.NamespaceLabels(what.Namespace);
                if (place.It is null && place.Unknown is not null)
                    yield return (schedule, place.Unknown);
                if (place.It is null || !places.Selects(place.It))
                    continue;
            }
            var labels = cluster.LabelsOf(what);
            if (labels.It is null && labels.Unknown is not null)
                yield return (schedule, labels.Unknown);
            else if (labels.It is { } found && selection.Selects(what.Namespace, what.Name, found))
                yield return (schedule, null);
        }
    }

    private IEnumerable<ReadSchedule> All(string @namespace) =>
        cluster.Schedules(@namespace).Select(s => Read(@namespace, s.Name, s.Version, s.Spec));

    private ReadSchedule Read(string @namespace, string name, string version, JsonElement? spec)
    {
        _read.TryGetValue((@namespace, name), out var known);
        var calendar = ScheduleSpec.CalendarOf(spec);
        // A calendar can change without its Schedule.
        var key = calendar is null ? version : $"{version} {cluster.ConfigMapsVersion}";
        if (known?.Version == key)
            return known;
        IReadOnlyList<SpecFault> unread = [];
        var parsed = ScheduleSpec.Read(
            name,
            spec,
            (wanted, zone) =>
            {
                var days = DaysOffOf(@namespace, wanted, zone);
                unread = days.Faults;
                return days.Days is null ? CalendarReading.None : days;
            }
        );
        // A Schedule that became invalid stays in force as it was; one whose calendar cannot be read says nothing.
        return _read[(@namespace, name)] = new ReadSchedule(
            @namespace,
            name,
            key,
            parsed.Value ?? known?.Spec,
            parsed.Faults
        )
        {
            Unread = unread.Count == 0 ? null : $"Schedule {name}: {string.Join("; ", unread)}",
        };
    }

    private CalendarReading DaysOffOf(string @namespace, CalendarRef wanted, DateTimeZone zone)
    {
        var map = cluster.ConfigMap(@namespace, wanted.Name);
        if (map.It is not { } data)
            return CalendarReading.Unreadable(
                new SpecFault("spec.excludeCalendarRef", $"ConfigMap {wanted.Name}", map.Unknown ?? "nothing")
            );
        if (wanted.Find(data) is not var (key, text))
            return CalendarReading.Unreadable(
                new SpecFault(
                    "spec.excludeCalendarRef.key",
                    $"a key of ConfigMap {wanted.Name}",
                    wanted.Key ?? "none, and it has several"
                )
            );
        // Any ConfigMap may have changed; a file is read again only when its text is another.
        var use = new CalendarUse(zone, wanted.Busy, wanted.Strict);
        if (_calendars.TryGetValue((text, key, use), out var known))
            return known;
        if (_calendars.Count >= MostCalendars)
            _calendars.Clear();
        return _calendars[(text, key, use)] = CalendarFile.Read(text, key, use);
    }
}

/// <summary>A Schedule as it was read.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">The version that was read.</param>
/// <param name="Spec">What it asks; null: it was never valid.</param>
/// <param name="Faults">What is wrong with it.</param>
internal sealed record ReadSchedule(
    string Namespace,
    string Name,
    string Version,
    ScheduleSpec? Spec,
    IReadOnlyList<SpecFault> Faults
)
{
    /// <summary>Why its calendar is not known; null: it is, or there is none.</summary>
    public string? Unread { get; init; }
}
