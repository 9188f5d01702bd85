using Ebb.Calendars;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;

namespace Ebb.Engine.Schedules;

/// <summary>
/// Reads the calendar files of ConfigMaps on a thread of its own, the namespaces in turn: files that are dear to read
/// keep nobody waiting but their own Schedules, which are not in force until then.
/// </summary>
/// <param name="log">Told of an exception, which makes that one file unreadable.</param>
internal sealed class CalendarReadings(ILogger<CalendarReadings> log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Uid, string Version, string Key, CalendarUse Use), Asked> _asked = [];

    /// <summary>Time taken by each namespace since nothing was left to read.</summary>
    private readonly Dictionary<string, TimeSpan> _taken = new(StringComparer.Ordinal);
    private Task? _working;
    private int _update;
    private int _version;

    /// <summary>A file was read.</summary>
    public event Action? Changed;

    /// <summary>Grows with each file that was read.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Whether a file that was asked for is not read yet.</summary>
    public bool IsReading
    {
        get
        {
            lock (_lock)
                return _working is not null;
        }
    }

    /// <summary>What a file says; null: it is not read yet, and is being read.</summary>
    public CalendarReading? Find(ObjectView map, string key, string name, CalendarUse use)
    {
        lock (_lock)
        {
            var which = (map.Uid, map.ResourceVersion, key, use);
            if (!_asked.TryGetValue(which, out var asked))
                _asked[which] = asked = new Asked(map.Ref.Namespace, map.Data![key], name, use);
            asked.Update = _update;
            if (asked.Reading is null && _working is null)
                _working = OwnThread.RunAsync(ReadAll, CancellationToken.None);
            return asked.Reading;
        }
    }

    /// <summary>An update is over: what was not asked for in it is not needed.</summary>
    public void Updated()
    {
        lock (_lock)
        {
            foreach (var (which, _) in _asked.Where(one => one.Value.Update != _update).ToList())
                _asked.Remove(which);
            _update++;
        }
    }

    /// <summary>Waits until everything is read, but not longer than this.</summary>
    public async Task ReadAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        Task? working;
        lock (_lock)
            working = _working;
        if (working is null)
            return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(working, Task.Delay(atMost, time, stop.Token));
        await stop.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private Task<int> ReadAll()
    {
        while (Next() is { } asked)
        {
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            var reading = Reading(asked);
            lock (_lock)
            {
                var taken = System.Diagnostics.Stopwatch.GetElapsedTime(began);
                _taken[asked.Namespace] = _taken.GetValueOrDefault(asked.Namespace) + taken;
                asked.Reading = reading;
                _version++;
            }
            Changed?.Invoke();
        }
        return Task.FromResult(Version);
    }

    /// <summary>The next file of the namespace that has taken least; null: all are read, and this thread ends.</summary>
    private Asked? Next()
    {
        lock (_lock)
        {
            var next = _asked
                .Values.Where(asked => asked.Reading is null)
                .MinBy(asked => _taken.GetValueOrDefault(asked.Namespace));
            if (next is null)
            {
                _taken.Clear();
                _working = null;
            }
            return next;
        }
    }

    private CalendarReading Reading(Asked asked)
    {
        try
        {
            return CalendarFile.Read(asked.Text, asked.Name, asked.Use);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            log.CalendarFailed(asked.Namespace, asked.Name, fault);
            return CalendarReading.Unreadable(
                new SpecFault(asked.Name, "an iCalendar file", $"one that Ebb fails to read ({fault.GetType().Name})")
            );
        }
    }

    private sealed class Asked(string @namespace, string text, string name, CalendarUse use)
    {
        public string Namespace => @namespace;
        public string Text => text;
        public string Name => name;
        public CalendarUse Use => use;
        public CalendarReading? Reading { get; set; }
        public int Update { get; set; }
    }
}
