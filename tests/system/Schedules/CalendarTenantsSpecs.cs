using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>Calendars of one tenant that are dear to read, and everybody else's Schedules.</summary>
public sealed class CalendarTenantsSpecs
{
    private const int Dear = 16;
    private const string Window = "type: Daily\nstartTime: \"11:00\"\nendTime: \"13:00\"\nminReplicas: 4\n";

    [LongFact]
    public async Task Everybody_elses_are_in_force_while_one_tenants_are_still_being_read()
    {
        const string rule =
            "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:19010101\r\n"
            + "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-366\r\nEND:VEVENT\r\n";
        // Each zone is another reading of the file.
        var zones = DateTimeZoneProviders
            .Tzdb.Ids.Where(id => id.StartsWith("Europe/", StringComparison.Ordinal))
            .Take(Dear)
            .ToList();
        Assert.Equal(Dear, zones.Count);
        await using var world = await World.StartAsync(
            Manifests.Namespace("noisy")
                + Map("noisy", string.Concat(Enumerable.Repeat(rule, 900_000 / rule.Length)))
                + string.Concat(
                    zones.Select(
                        (zone, i) =>
                            Manifests.Workload("noisy", $"w{i}", 1)
                            + Manifests.Schedule(
                                "noisy",
                                $"s{i}",
                                $"Deployment/w{i}",
                                Window + $"timeZone: {zone}\nexcludeCalendarRef: {{name: days}}"
                            )
                    )
                )
                + Manifests.Namespace("shop")
                + Map("shop", "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261224\r\nEND:VEVENT\r\n")
                + Manifests.Workload("shop", "plain", 2)
                + Manifests.Schedule("shop", "plain", "Deployment/plain", Window)
                + Manifests.Workload("shop", "holidays", 2)
                + Manifests.Schedule(
                    "shop",
                    "holidays",
                    "Deployment/holidays",
                    Window + "excludeCalendarRef: {name: days}"
                )
        );
        await using var clock = ClockProcess.Start(world);
        await clock.SeesAsync();
        // One without a calendar is in force in the first turn, one with a calendar of another namespace when its turn
        // has come, which is after one of the tenant's.
        do
        {
            await clock.Path.TurnAsync(TestContext.Current.CancellationToken);
            Assert.Equal(4, world.Replicas("shop", "plain"));
            var waiting = clock.Path.View!.Entries.Count(entry => entry is { Namespace: "noisy", Pending: true });
            Assert.InRange(waiting, Dear / 2, Dear);
        } while (world.Replicas("shop", "holidays") != 4);

        await clock.TurnAsync();
        Assert.All(
            Enumerable.Range(0, Dear),
            i => Assert.Equal(("Degraded", 1), (world.Condition("noisy", $"s{i}"), world.Replicas("noisy", $"w{i}")))
        );
        Assert.Contains(
            "spec.excludeCalendarRef: data[days.ics]",
            (string?)world.Status(Manifests.SchedulesResource, "noisy", "s0")!["message"],
            StringComparison.Ordinal
        );
    }

    private static string Map(string place, string events) =>
        $$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: days, namespace: {{place}}}
            data:
              days.ics: {{System.Text.Json.JsonSerializer.Serialize(
                $"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n"
            )}}
            ---

            """;
}
