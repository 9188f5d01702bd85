using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ebb.Tests.Dashboard;

/// <summary>
/// What the page draws, and for whom: a week of schedules, silence that is not a power cut, mains that flap, a
/// keyboard, a screen reader.
/// </summary>
public sealed class PageSpecs
{
    private const string Night = "type: Daily\nstartTime: \"22:00\"\nendTime: \"05:00\"\n";

    [LongFact]
    public async Task The_week_ahead_is_drawn_from_what_the_schedules_say_and_can_be_read_aloud()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DashboardSpecs.DemoAsync("1");
        var watched = await browser.OpenAsync(DashboardSpecs.Origin(ebb));
        var page = watched.Page;
        await page.GotoAsync("/api/dashboard");
        var night = page.GetByRole(AriaRole.Group, new() { Name = "Deployment media/preview-next" });
        await Expect(night.GetByRole(AriaRole.Img)).ToHaveCountAsync(7);
        Assert.StartsWith(
            "asleep, ",
            await night.GetByRole(AriaRole.Img).First.GetAttributeAsync("aria-label"),
            StringComparison.Ordinal
        );
        await Expect(night.Locator(".week-bar.sleeps")).ToHaveCountAsync(7);
        Assert.StartsWith(
            "6 to 12, ",
            await page.GetByRole(AriaRole.Group, new() { Name = "Deployment shop/storefront" })
                .GetByRole(AriaRole.Img)
                .First.GetAttributeAsync("aria-label"),
            StringComparison.Ordinal
        );
        // Each bar lies where its hours are: nothing before now, nothing beyond the line, none upon another of its row,
        // but that one of a few minutes is drawn 3 px wide to be seen.
        Assert.Empty(
            await page.EvaluateAsync<string[]>(
                """
                () => [...document.querySelectorAll(".week-line")].flatMap(line => {
                  const now = line.querySelector(".week-now").getBoundingClientRect(), room = line.getBoundingClientRect();
                  const bars = [...line.querySelectorAll(".week-bar")].map(b => b.getBoundingClientRect()).sort((a, b) => a.left - b.left);
                  return bars.filter((b, i) => b.left < now.left - 1 || b.right > room.right + 1 || (i && b.left < bars[i - 1].right - 3)).map(b => `${b.left}..${b.right}`);
                })
                """
            )
        );
        // A number that does not fit is left out, never cut to another one.
        Assert.Empty(
            await page.EvaluateAsync<string[]>(
                "() => [...document.querySelectorAll('.week-bar span')].filter(s => s.checkVisibility() && s.scrollWidth > s.parentElement.clientWidth + 1).map(s => s.textContent)"
            )
        );
        Assert.Empty(await page.EvaluateAsync<string[]>(DashboardSpecs.Contrast));
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task How_many_workloads_a_Schedule_means_and_what_is_saved_of_how_many_stands_below_the_week()
    {
        const string Requests = "image: main, resources: {requests: {cpu: \"1\"} } }";
        await using var browser = await Browser.StartAsync();
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Workload("shop", "web-1", 1).Replace("image: main}", Requests, StringComparison.Ordinal)
                + string.Concat(Enumerable.Range(2, 4).Select(i => Manifests.Workload("shop", $"web-{i}", 1)))
                + Manifests
                    .Schedule("shop", "nights", "Deployment/any", Night + "maxReplicas: 0")
                    .Replace("name: any", "selector: {}", StringComparison.Ordinal)
                // How large its autoscaler would make it is not known.
                + Manifests.Hpa("shop", "api", 2, 6)
                + Manifests.Schedule("shop", "busy", "HorizontalPodAutoscaler/api", Night + "minReplicas: 4")
        );
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
        await watched.Page.GotoAsync($"/api/dashboard?code={Key}");
        await Expect(watched.Page.Locator("#schedules .meant li"))
            .ToHaveTextAsync([
                "Schedule shop/nights means 5 of kind Deployment: shop/web-1, shop/web-2, shop/web-3 and 2 more.",
            ]);
        await Expect(watched.Page.GetByText("Saved in these 7 days"))
            .ToHaveTextAsync(
                "Saved in these 7 days against the usual sizes at all times: 245 replica-hours (of 6, 1 not known), "
                    + "49 core-hours (of 6, 5 not known)."
            );
        var selection = (await ebb.GetAsync($"/api/schedules?code={Key}"))["selections"]!.AsArray().Single()!;
        Assert.Equal(
            """{"namespace":"shop","name":"nights","kind":"Deployment","selected":5,"first":["shop/web-1","shop/web-2","shop/web-3","shop/web-4","shop/web-5"]}""",
            selection.ToJsonString()
        );
        Assert.Empty(await watched.Page.EvaluateAsync<string[]>(DashboardSpecs.Contrast));
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task Silence_is_drawn_unlike_a_power_cut()
    {
        await using var browser = await Browser.StartAsync();
        await using var world = await World.StartAsync(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests/system/stories/cluster.yaml"))
        );
        await using var ebb = await RealProcess.FunctionsAsync(
            new Dictionary<string, string>
            {
                ["Cluster__Mode"] = "kubeconfig",
                ["KUBECONFIG"] = world.Kubeconfig,
                ["Power__Sources__0"] = $"nut://127.0.0.1:{world.Ups.Port}/{world.Ups.Name}",
                ["Power__Act"] = "false",
                ["Keys__View"] = "view-key-0123456789",
                ["Keys__Control"] = "control-key-0123456789",
            },
            "view-key-0123456789"
        );
        var watched = await browser.OpenAsync(DashboardSpecs.Origin(ebb));
        watched.Expected = text => text.Contains("status of 404", StringComparison.Ordinal);
        await watched.Page.GotoAsync("/api/dashboard?code=view-key-0123456789");
        var supply = watched.Page.Locator("#supplies .supply");
        var meter = supply.Locator(".meter");
        const string Style =
            "e => [getComputedStyle(e).borderTopStyle, getComputedStyle(e.querySelector('.meter')).backgroundImage].join(' ')";

        world.Ups.StatusOverride = "OB DISCHRG";
        await Expect(supply.Locator(".badge")).ToContainTextAsync("on battery");
        await Expect(meter).ToHaveAttributeAsync("aria-valuenow", "100");
        var cut = await supply.EvaluateAsync<string>(Style);
        Assert.DoesNotContain("repeating-linear-gradient", cut, StringComparison.Ordinal);

        world.Ups.StatusOverride = "OL";
        await Expect(supply.Locator(".badge")).ToContainTextAsync("on mains");
        world.Ups.Refuse = true;
        world.Ups.CutConnections();
        await Expect(supply.Locator(".badge")).ToContainTextAsync("not heard: no data", new() { Timeout = 60_000 });
        await Expect(supply).ToContainTextAsync("That is not the same as no power.");
        await Expect(meter).ToHaveAttributeAsync("aria-valuetext", "no data");
        var silence = await supply.EvaluateAsync<string>(Style);
        Assert.StartsWith("dashed repeating-linear-gradient", silence, StringComparison.Ordinal);
        Assert.NotEqual(cut, silence);
        // Lost on mains is an alarm and nothing else: the headline stays, and says that nobody acts on it.
        await Expect(watched.Page.Locator("#phase")).ToHaveTextAsync("Awake");
        await Expect(watched.Page.Locator("#eyebrow")).ToHaveTextAsync("Observing only. The cluster is");
        await Expect(watched.Page.Locator("#hero")).ToHaveClassAsync("hero alarmed");
        await Expect(watched.Page.Locator("#notices")).ToContainTextAsync("Observing only (Power__Act=false)");
        await Expect(watched.Page.Locator("#notices"))
            .ToContainTextAsync(new System.Text.RegularExpressions.Regex("UPS .* is not reached since "));
        await watched.PictureAsync("no-data-light");
        Assert.Empty(await watched.Page.EvaluateAsync<string[]>(DashboardSpecs.Contrast));
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task A_lane_says_what_its_turn_waits_for_on_battery_and_a_node_is_shown_without_a_namespace()
    {
        await using var browser = await Browser.StartAsync();
        await using var world = await World.StartAsync(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests/system/stories/cluster.yaml"))
                + """

                ---
                apiVersion: v1
                kind: Node
                metadata: {name: last-node}
                ---
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: last, namespace: ebb-system}
                spec: {type: node, name: last-node, shutdownPriority: 90, scaleUpPriority: -1, chargeBelow: 60, onBatteryFor: 5min}
                ---
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: hook, namespace: ebb-system}
                spec: {hook: {type: job, cronJob: none}, shutdownPriority: 90, scaleUpPriority: 0}
                """
        );
        await using var ebb = await RealProcess.FunctionsAsync(
            new Dictionary<string, string>
            {
                ["Cluster__Mode"] = "kubeconfig",
                ["KUBECONFIG"] = world.Kubeconfig,
                ["Power__Sources__0"] = $"nut://127.0.0.1:{world.Ups.Port}/{world.Ups.Name}",
                ["Power__Act"] = "false",
                ["Keys__View"] = "view-key-0123456789",
                ["Keys__Control"] = "control-key-0123456789",
            },
            "view-key-0123456789"
        );
        var watched = await browser.OpenAsync(DashboardSpecs.Origin(ebb));
        watched.Expected = text => text.Contains("status of 404", StringComparison.Ordinal);
        var page = watched.Page;
        await page.GotoAsync("/api/dashboard?code=view-key-0123456789");
        var lane = page.Locator("#lanes .lane", new() { HasText = "last-node" });
        await Expect(lane.Locator(".stage")).ToHaveTextAsync("1 of 2: on battery for 5 min or charge below 60 %");
        // Those whose turn comes at once say nothing of it.
        await Expect(page.Locator("#lanes .stage")).ToHaveCountAsync(1);
        await Expect(lane.Locator(".chip button", new() { HasText = "last-node" }))
            .ToHaveAttributeAsync("title", "node last-node: as it wants to be");
        await lane.Locator(".chip button", new() { HasText = "last-node" }).ClickAsync();
        var dialog = page.Locator("#workload-dialog");
        await Expect(dialog.Locator("#workload-where")).ToHaveTextAsync("node");
        await Expect(dialog).ToContainTextAsync("on battery for 5 min or charge below 60 %");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Override" })).ToBeHiddenAsync();
        Assert.Empty(await page.EvaluateAsync<string[]>(DashboardSpecs.Contrast));
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task Mains_that_flap_put_nothing_to_sleep_at_any_speed()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DashboardSpecs.DemoAsync("1");
        var watched = await browser.OpenAsync(DashboardSpecs.Origin(ebb));
        var page = watched.Page;
        await page.GotoAsync("/api/dashboard");
        await watched.PhaseAsync("Awake");
        foreach (var speed in new[] { "5", "60", "1" })
        {
            await page.GetByLabel("Speed").SelectOptionAsync(speed);
            await ebb.UntilAsync(
                async () =>
                    (double?)(await ebb.GetAsync("/api/live"))["demo"]!["speed"]
                    == double.Parse(speed, System.Globalization.CultureInfo.InvariantCulture),
                $"the world runs at {speed}"
            );
        }
        await page.GetByRole(AriaRole.Button, new() { Name = "Make it flap" }).ClickAsync();
        await Expect(page.Locator("#supplies .badge")).ToContainTextAsync("on battery");
        await Expect(page.Locator("#supplies .badge")).ToContainTextAsync("on mains");
        // At 60 a second in which this process has no processor is a minute on battery: a real outage.
        await page.GetByLabel("Speed").SelectOptionAsync("5");
        await ebb.UntilAsync(
            async () =>
                ((string?)(await ebb.GetAsync("/api/status"))["reason"])!.EndsWith(
                    "on mains",
                    StringComparison.Ordinal
                ),
            "mains holds"
        );
        await watched.PhaseAsync("Awake");
        Assert.Empty((await ebb.GetAsync("/api/outages"))["items"]!.AsArray());
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task Everything_that_can_be_worked_has_a_name_and_is_reached_with_the_keyboard()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DashboardSpecs.DemoAsync("10");
        var watched = await browser.OpenAsync(DashboardSpecs.Origin(ebb));
        var page = watched.Page;
        await page.GotoAsync("/api/dashboard");
        await Expect(page.Locator("#rows tr")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator(".week-bar")).Not.ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByText("Skip to content")).ToBeFocusedAsync();
        // From the skip link on, Tab comes to every button, field and region that scrolls, in the order in which they
        // are read.
        Task<int> CountAsync() =>
            page.EvaluateAsync<int>(
                "() => [...document.querySelectorAll('a[href],button,input,select,summary,[tabindex=\"0\"]')].filter(e => e.checkVisibility() && !e.disabled && !e.closest('dialog')).length"
            );
        var wanted = await CountAsync();
        HashSet<string> reached = [];
        for (var i = 0; i < wanted + 5; i++)
        {
            reached.Add(
                await page.EvaluateAsync<string>(
                    "() => { const e = document.activeElement; e.dataset.n ??= String(window.reached = (window.reached ?? 0) + 1); return e.dataset.n; }"
                )
            );
            await page.Keyboard.PressAsync("Tab");
        }
        // The page is alive: what went meanwhile cannot be reached.
        wanted = Math.Min(wanted, await CountAsync());
        Assert.True(reached.Count >= wanted, $"{reached.Count} of {wanted}");
        Assert.Empty(
            await page.EvaluateAsync<string[]>(
                """
                () => [...document.querySelectorAll("button,input,select,[role=meter],[role=img],[role=region],[role=group],dialog,section,figure")].filter(e =>
                  !(e.getAttribute("aria-label") || e.textContent.trim() || e.getAttribute("aria-labelledby") && document.getElementById(e.getAttribute("aria-labelledby")) || e.labels?.length)).map(e => e.outerHTML.slice(0, 80))
                """
            )
        );
        Assert.Equal(
            ["assertive", "polite"],
            await page.EvaluateAsync<string[]>(
                "() => ['phase', 'reason'].map(id => document.getElementById(id).getAttribute('aria-live'))"
            )
        );
        Assert.Equal("en", await page.EvaluateAsync<string>("document.documentElement.lang"));
        Assert.Equal(1, await page.Locator("h1").CountAsync());
        watched.HasNoFaults();
    }
}
