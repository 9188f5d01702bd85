using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Engine.Clocks;

/// <summary>
/// The zones of schedules whose clocks the loaded time zone data (<c>Time__ZoneData</c>) tells otherwise within the
/// next year than what this program was built with: either is out of date. Without other data there are none.
/// </summary>
internal sealed partial class ZoneDifferences(ILogger<ZoneDifferences> log)
{
    private static readonly Duration Year = Duration.FromDays(365);
    private static readonly Duration LooksAgain = Duration.FromHours(1);

    private IReadOnlyList<IndexEntry>? _seen;
    private Instant _again;
    private volatile IReadOnlyList<string> _told = [];

    /// <summary>One sentence for each zone.</summary>
    public IReadOnlyList<string> Told => _told;

    /// <summary>Looks at the zones again where that is due. From one thread at a time.</summary>
    public void Update(IReadOnlyList<IndexEntry> entries, Instant now)
    {
        if (TimeZones.Version == TimeZones.Shipped || (ReferenceEquals(entries, _seen) && now < _again))
            return;
        (_seen, _again) = (entries, now + LooksAgain);
        var told = entries
            .OfType<TargetEntry>()
            .SelectMany(entry => entry.Members)
            .Concat(entries.OfType<SelectionEntry>().Select(entry => entry.Member))
            .Select(member => member.Zone?.Id)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(id => id is null ? null : TimeZones.Difference(id, now, now + Year))
            .OfType<string>()
            .ToList();
        foreach (var sentence in told.Except(_told))
            Tell(log, sentence);
        _told = told;
    }

    [LoggerMessage(24, LogLevel.Warning, "{Sentence}")]
    private static partial void Tell(ILogger log, string sentence);
}
