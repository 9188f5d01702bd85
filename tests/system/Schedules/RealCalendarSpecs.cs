using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>Calendar files as a real calendar program (Debian's calcurse) writes them.</summary>
public sealed class RealCalendarSpecs
{
    private const string Noon =
        "type: Daily\nstartTime: \"13:00\"\nendTime: \"14:00\"\nminReplicas: 8\nexcludeCalendarRef: {name: holidays}";

    [Fact]
    public async Task Its_all_day_events_are_days_off_and_its_yearly_ones_in_each_year()
    {
        var file = await ExportAsync(
            "01/16/2026 [1] Bridge day, so that nobody has to come; really nobody, and this goes on for so long that a line of seventy-five octets cannot hold it\n"
                + "01/18/2024 [1] {1Y} Founders' day\n"
                + "01/19/2026 @ 12:30 -> 01/19/2026 @ 14:30 |A meeting, which takes no day\n"
        );
        Assert.Contains("BEGIN:VCALENDAR", file, StringComparison.Ordinal);
        Assert.Contains("RRULE:FREQ=YEARLY", file, StringComparison.Ordinal);
        await using var world = await StartAsync(file);
        await using var clock = ClockProcess.Start(world);
        List<(int, int, int?)> sizes = [];
        foreach (
            var (year, day) in new[]
            {
                (2026, 15),
                (2026, 16),
                (2026, 17),
                (2026, 18),
                (2026, 19),
                (2027, 16),
                (2027, 18),
            }
        )
        {
            await clock.AtAsync(Instant.FromUtc(year, 1, day, 13, 30));
            sizes.Add((year, day, world.Replicas("shop", "web")));
        }

        Assert.Equal(
            [(2026, 15, 8), (2026, 16, 4), (2026, 17, 8), (2026, 18, 4), (2026, 19, 8), (2027, 16, 8), (2027, 18, 4)],
            sizes
        );
    }

    [Fact]
    public async Task Its_weekly_ones_are_days_off_in_each_week()
    {
        await using var world = await StartAsync(await ExportAsync("01/16/2026 [1] {1W} Every Friday\n"));
        await using var clock = ClockProcess.Start(world);
        List<int?> sizes = [];
        foreach (var day in new[] { 15, 16, 22, 23, 30 })
        {
            await clock.AtAsync(Instant.FromUtc(2026, 1, day, 13, 30));
            sizes.Add(world.Replicas("shop", "web"));
        }

        Assert.Equal([8, 4, 8, 4, 4], sizes);
    }

    private static Task<World> StartAsync(string file) =>
        World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Workload("shop", "web", 4)
                + "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: holidays, namespace: shop}\ndata:\n  holidays.ics: |\n"
                + string.Concat(file.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(line => $"    {line}\n"))
                + "---\n"
                + Manifests.Schedule("shop", "noon", "Deployment/web", Noon)
        );

    /// <summary>What the program exports of appointments in its own file format.</summary>
    private static async Task<string> ExportAsync(string appointments)
    {
        var program = Counterpart.Need("calcurse", "calcurse");
        var folder = Directory.CreateTempSubdirectory("ebb-calendar-").FullName;
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(folder, "apts"),
                appointments,
                TestContext.Current.CancellationToken
            );
            var (code, output) = await Run.Async(
                program,
                new Dictionary<string, string> { ["TERM"] = "dumb", ["HOME"] = folder },
                "-D",
                folder,
                "--export=ical"
            );
            Assert.True(code == 0, output);
            return output;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
