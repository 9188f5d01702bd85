using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Tests.Harness;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ebb.Tests.Dashboard;

/// <summary>What charts say at the pointer and to the arrow keys, and how many workloads are told apart.</summary>
public sealed class ReadingSpecs
{
    [LongFact]
    public async Task The_pointer_and_the_arrow_keys_read_the_values_of_one_moment_from_a_chart()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DashboardSpecs.DemoAsync("30");
        var watched = await browser.OpenAsync(DashboardSpecs.Origin(ebb));
        var page = watched.Page;
        // What is drawn anew every few seconds stands still, so that the pointer and the samples are of one drawing.
        var drawn = new JsonArray([
            .. Enumerable
                .Range(0, 7)
                .Select(i =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["at"] = $"2026-01-15T12:00:{10 * i:00}Z".Replace("12:00:60", "12:01:00"),
                            ["charge"] = i == 4 ? null : 100 - i,
                            ["awake"] = 14 - (2 * i),
                            ["total"] = 14,
                        }
                ),
        ]);
        // As a reader of the text has them: any number is a double.
        var samples = JsonNode.Parse(drawn.ToJsonString())!.AsArray();
        await page.RouteAsync(
            "**/api/history",
            route =>
                route.FulfillAsync(
                    new()
                    {
                        ContentType = "application/json",
                        Body = new JsonObject { ["samples"] = samples.DeepClone() }.ToJsonString(),
                    }
                )
        );
        await page.GotoAsync("/api/dashboard");
        var figure = page.Locator("#history");
        var tip = figure.Locator(".tip");
        await Expect(figure.Locator("svg")).ToBeVisibleAsync();
        await Expect(tip).ToHaveCountAsync(0);

        foreach (var (across, sample) in new[] { (0.98f, samples[^1]!), (0.07f, samples[0]!) })
        {
            var read = await PointAtAsync(ebb, page, figure, across, Words(sample)[0]);
            Assert.Equal(Words(sample), read.Words);
            // Within the figure, on whichever side there is room.
            Assert.True(read.Left >= 0, $"{across}: {read.Left} px left of its figure");
            Assert.True(read.Right >= 0, $"{across}: {read.Right} px right of its figure");
        }
        Assert.Empty(await page.EvaluateAsync<string[]>(DashboardSpecs.Contrast));
        await watched.PictureAsync("reading-light");
        await page.Mouse.MoveAsync(5, 5);
        await Expect(tip).ToBeHiddenAsync();

        await figure.FocusAsync();
        await Expect(tip.Locator("b")).ToHaveTextAsync(Words(samples[^1]!)[0]);
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(tip.Locator("b")).ToHaveTextAsync(Words(samples[^3]!)[0]);
        await Expect(tip).ToHaveAttributeAsync("aria-live", "polite");
        // Drawn anew, it goes on saying the same.
        await page.EvaluateAsync("import('/api/dashboard/history.js').then(m => m.lookAtHistory())");
        await Expect(tip.Locator("b")).ToHaveTextAsync(Words(samples[^3]!)[0]);
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task Many_workloads_carry_marks_of_their_kinds_and_stand_by_namespace()
    {
        await using var browser = await Browser.StartAsync();
        var manifests = new StringBuilder(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: media}\n"
        );
        for (var i = 0; i < 32; i++)
            manifests.Append(
                CultureInfo.InvariantCulture,
                $$$"""
                ---
                apiVersion: apps/v1
                kind: {{{(i % 2 == 0 ? "Deployment" : "StatefulSet")}}}
                metadata: {name: app-{{{i}}}, namespace: {{{(i % 4 < 2 ? "shop" : "media")}}}}
                spec: {replicas: 0, selector: {matchLabels: {app: "app-{{{i}}}" } }, template: {metadata: {labels: {app: "app-{{{i}}}" } }, spec: {containers: [{name: c, image: "example/app:1"}] } } }
                ---
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: app-{{{i}}}, namespace: {{{(i % 4 < 2 ? "shop" : "media")}}}}
                spec: {type: {{{(
                    i % 2 == 0 ? "deployment" : "statefulset"
                )}}}, name: app-{{{i}}}, shutdownPriority: 1, scaleUpPriority: 1}

                """
            );
        await using var world = await World.StartAsync(manifests.ToString());
        const string Key = "view-key-0123456789";
        await using var ebb = await RealProcess.FunctionsAsync(
            new Dictionary<string, string>
            {
                ["Cluster__Mode"] = "kubeconfig",
                ["KUBECONFIG"] = world.Kubeconfig,
                ["Power__Sources__0"] = $"nut://127.0.0.1:{world.Ups.Port}/{world.Ups.Name}",
                ["Keys__View"] = Key,
                ["Keys__Control"] = "control-key-0123456789",
            },
            Key
        );
        var watched = await browser.OpenAsync(DashboardSpecs.Origin(ebb));
        var page = watched.Page;
        await page.GotoAsync($"/api/dashboard?code={Key}");
        await Expect(page.Locator("#rows tr:not(.group)")).ToHaveCountAsync(32);
        await Expect(page.Locator("#rows .group")).ToHaveCountAsync(2);
        var set = page.Locator("#rows tr", new() { HasText = "app-31" });
        await Expect(set.Locator(".kind")).ToHaveTextAsync("sts");
        await Expect(set.Locator(".kind")).ToHaveAttributeAsync("title", "statefulset");
        // Whoever cannot see the mark hears the kind.
        await Expect(set.Locator(".where.sr")).ToHaveTextAsync("statefulset in media");
        await Expect(page.Locator("#rows .kind", new() { HasText = "deploy" })).ToHaveCountAsync(16);
        Assert.Empty(await page.EvaluateAsync<string[]>(DashboardSpecs.Contrast));
        await watched.PictureAsync("many-light");
        Assert.Equal(
            ["VM", "POC", "cj", "hook", "postgr"],
            await page.EvaluateAsync<string[]>(
                "import('/api/dashboard/kinds.js').then(m => ['kubevirt.io/v1/VirtualMachine', 'a.dev/v1/PersonOfCalm', 'cronjob', 'hook', 'acid.zalan.do/v1/postgresql'].map(m.mark))"
            )
        );
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task Few_workloads_say_their_kind_in_words()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DashboardSpecs.DemoAsync("10");
        var watched = await browser.OpenAsync(DashboardSpecs.Origin(ebb));
        await watched.Page.GotoAsync("/api/dashboard");
        await Expect(watched.Page.Locator("#rows tr").First).ToBeVisibleAsync();
        await Expect(watched.Page.Locator("#rows .kind")).ToHaveCountAsync(0);
        await Expect(watched.Page.Locator("#rows .where").First).ToHaveTextAsync(new Regex("^[a-z]+ in [a-z]+$"));
        watched.HasNoFaults();
    }

    /// <summary>
    /// What the chart says when the pointer is there. The page above it goes on living and may push the chart from
    /// under a pointer that stands still, so the pointer follows until the chart says that moment.
    /// </summary>
    private static async Task<Reading> PointAtAsync(
        RealProcess ebb,
        IPage page,
        ILocator figure,
        float across,
        string moment
    )
    {
        Reading? read = null;
        await ebb.UntilAsync(
            async () =>
            {
                await figure.ScrollIntoViewIfNeededAsync();
                var room = (await figure.Locator("svg").BoundingBoxAsync())!;
                await page.Mouse.MoveAsync(room.X + (room.Width * across), room.Y + (room.Height / 2));
                read = await figure.EvaluateAsync<Reading?>(
                    """
                    figure => {
                      const tip = figure.querySelector(".tip");
                      if (!tip || !figure.classList.contains("read")) return null;
                      const inner = tip.getBoundingClientRect(), outer = figure.getBoundingClientRect();
                      return {
                        words: [...tip.querySelectorAll("b, span")].map(one => one.textContent),
                        left: inner.left - outer.left, right: outer.right - inner.right
                      };
                    }
                    """
                );
                return read?.Words[0] == moment;
            },
            $"the chart says {moment}"
        );
        return read!;
    }

    /// <summary>What a chart says, and the pixels between it and either side of its figure.</summary>
    private sealed class Reading
    {
        public string[] Words { get; init; } = [];

        public float Left { get; init; }

        public float Right { get; init; }
    }

    private static string[] Words(JsonNode sample)
    {
        var at = DateTimeOffset.Parse((string)sample["at"]!, CultureInfo.InvariantCulture);
        var (awake, total) = ((double)sample["awake"]!, (double)sample["total"]!);
        var charge = (double?)sample["charge"];
        return
        [
            at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
            $"workloads awake {Percent(total > 0 ? 100 * awake / total : null)}",
            $"charge {Percent(charge)}",
        ];
    }

    private static string Percent(double? value) =>
        value is { } known ? $"{Math.Floor(known + 0.5).ToString("0", CultureInfo.InvariantCulture)} %" : "no data";
}
