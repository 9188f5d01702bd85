using Ebb.Core.Claims;
using Ebb.Core.Ports;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Engine.Claims;
using Ebb.Engine.Clocks;
using Ebb.Engine.Instruments;
using Ebb.Engine.Journal;
using Ebb.Engine.Loops;
using Ebb.Engine.Overrides;
using Ebb.Engine.Settings;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary>
/// Evaluates schedules, writes what they ask and reports their state. One turn at a time; who calls and how often makes
/// no difference
/// to what comes out, and a turn in which nothing is due costs a comparison and makes no request.
/// </summary>
internal sealed class SchedulePath(
    EbbSettings settings,
    IScheduleCluster cluster,
    ICluster power,
    LeadingTerm term,
    ScheduledSizes sizes,
    ScheduleGauges gauges,
    EngineClocks clocks,
    CalendarReadings calendars,
    ILogger<SchedulePath> log,
    PersonClaims? overridden = null,
    ClockClaims? claims = null,
    WorkloadSentences? why = null,
    ActJournal? journal = null,
    ZoneDifferences? zones = null
) : IDisposable
{
    /// <summary>Enough for a whole cluster at a window's boundary, few enough for an API server in trouble.</summary>
    private const int AtOnce = 16;

    /// <summary>
    /// What was written shows at once and is decided on again in the same turn; nothing takes more rounds than this.
    /// </summary>
    private const int MostRounds = 12;

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Calendars are read in less, as a rule: then their Schedules are in force in the same turn.</summary>
    private static readonly TimeSpan ReadWithin = TimeSpan.FromMilliseconds(500);

    private readonly ScheduleIndex _book = new(
        (place, name) => cluster.Find("ConfigMap", place, name),
        calendars.Find,
        cluster.Select,
        settings.AdminNamespaces
    );
    private readonly ScheduleExecutor _executor = new(
        cluster,
        settings.ScheduleInterval,
        log,
        why,
        journal,
        settings.Release
    );
    private Dictionary<string, ScheduleProgress> _progress = [];
    private TimetableCache _almanac = new([]);
    private ScheduleObjects _world = ScheduleObjects.Nothing;
    private volatile SleepingTargets _sleepers = SleepingTargets.None;
    private object? _overridden;
    private int _read;
    private Instant? _lookAgain;
    private int _said;
    private bool _led;
    private readonly SavedInAWeek _saved = new(cluster);
    private volatile ScheduleView? _view;

    /// <summary>Null until everything was read once.</summary>
    public ScheduleView? View => _view;

    /// <summary>Whether this replica writes.</summary>
    public bool Leads => term.Acts;

    /// <summary>One turn.</summary>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        var (began, rounds) = (System.Diagnostics.Stopwatch.GetTimestamp(), 0);
        try
        {
            await term.BeginAsync(cancellationToken);
            while (rounds < MostRounds && await RoundAsync(clocks.Wall.Now(), cancellationToken))
                rounds++;
        }
        finally
        {
            _gate.Release();
            if (rounds > 0)
                Measures.TurnTook("schedule", System.Diagnostics.Stopwatch.GetElapsedTime(began));
        }
    }

    /// <summary>Decides on what is known now and acts on it; whether there was anything to decide.</summary>
    private async Task<bool> RoundAsync(Instant now, CancellationToken cancellationToken)
    {
        var (world, sleepers, leads) = (cluster.Known, _sleepers.After(power.Known), Leads);
        if (!world.Synced)
            return false;
        var news =
            !ReferenceEquals(world, _world)
            || !sleepers.Same(_sleepers)
            || leads != _led
            || !ReferenceEquals(overridden?.Version, _overridden)
            || calendars.Version != _read
            || (why?.Version ?? 0) != _said;
        (_world, _sleepers, _led, _overridden, _said) = (
            world,
            sleepers,
            leads,
            overridden?.Version,
            why?.Version ?? 0
        );
        if (news && await UpdateAsync(world, cancellationToken))
            Take(_book.Entries);
        zones?.Update(_book.Entries, now);
        var due = _almanac.Update(now);
        if (!news && !due && !(now >= _lookAgain))
            return false;
        claims?.Set(_book.Entries, _almanac, cluster, now);
        await FollowAsync(leads, now, cancellationToken);
        if (leads)
            await TellSelectionsAsync(now, cancellationToken);
        Publish(now);
        return true;
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>Whether the entries are others.</summary>
    private async Task<bool> UpdateAsync(ScheduleObjects world, CancellationToken cancellationToken)
    {
        var others = Update();
        if (!calendars.IsReading)
            return others;
        await calendars.ReadAsync(ReadWithin, clocks.Deadlines, cancellationToken);
        return Update() || others;

        bool Update()
        {
            _read = calendars.Version;
            var others = _book.Update(world);
            calendars.Updated();
            return others;
        }
    }

    private void Take(IReadOnlyList<IndexEntry> entries)
    {
        _almanac = new TimetableCache([
            .. entries.Select(entry => settings.Release ? Silence.Timetable : entry.Timetable ?? Silence.Timetable),
        ]);
        var progress = new Dictionary<string, ScheduleProgress>(entries.Count);
        foreach (var entry in entries)
            progress[entry.Key] = _progress.GetValueOrDefault(entry.Key) ?? new ScheduleProgress();
        _progress = progress;
    }

    private Task FollowAsync(bool leads, Instant now, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, _book.Entries.Count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                var entry = _book.Entries[i];
                if (entry is SelectionEntry || entry.Pending)
                    return;
                var state = entry.Timetable is null ? null : _almanac[i];
                await _executor.FollowAsync(
                    entry,
                    state,
                    _progress[entry.Key],
                    () => _sleepers = _sleepers.After(power.Known),
                    () => settings.Act && MayAct(entry, now),
                    leads,
                    now,
                    token
                );
            }
        );

    private async Task TellSelectionsAsync(Instant now, CancellationToken cancellationToken)
    {
        Dictionary<string, string>? troubles = null;
        foreach (var entry in _book.Entries.OfType<SelectionEntry>().Where(entry => !entry.Pending))
        {
            troubles ??= _progress
                .Select(one => (one.Key, Trouble: one.Value.Finding.Trouble ?? one.Value.Failure))
                .Where(one => one.Trouble is not null)
                .ToDictionary(one => one.Key, one => one.Trouble!, StringComparer.Ordinal);
            await _executor.TellAsync(entry, troubles, _progress[entry.Key], now, cancellationToken);
        }
    }

    /// <summary>
    /// Nothing is known of overrides, which come first, until they were looked at once; where they cannot be read at
    /// all, which is told, schedules go on without.
    /// </summary>
    private bool MayAct(IndexEntry entry, Instant now) =>
        overridden is null
        || (
            overridden.IsKnown
            && Arbiter.Decide(overridden.On(entry) is { } claim ? [claim] : [], now).LeavesTo(ClaimSource.Schedule)
        )
        || (!overridden.IsKnown && power.Known is { Synced: true, Overrides: null });

    private void Publish(Instant now)
    {
        var entries = _book.Entries;
        sizes.Set([.. _progress.Values.Select(progress => progress.Finding.WakesTo).OfType<WakingSize>()]);
        gauges.Set([
            .. entries
                .Select((entry, i) => (entry, i))
                .Where(pair => pair.entry is { Kind: ScheduleTarget.Autoscaler, Timetable: not null })
                .Select(pair => (pair.entry.Namespace, pair.entry.Name, _almanac[pair.i].Bounds)),
        ]);
        _lookAgain = _progress.Values.Select(progress => progress.LookAgain).Min();
        var next = _almanac.NextChange;
        gauges.Set([.. entries.GroupBy(entry => entry.Kind).Select(kind => (kind.Key, kind.Count()))], next);
        _view = new ScheduleView(
            now,
            _world,
            entries,
            next is { } change && _lookAgain is { } again ? Instant.Min(change, again) : next ?? _lookAgain,
            entries.Any(entry => entry.Pending) || _progress.Values.Any(progress => progress.Finding.Waits)
        )
        {
            Sleepers = _sleepers,
        };
        gauges.Saved ??= () => _saved.Of(_view, clocks.Wall.Now());
    }

    /// <summary>Used where no valid schedule was ever seen.</summary>
    private sealed class Silence : ITimetable
    {
        public static readonly Silence Timetable = new();

        private static readonly ScheduleState Nothing = new(ScaleBounds.None, "", false);

        public ScheduleState At(Instant at) => Nothing;

        public Instant? NextChange(Instant at) => null;
    }
}
