using Ebb.Core.Schedules;
using Ebb.Kubernetes.Capacity;

namespace Ebb.Scaler.Answers;

/// <summary>What the Schedules of a namespace say; each is read once for each of its versions.</summary>
internal sealed class ScheduleBook(ScalerCluster cluster)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string, string), ReadSchedule> _read = [];
    private readonly Dictionary<string, IReadOnlyList<ReadSchedule>> _pages = new(StringComparer.Ordinal);
    private long _version = -1;

    /// <summary>The same list until a Schedule changes.</summary>
    public IReadOnlyList<ReadSchedule> Of(string @namespace)
    {
        lock (_lock)
        {
            if (_version != cluster.SchedulesVersion)
            {
                _version = cluster.SchedulesVersion;
                _pages.Clear();
            }

            if (!_pages.TryGetValue(@namespace, out var page)) _pages[@namespace] = page = [.. cluster.Schedules(@namespace).Select(s => Read(@namespace, s.Name, s.Version, s.Spec))];
            return page;
        }
    }

    private ReadSchedule Read(string @namespace, string name, string version, System.Text.Json.JsonElement? spec)
    {
        _read.TryGetValue((@namespace, name), out var known);
        if (known?.Version == version) return known;
        var parsed = ScheduleSpec.Read(name, spec, calendar => (null, [new SpecFault("spec.excludeCalendarRef", "a calendar that the scaler has read", $"ConfigMap {calendar.Name}, which it has not")]));
        // A Schedule that was broken by an edit goes on as it last was.
        return _read[(@namespace, name)] = new ReadSchedule(name, version, parsed.Value ?? known?.Spec, parsed.Faults);
    }
}

/// <summary>A Schedule as read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Of which version.</param>
/// <param name="Spec">What it says; null when it never said anything that can be read.</param>
/// <param name="Faults">What is wrong with it.</param>
internal sealed record ReadSchedule(string Name, string Version, ScheduleSpec? Spec, IReadOnlyList<SpecFault> Faults);
