using Ebb.Core.Settings;
using NodaTime;
using NodaTime.Text;
using NodaTime.TimeZones;

namespace Ebb.Core.Time.Windows;

/// <summary>The time zones by which all windows of this process are read.</summary>
public static class TimeZones
{
    private static TzdbDateTimeZoneSource _source = TzdbDateTimeZoneSource.Default;
    private static IDateTimeZoneProvider _provider = DateTimeZoneProviders.Tzdb;

    /// <summary>The version of the data in use, such as 2026f.</summary>
    public static string Version => _source.TzdbVersion;

    /// <summary>The version that this program was built with.</summary>
    public static string Shipped => TzdbDateTimeZoneSource.Default.TzdbVersion;

    /// <summary>Takes other data. Once, before any window is read.</summary>
    /// <param name="source">Validated.</param>
    public static void Use(TzdbDateTimeZoneSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        (_source, _provider) = (source, new DateTimeZoneCache(source));
    }

    /// <summary>By its exact IANA name, old ones and links too; null: there is none.</summary>
    public static DateTimeZone? Find(string name) => _provider.GetZoneOrNull(name);

    /// <summary>
    /// What the data in use and the data that this program was built with tell otherwise of a zone, as a sentence;
    /// null: nothing, or one of them has no such zone.
    /// </summary>
    /// <param name="id">Of the zone.</param>
    /// <param name="from">Included.</param>
    /// <param name="to">Excluded.</param>
    public static string? Difference(string id, Instant from, Instant to) =>
        Find(id) is { } loaded
        && DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) is { } shipped
        && ZoneRules.FirstDifference(loaded, shipped, from, to) is var (at, inUse, built)
            ? $"time zone {id}: from {InstantPattern.General.Format(at)} on it is UTC{inUse} by the data in use "
                + $"({Version}) and UTC{built} by what Ebb was built with ({Shipped}); schedules follow the first"
            : null;

    /// <summary>By its name in Windows.</summary>
    public static DateTimeZone? FindWindows(string name) =>
        _source.WindowsToTzdbIds.TryGetValue(name, out var id) ? Find(id) : null;

    /// <summary>
    /// What is expected in place of a name that is none: the one that is probably meant, where there is one.
    /// </summary>
    public static string Expected(string? name) =>
        $"an IANA time zone such as {Nearest(name ?? "") ?? "Europe/Berlin"}";

    private static string? Nearest(string name)
    {
        if (name.Length == 0 || name.Length > 64)
            return null;
        if (_source.WindowsToTzdbIds.TryGetValue(name, out var id))
            return id;
        var city = $"/{name.Replace(' ', '_')}";
        return _provider.Ids.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? _provider.Ids.FirstOrDefault(known => known.EndsWith(city, StringComparison.OrdinalIgnoreCase))
            ?? Spelling.Nearest(name, _provider.Ids.Where(known => known.Contains('/', StringComparison.Ordinal)));
    }
}
