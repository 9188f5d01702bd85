using Ebb.Calendars;
using Ebb.Core.Settings;
using NodaTime;
using NodaTime.TimeZones;

namespace Ebb.Tests.Calendars;

public sealed class ZoneDataSpecs : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"ebb-{Guid.NewGuid():N}.nzd");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task A_file_of_zone_data_is_read_whole()
    {
        // The library carries its own data in the same form.
        await using (
            var shipped = typeof(DateTimeZone).Assembly.GetManifestResourceStream("NodaTime.TimeZones.Tzdb.nzd")!
        )
        await using (var file = File.Create(_path))
            await shipped.CopyToAsync(file, TestContext.Current.CancellationToken);
        var (source, faults) = Read();
        Assert.Empty(faults);
        Assert.Equal(TzdbDateTimeZoneSource.Default.TzdbVersion, source!.TzdbVersion);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Any_other_file_is_refused_by_name(string? text)
    {
        if (text is not null)
            await File.WriteAllTextAsync(_path, text, TestContext.Current.CancellationToken);
        var (source, faults) = Read();
        Assert.Null(source);
        Assert.StartsWith(
            "Time__ZoneData: expected a file of time zone data for NodaTime (.nzd), found",
            Assert.Single(faults).ToString(),
            StringComparison.Ordinal
        );
    }

    private (TzdbDateTimeZoneSource?, IReadOnlyList<SettingFault>) Read()
    {
        var reader = new SettingsReader([new("Time:ZoneData", _path)]);
        return (ZoneDataFile.Read(reader), reader.Faults);
    }
}
