using Ebb.Calendars;
using Ebb.Core.Settings;
using Ebb.Core.Time.Windows;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;
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

    [Theory]
    [InlineData("operator", "Ebb.Operator", "ebb ")]
    [InlineData("scaler", "Ebb.Scaler", "ebb-scaler ")]
    public async Task Version_tells_the_data_that_is_loaded(string project, string assembly, string name)
    {
        OtherZoneData.Write(_path);
        foreach (
            var (path, told) in new[]
            {
                (null, $", time zones {TimeZones.Shipped}\n"),
                (_path, $", time zones {OtherZoneData.Version} (built with {TimeZones.Shipped})\n"),
            }
        )
        {
            var start = ShippedProgram.Command(project, assembly);
            start.ArgumentList.Add("--version");
            Dictionary<string, string> environment = path is null ? [] : new() { ["Time__ZoneData"] = path };
            await using var process = RealProcess.Start(start, environment, Path.GetTempPath());
            Assert.Equal(0, await process.ExitAsync());
            Assert.StartsWith(name, process.Output, StringComparison.Ordinal);
            Assert.Contains(told, process.Output, StringComparison.Ordinal);
        }
    }

    [LongFact]
    public async Task A_zone_whose_clocks_the_loaded_data_tells_otherwise_is_told_where_a_Schedule_is_in_it()
    {
        OtherZoneData.Write(_path);
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        foreach (var (name, zone) in new[] { ("west", OtherZoneData.Zone), ("here", "Europe/Berlin") })
            await world.Cluster.ApplyManifestAsync(
                Manifests.Schedule(
                    "shop",
                    name,
                    "Deployment/storefront",
                    $"type: Daily\nstartTime: \"08:00\"\nendTime: \"17:00\"\ntimeZone: {zone}\nminReplicas: 1"
                )
            );
        var port = FreePort.Take();
        await using var ebb = RealProcess.Launch(
            "operator",
            "Ebb.Operator",
            new Dictionary<string, string>(world.Settings(port)) { ["Time__ZoneData"] = _path },
            port
        );
        ebb.Http.DefaultRequestHeaders.Add("x-functions-key", LiveWorld.ViewKey);
        string? told = null;
        await ebb.UntilAsync(
            async () =>
                (
                    told = (await ebb.TryGetAsync("/api/status"))
                        ?["troubles"]!.AsArray()
                        .Select(one => (string)one!)
                        .SingleOrDefault(one => one.StartsWith("time zone ", StringComparison.Ordinal))
                )
                    is not null,
            "the zone is told"
        );
        Assert.StartsWith($"time zone {OtherZoneData.Zone}: from ", told, StringComparison.Ordinal);
        Assert.Contains($"by the data in use ({OtherZoneData.Version})", told, StringComparison.Ordinal);
        Assert.Contains(told!, ebb.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"tzdata=\"{OtherZoneData.Version}\"",
            await ebb.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    private (TzdbDateTimeZoneSource?, IReadOnlyList<SettingFault>) Read()
    {
        var reader = new SettingsReader([new("Time:ZoneData", _path)]);
        return (ZoneDataFile.Read(reader), reader.Faults);
    }
}
