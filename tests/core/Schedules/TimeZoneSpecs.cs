using Ebb.Core.Time.Windows;
using NodaTime.TimeZones;

namespace Ebb.Core.Tests.Schedules;

public class TimeZoneSpecs
{
    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("US/Pacific")]
    [InlineData("Asia/Calcutta")]
    [InlineData("EST")]
    [InlineData("Europe/Kiev")]
    [InlineData("Canada/Central")]
    public void Old_names_and_links_are_zones(string name) => Assert.NotNull(TimeZones.Find(name));

    [Theory]
    [InlineData("W. Europe Standard Time", "Europe/Berlin")]
    [InlineData("utc", "UTC")]
    [InlineData("europe/berlin", "Europe/Berlin")]
    [InlineData("New York", "America/New_York")]
    [InlineData("Europe/Berln", "Europe/Berlin")]
    [InlineData("America/Los Angeles", "America/Los_Angeles")]
    [InlineData("Mars/Olympus", "Europe/Berlin")]
    [InlineData("", "Europe/Berlin")]
    public void Any_other_name_is_told_with_the_one_that_is_meant(string name, string meant)
    {
        Assert.Null(TimeZones.Find(name));
        Assert.EndsWith($" {meant}", TimeZones.Expected(name), StringComparison.Ordinal);
    }

    [Theory]
    // The same the whole year, though by other rules.
    [InlineData("Europe/Berlin", "Europe/Paris", null)]
    [InlineData("Europe/Berlin", "Africa/Lagos", "2026-03-29T01:00")]
    [InlineData("Africa/Lagos", "Europe/Berlin", "2026-03-29T01:00")]
    [InlineData("Europe/Berlin", "UTC", "2026-01-15T00:00")]
    [InlineData("Asia/Tokyo", "Asia/Seoul", null)]
    // Both have clocks that change, on other days.
    [InlineData("Europe/London", "Africa/Casablanca", "2026-01-15T00:00")]
    [InlineData("America/Winnipeg", "America/Chicago", "2026-11-01T07:00")]
    public void Two_versions_of_a_zone_differ_from_when_their_clocks_do(string one, string other, string? from)
    {
        var start = Texts.Utc("2026-01-15T00:00");
        var found = ZoneRules.FirstDifference(
            DateTimeZoneProviders.Tzdb[one],
            DateTimeZoneProviders.Tzdb[other],
            start,
            start + Duration.FromDays(365)
        );
        Assert.Equal(from is null ? null : Texts.Utc(from), found?.At);
        Assert.True(found is null || found.Value.One != found.Value.Other);
    }

    [Fact]
    public void Data_that_is_what_was_shipped_differs_in_nothing() =>
        Assert.All(
            DateTimeZoneProviders.Tzdb.Ids,
            id => Assert.Null(TimeZones.Difference(id, Texts.Utc("2026-01-15T00:00"), Texts.Utc("2027-01-15T00:00")))
        );

    /// <summary>Manitoba keeps -05 from 2026-11-01 on, Cuba too: 2026e and 2026f.</summary>
    [Theory]
    [InlineData("America/Winnipeg", -6, -5)]
    [InlineData("America/Havana", -5, -4)]
    public void The_data_is_as_new_as_the_library(string zone, int before, int now)
    {
        Assert.Equal(TzdbDateTimeZoneSource.Default.TzdbVersion, TimeZones.Version);
        var found = TimeZones.Find(zone)!;
        Assert.Equal(Offset.FromHours(before), found.GetUtcOffset(Texts.Utc("2025-12-01T12:00")));
        Assert.Equal(Offset.FromHours(now), found.GetUtcOffset(Texts.Utc("2026-12-01T12:00")));
    }
}
