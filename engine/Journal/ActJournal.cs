using System.Globalization;
using System.Text;
using System.Text.Json;
using Ebb.Core.Outages;
using Ebb.Core.Ports;
using Ebb.Engine.Clocks;
using NodaTime;

namespace Ebb.Engine.Journal;

/// <summary>
/// What this process did or was asked lately, in memory, and what waits to be archived. Safe from several threads.
/// </summary>
internal sealed class ActJournal(EngineClocks clocks, IArchive? archive = null)
{
    private const int MostKept = 1000;
    private const int MostWaiting = 10_000;
    private const int MostSubjects = 5000;
    private const int LongestDocument = 500 << 10;

    private readonly Lock _lock = new();
    private readonly LinkedList<(long Number, JournalEntry Entry)> _recent = new();
    private readonly Queue<ArchiveEntry> _waiting = new();
    private readonly Dictionary<string, JournalEntry> _last = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outages = new(StringComparer.Ordinal);
    private long _number;

    /// <summary>Where it is archived; null: nowhere.</summary>
    public IArchive? Archive => archive;

    /// <summary>Entries that were lost because the archive was away for too long.</summary>
    public long Lost { get; private set; }

    /// <summary>An act; the same one with the same result again is told once.</summary>
    public void Record(string who, string what, string subject, string why, string result = "done")
    {
        var entry = new JournalEntry(clocks.Wall.Now(), who, what, subject, why, result);
        lock (_lock)
        {
            if (
                result != "done"
                && _last.TryGetValue(subject, out var last)
                && (last.What, last.Result) == (what, result)
            )
                return;
            if (_last.Count >= MostSubjects)
                _last.Clear();
            _last[subject] = entry;
            _recent.AddFirst((++_number, entry));
            if (_recent.Count > MostKept)
                _recent.RemoveLast();
            Enqueue(
                new ArchiveEntry(
                    ArchiveKind.Journal,
                    entry.At,
                    Guid.NewGuid().ToString("N")[..12],
                    JsonSerializer.Serialize(entry, JournalJson.Default.JournalEntry)
                )
            );
        }
    }

    /// <summary>
    /// The outages that are over, each once. Those of days before this process began were archived by another one.
    /// </summary>
    public void Record(IEnumerable<OutageReport> outages)
    {
        var since = clocks.Wall.Now() - Duration.FromDays(1);
        lock (_lock)
            foreach (var outage in outages.Where(o => o.Ended > since && _outages.Add(o.Id)))
                Enqueue(
                    new ArchiveEntry(ArchiveKind.Outages, outage.Began, outage.Id.ToLowerInvariant(), Fitting(outage))
                );
    }

    /// <summary>What this process did, the youngest first.</summary>
    /// <param name="after">Where the page before has ended; null: the first page.</param>
    /// <param name="most">At most so many.</param>
    public JournalAnswer Recent(string? after, int most)
    {
        var before = long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : long.MaxValue;
        lock (_lock)
        {
            var page = _recent.Where(one => one.Number < before).Take(most + 1).ToList();
            return new JournalAnswer(
                "memory",
                [.. page.Take(most).Select(one => one.Entry)],
                page.Count > most ? page[most - 1].Number.ToString(CultureInfo.InvariantCulture) : null
            );
        }
    }

    /// <summary>What waits, the oldest first; it stays until <see cref="Archived"/>.</summary>
    public IReadOnlyList<ArchiveEntry> Waiting(int most)
    {
        lock (_lock)
            return [.. _waiting.Take(most)];
    }

    /// <summary>The oldest of what waits is stored.</summary>
    public void Archived(IReadOnlyList<ArchiveEntry> stored)
    {
        lock (_lock)
            foreach (var entry in stored)
                if (_waiting.TryPeek(out var first) && ReferenceEquals(first, entry))
                    _waiting.Dequeue();
    }

    /// <summary>With as many workloads as the archive takes in a document.</summary>
    private static string Fitting(OutageReport outage)
    {
        for (var most = outage.Workloads.Count; ; most /= 2)
        {
            var json = JsonSerializer.Serialize(outage.With(most), JournalJson.Default.OutageReport);
            if (Encoding.UTF8.GetByteCount(json) <= LongestDocument || most == 0)
                return json;
        }
    }

    private void Enqueue(ArchiveEntry entry)
    {
        if (archive is null)
            return;
        if (_waiting.Count == MostWaiting)
        {
            _waiting.Dequeue();
            Lost++;
        }
        _waiting.Enqueue(entry);
    }
}
