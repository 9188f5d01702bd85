using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ebb.Core.Outages;
using Ebb.Core.Overrides;
using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Engine.Power;
using Ebb.Nut;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using Ebb.Tests.Survival;
using NodaTime;

namespace Ebb.Tests.Outages;

/// <summary>
/// What a report tells: what came first, the waves, each workload's time, the battery at each step, what went wrong,
/// what people did, what came back.
/// </summary>
public sealed class ReportSpecs
{
    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "120s",
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [LongFact]
    public async Task Everything_that_happened_stands_in_it()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, v => v.Plan.Phase == Phase.Normal && v.Plan.Workloads.Count > 0);
        await ebb.Book.PutAsync(
            new Override
            {
                Kind = "deployment",
                Namespace = "shop",
                Name = "web",
                Effect = OverrideEffect.Replicas,
                Replicas = 5,
                Reason = "campaign",
                At = Now(world),
                Until = Now(world) + Duration.FromHours(3),
            },
            null,
            Stop
        );
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();

        world.Ups.StatusOverride = "OB DISCHRG";
        world.Cluster.Faults.Add(
            request => request.IsWrite && request.Path.Contains("/cache/scale", StringComparison.Ordinal),
            new Fault.ErrorStatus(500),
            8
        );
        await UntilAsync(ebb, v => v.Plan.Phase == Phase.Asleep);
        world.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            "idle",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 0 } }
        );
        await ebb.AskAsync(OrderAction.Hold, "look at it");
        world.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            "web",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 2 } }
        );
        await ebb.StepAsync();
        await ebb.ReleaseAsync("seen");
        await UntilAsync(ebb, v => v.Plan.Phase == Phase.Asleep);
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(ebb, v => v.Outage?.Ended is not null);
        await ebb.StepAsync();

        var report = Assert.Single(ebb.Records.Reports!);
        Assert.Contains("on battery", report.Cause, StringComparison.Ordinal);
        Assert.All(report.Waves, w => Assert.True(w.Ended >= w.Began));
        Assert.Equal(
            report.Waves.Count(w => w.Direction == Direction.Down),
            report.Waves.Where(w => w.Direction == Direction.Down).Select(w => w.Priority).Distinct().Count()
        );
        Assert.Contains(report.Waves, w => w.Direction == Direction.Up);
        Assert.All(
            report.Workloads.Where(w => w.Baseline > 0),
            w => Assert.True(w.DownAt <= w.AsleepAt && w.UpAt <= w.AwakeAt, w.ToString())
        );
        Assert.All(
            report.Lines.TakeWhile(l => !l.Text.StartsWith("waiting for mains:", StringComparison.Ordinal)),
            l => Assert.True(l is { Charge: not null, BudgetSeconds: not null }, l.ToString())
        );
        Assert.Contains(
            report.Lines,
            l => l.Text.StartsWith("statefulset shop/cache failed: ", StringComparison.Ordinal)
        );
        Assert.Contains(report.Lines, l => l.Text.EndsWith("has ended on its way down", StringComparison.Ordinal));
        Assert.Empty(report.NotBack);

        Assert.Contains(
            report.People,
            p =>
                p.What.StartsWith(
                    "deployment shop/web was overridden already, until 2026-01-15T15:",
                    StringComparison.Ordinal
                ) && p.What.EndsWith(": campaign", StringComparison.Ordinal)
        );
        Assert.Contains(report.People, p => p.What == "asked for hold: look at it");
        var hand = Assert.Single(
            report.People,
            p => p.What == "deployment shop/web was scaled to 2 by hand while it was asleep"
        );
        Assert.NotNull(hand.Who);
        var text = OutageMarkdown.Of(report);
        Assert.Contains("## What people did", text, StringComparison.Ordinal);
        Assert.Contains(
            "deployment shop/web was scaled to 2 by hand while it was asleep",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("- Back as it was: yes, all of it", text, StringComparison.Ordinal);
        // No key, no address, no secret of anybody: only what was said.
        Assert.Equal(report.People.Count, report.People.Select(p => p.What).Distinct().Count());
    }

    [Fact]
    public async Task What_did_not_come_back_is_named()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, v => v.Plan.Phase == Phase.Normal && v.Plan.Workloads.Count > 0);
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(ebb, v => v.Plan.Phase == Phase.Asleep);
        world.Cluster.Store.Delete("deployments.apps", "shop", "web");
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(ebb, v => v.Outage?.Ended is not null);
        Assert.Equal(["deployment shop/web"], ebb.View.Outage!.NotBack);
        Assert.Contains(
            "- Back as it was: not deployment shop/web",
            OutageMarkdown.Of(ebb.View.Outage),
            StringComparison.Ordinal
        );
    }

    [LongFact]
    public async Task A_drill_and_an_override_asked_over_http_are_told_with_their_reasons_in_json_and_in_markdown()
    {
        await using var ebb = await RealProcess.EngineAsync(
            new Dictionary<string, string> { ["Simulation__Speed"] = "60" }
        );
        await ebb.SettledAsync();
        await ebb.Http.PostAsJsonAsync("/api/power/drill", new { reason = "to see it" }, Stop);
        await ebb.UntilAsync(
            async () => (string?)(await ebb.GetAsync("/api/status"))["phase"] is "going-to-sleep" or "asleep",
            "it goes to sleep"
        );
        await ebb.Http.PutAsJsonAsync(
            "/api/workloads/shop/deployment/mailer/override",
            new
            {
                replicas = 4,
                @for = "PT5H",
                reason = "campaign",
            },
            Stop
        );
        await ebb.UntilAsync(
            async () => (await ebb.GetAsync("/api/outages"))["items"]!.AsArray().Any(o => o!["ended"] is not null),
            "the drill is over"
        );
        var id = (string)(await ebb.GetAsync("/api/outages"))["items"]![0]!["id"]!;
        var people = (await ebb.GetAsync($"/api/outages/{id}"))["people"]!
            .AsArray()
            .Select(p => (string)p!["what"]!)
            .ToList();
        Assert.Contains("asked for drill: to see it", people);
        Assert.Contains(
            people,
            what =>
                what.StartsWith("overrode deployment shop/mailer until ", StringComparison.Ordinal)
                && what.EndsWith(", 4 replicas: campaign", StringComparison.Ordinal)
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/outages/{id}")
        {
            Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/markdown") } },
        };
        var markdown = await (await ebb.Http.SendAsync(request, Stop)).Content.ReadAsStringAsync(Stop);
        Assert.Contains("asked for drill: to see it | somebody with", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_of_a_very_large_cluster_fits_into_the_store_and_keeps_what_was_out_of_the_ordinary()
    {
        var began = Instant.FromUtc(2026, 1, 15, 12, 0, 1) + Duration.FromNanoseconds(123_456_700);
        var report = new OutageReport
        {
            Id = "20260115T120001Z",
            Began = began,
            Ended = began + Duration.FromMinutes(9),
            Cause = "on battery",
            Workloads =
            [
                .. Enumerable
                    .Range(0, 6000)
                    .Select(n => new WorkloadReport(
                        $"statefulset a-rather-long-namespace/and-a-name-as-people-give-them-{n:0000}",
                        3,
                        began,
                        began,
                        began,
                        n % 1000 == 7 ? null : began,
                        n % 1000 == 9
                    )),
            ],
        };
        var json = PowerRecords.Fitting(new OutageDocument(OutageProgress.None, report));
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(json) <= 512 * 1024);
        var kept = System.Text.Json.JsonSerializer.Deserialize(json, PowerJson.Default.OutageDocument)!.Report;
        Assert.Equal(6000, kept.Workloads.Count + kept.LeftOut);
        Assert.Equal((6, 6), (kept.NotBack.Count, kept.Workloads.Count(w => w.Late)));
        Assert.Contains(
            $"{kept.LeftOut} more workloads, of which there is nothing to tell.",
            OutageMarkdown.Of(kept),
            StringComparison.Ordinal
        );
        // One of two thousand is kept whole.
        Assert.Equal(
            0,
            System
                .Text.Json.JsonSerializer.Deserialize(
                    PowerRecords.Fitting(
                        new OutageDocument(
                            OutageProgress.None,
                            report with
                            {
                                Workloads =
                                [
                                    .. report
                                        .Workloads.Take(2000)
                                        .Select((w, n) => w with { Name = $"deployment shop/app-{n:0000}" }),
                                ],
                            }
                        )
                    ),
                    PowerJson.Default.OutageDocument
                )!
                .Report.LeftOut
        );
    }

    private static Instant Now(World world) => Instant.FromDateTimeOffset(world.Clock.GetUtcNow());

    private static async Task UntilAsync(EbbProcess ebb, Func<PowerView, bool> condition)
    {
        for (var i = 0; i < 900; i++)
        {
            await ebb.StepAsync();
            if (condition(ebb.View))
                return;
        }
        Assert.Fail($"not within 900 s: {ebb.View.Plan.Phase}, {ebb.View.Plan.Reason}");
    }
}
