using System.Globalization;
using System.Net;
using System.Text;
using Ebb.Core.Outages;
using Ebb.Core.Waves;
using Ebb.Engine.Http;
using Ebb.Engine.Power;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Tests.Harness;
using Microsoft.Playwright;
using NodaTime;
using static Microsoft.Playwright.Assertions;

namespace Ebb.Tests.Dashboard;

/// <summary>The page in a real browser.</summary>
public sealed class DashboardSpecs
{
    private const string ViewKey = "view-key-0123456789",
        ControlKey = "control-key-0123456789";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [LongFact]
    public async Task Somebody_pulls_the_plug_watches_it_sleep_and_wake_and_reads_the_report()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DemoAsync("5");
        var watched = await browser.OpenAsync(Origin(ebb));
        var page = watched.Page;
        await page.GotoAsync("/api/dashboard");
        await watched.PhaseAsync("Awake");
        await Expect(page.Locator("#lanes .lane")).ToHaveCountAsync(5);
        await Expect(page.Locator("#supplies .supply")).ToHaveCountAsync(1);
        await page.GetByLabel("Speed").SelectOptionAsync("10");
        await watched.PictureAsync("awake-light");
        var places = await page.EvaluateAsync<string[]>(Places);

        await page.GetByRole(AriaRole.Button, new() { Name = "Pull the plug" }).ClickAsync();
        await watched.PhaseAsync("Going to sleep");
        await Expect(page.Locator(".lane.moves")).ToHaveCountAsync(1);
        await Expect(page.Locator("#wave-now")).ToContainTextAsync("of 5 goes to sleep");
        await Expect(page.Locator(".chip .dot.asleep").First).ToBeVisibleAsync();
        await watched.PictureAsync("going-to-sleep-light");
        Assert.Empty(await page.EvaluateAsync<string[]>(Contrast));
        await watched.PhaseAsync("Asleep");
        await Expect(page.Locator("#supplies .badge.battery")).ToBeVisibleAsync();

        await page.GetByLabel("Speed").SelectOptionAsync("30");
        await page.GetByRole(AriaRole.Button, new() { Name = "Plug in again" }).ClickAsync();
        await watched.PhaseAsync("Waking");
        await page.GetByLabel("Speed").SelectOptionAsync("1");
        Assert.Equal(places, await page.EvaluateAsync<string[]>(Places));
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch between light and dark" }).ClickAsync();
        await watched.PictureAsync("waking-dark");
        Assert.Empty(await page.EvaluateAsync<string[]>(Contrast));
        await page.GetByLabel("Speed").SelectOptionAsync("30");
        await watched.PhaseAsync("Awake");

        await Expect(page.Locator("#ended")).ToContainTextAsync("is over after");
        await Expect(page.Locator("#ended .report")).ToContainTextAsync("all of it");
        var past = page.Locator("#outages details").First;
        await Expect(past.Locator("summary")).ToContainTextAsync("workloads", new() { Timeout = 30_000 });
        await past.Locator("summary").ClickAsync();
        await Expect(past.Locator(".story li")).Not.ToHaveCountAsync(0);
        await Expect(past.Locator("svg")).ToBeVisibleAsync();
        await Expect(past.Locator(".report")).ToContainTextAsync("all of it");
        await watched.PictureAsync("report-dark");
        Assert.Empty(await page.EvaluateAsync<string[]>(Contrast));
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task An_override_is_added_and_ended_with_the_keyboard_alone()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DemoAsync("10");
        var watched = await browser.OpenAsync(Origin(ebb), dark: true);
        var page = watched.Page;
        await page.GotoAsync("/api/dashboard");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("mailer");
        await page.GetByRole(AriaRole.Button, new() { Name = "Override mailer" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#override-replicas")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.TypeAsync("4");
        await page.Locator("#override-reason").FillAsync("campaign");
        await watched.PictureAsync("override-dialog-dark");
        Assert.Empty(await page.EvaluateAsync<string[]>(Contrast));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#override-dialog")).ToBeHiddenAsync();
        await Expect(page.Locator("#rows")).ToContainTextAsync("exactly 4 asked by a person (campaign)");
        await Expect(page.Locator("#overrides")).ToContainTextAsync("mailer: 4 replicas");
        // From then on the list is not drawn again under the pointer.
        await Expect(page.Locator("#overrides")).ToContainTextAsync("it holds");
        await page.GetByRole(AriaRole.Button, new() { Name = "End the override of mailer" }).ClickAsync();
        await Expect(page.Locator("#overrides"))
            .ToContainTextAsync("Nobody overrides anything", new() { Timeout = 30_000 });
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task On_a_phone_nothing_is_wider_than_the_screen_in_both_themes()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DemoAsync("10");
        foreach (var dark in new[] { false, true })
        {
            var watched = await browser.OpenAsync(Origin(ebb), width: 375, dark: dark);
            await watched.Page.GotoAsync("/api/dashboard");
            await watched.PhaseAsync("Awake");
            await Expect(watched.Page.Locator("#rows tr")).Not.ToHaveCountAsync(0);
            Assert.True(await watched.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 375);
            Assert.Empty(await watched.Page.EvaluateAsync<string[]>(Contrast));
            await Expect(watched.Page.Locator("#history svg")).ToBeVisibleAsync();
            await Expect(watched.Page.Locator(".week-bar")).Not.ToHaveCountAsync(0);
            Assert.Empty(await watched.Page.EvaluateAsync<string[]>(Small));
            await watched.PictureAsync(dark ? "phone-dark" : "phone-light");
            watched.HasNoFaults();
        }
    }

    [LongFact]
    public async Task A_wrong_key_is_told_so_and_one_that_signed_in_stands_nowhere_that_a_script_can_read()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DemoAsync("10", ("Keys__View", ViewKey), ("Keys__Control", ControlKey));
        var bare = await ebb.Http.GetAsync("/api/dashboard", Stop);
        Assert.Equal(HttpStatusCode.OK, bare.StatusCode);
        Assert.Contains(
            "default-src 'none'; script-src 'self'; style-src 'self'",
            bare.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await ebb.Http.GetAsync("/api/live", Stop)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await ebb.Http.PostAsync("/api/demo/pull-plug", null, Stop)).StatusCode
        );

        var watched = await browser.OpenAsync(Origin(ebb));
        watched.Expected = text =>
            text.Contains("status of 401", StringComparison.Ordinal)
            || text.Contains("status of 404", StringComparison.Ordinal);
        var page = watched.Page;
        await page.GotoAsync("/api/dashboard");
        await page.Locator("#key").FillAsync("wrong-key-0123456789");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#key-error")).ToContainTextAsync("neither the view key nor the control key");
        await page.Locator("#key").FillAsync(ViewKey);
        await page.Keyboard.PressAsync("Enter");
        await watched.PhaseAsync("Awake");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pull the plug" }).ClickAsync();
        await Expect(page.Locator("#key-hint")).ToContainTextAsync("This needs the control key.");
        await page.Locator("#key").FillAsync(ControlKey);
        await page.Keyboard.PressAsync("Enter");
        await watched.PhaseAsync("Going to sleep");
        Assert.Empty(
            await page.EvaluateAsync<string[]>(
                "[...Object.values(localStorage), ...Object.values(sessionStorage), document.cookie].filter(v => v !== '')"
            )
        );
        // A second page of the same browser is signed in already, until somebody signs out.
        await page.ReloadAsync();
        await Expect(page.Locator("#contact")).ToHaveTextAsync("live");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.Locator("#contact")).ToHaveTextAsync("a view key is needed");
        Assert.DoesNotContain("key-0123456789", await page.ContentAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("key-0123456789", ebb.Output, StringComparison.Ordinal);
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task Observing_only_everything_that_is_shown_says_what_would_be_and_never_that_it_is()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DemoAsync("1", ("Power__Act", "false"));
        var watched = await browser.OpenAsync(Origin(ebb));
        var page = watched.Page;
        await page.GotoAsync("/api/dashboard");
        await watched.PhaseAsync("Awake");
        await Expect(page.Locator("#notices")).ToContainTextAsync("Observing only (Power__Act=false)");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pull the plug" }).ClickAsync();
        await Expect(page.Locator("#countdown")).ToContainTextAsync("The first wave would go to sleep in");
        await Expect(page.Locator("#reason")).ToContainTextAsync("would go to sleep, observing only");
        await watched.PhaseAsync("On battery");
        await Expect(page.Locator("#eyebrow")).ToHaveTextAsync("Observing only. The cluster is");
        await Expect(page.Locator("#rows .why").First).ToContainTextAsync("would go to sleep, observing only");
        await Expect(page.Locator("#wave-now")).ToContainTextAsync("would go to sleep first");
        // The key of the colours and the list of states name what is possible.
        var shown = await page.EvaluateAsync<string>(
            "() => ['hero', 'notices', 'wave-now', 'lanes', 'rows'].map(id => document.getElementById(id).textContent).join('\\n')"
        );
        Assert.DoesNotMatch("\\b(going to sleep|goes to sleep|wakes|waking)\\b", shown);
        await page.GetByLabel("Speed").SelectOptionAsync("30");
        await page.GetByRole(AriaRole.Button, new() { Name = "Plug in again" }).ClickAsync();
        await watched.PhaseAsync("Awake");
        await Expect(page.Locator("#ended .story")).ToContainTextAsync("would go to sleep, observing only");
        Assert.DoesNotMatch(
            "\\b(going to sleep|goes to sleep|wakes|waking|asleep)\\b",
            await page.Locator("#ended .story").TextContentAsync()
        );
        Assert.Contains("would go to sleep, observing only", ebb.Output, StringComparison.Ordinal);
        Assert.DoesNotMatch("asked .* to sleep|going-to-sleep", ebb.Output);
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task A_page_left_open_over_a_restart_goes_on()
    {
        await using var browser = await Browser.StartAsync();
        var port = FreePort.Take();
        var settings = new Dictionary<string, string>
        {
            ["Http__Url"] = $"http://127.0.0.1:{port}",
            ["Simulation__Speed"] = "10",
        };
        var watched = await browser.OpenAsync($"http://127.0.0.1:{port}");
        watched.Expected = text => text.Contains("Failed to load resource", StringComparison.Ordinal);
        await using (var first = RealProcess.Launch("functions", "Ebb.Functions", settings, port))
        {
            await first.UntilAsync(async () => await first.TryGetAsync("/api/status") is not null, "it answers");
            await watched.Page.GotoAsync("/api/dashboard");
            await watched.PhaseAsync("Awake");
        }
        await Expect(watched.Page.Locator("#contact")).ToContainTextAsync("no contact with Ebb");
        await Expect(watched.Page.Locator("#hero")).ToHaveClassAsync("hero lost");
        await Expect(watched.Page.Locator("#eyebrow"))
            .ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^No contact since .*\\d\\d:\\d\\d\\. Then"));
        Assert.Empty(await watched.Page.EvaluateAsync<string[]>(Contrast));
        await using var second = RealProcess.Launch("functions", "Ebb.Functions", settings, port);
        await Expect(watched.Page.Locator("#contact")).ToHaveTextAsync("live", new() { Timeout = 60_000 });
        await Expect(watched.Page.Locator("#lanes .lane")).ToHaveCountAsync(5);
        await Expect(watched.Page.Locator("#eyebrow")).ToHaveTextAsync("The cluster is");
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task A_thousand_workloads_and_fifty_outages_are_there_after_a_handful_of_requests()
    {
        await using var browser = await Browser.StartAsync();
        var manifests = new StringBuilder(
            "apiVersion: v1\nkind: Node\nmetadata: {name: node-1}\nstatus: {capacity: {cpu: '4000', memory: 6400Gi, pods: '9000'}, allocatable: {cpu: '4000', memory: 6400Gi, pods: '9000'}}\n"
        );
        for (var i = 0; i < 1000; i++)
            manifests.Append(
                CultureInfo.InvariantCulture,
                $$$"""
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: app-{{{i}}}, namespace: shop}
                spec: {replicas: 0, selector: {matchLabels: {app: "app-{{{i}}}" } }, template: {metadata: {labels: {app: "app-{{{i}}}" } }, spec: {containers: [{name: c, image: "example/app:1"}] } } }
                ---
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: app-{{{i}}}, namespace: shop}
                spec: {type: deployment, namespace: shop, name: app-{{{i}}}, shutdownPriority: {{{i
                    % 5}}}, scaleUpPriority: {{{i % 5}}}}

                """
            );
        await using var world = await World.StartAsync(manifests.ToString());
        for (var i = 0; i < 50; i++)
        {
            var began = Instant.FromUtc(2026, 1, 1, 0, 0) + Duration.FromHours(i);
            var report = new OutageReport
            {
                Id = NodaTime.Text.InstantPattern.CreateWithInvariantCulture("uuuuMMdd'T'HHmmss'Z'").Format(began),
                Began = began,
                Ended = began + Duration.FromMinutes(20),
                Cause = "on battery for 5 s",
                Workloads =
                [
                    .. Enumerable
                        .Range(0, 500)
                        .Select(n => new WorkloadReport($"deployment shop/app-{n}", 1, began, began, began, began)),
                ],
                Waves = [.. Enumerable.Range(0, 5).Select(n => new WaveReport(Direction.Down, n, began, began))],
            };
            var document = new OutageDocument(OutageProgress.None, report);
            world.Cluster.Store.Apply(
                new System.Text.Json.Nodes.JsonObject
                {
                    ["apiVersion"] = "ebb.dev/v1alpha1",
                    ["kind"] = "Outage",
                    ["metadata"] = new System.Text.Json.Nodes.JsonObject
                    {
                        ["name"] = document.Name,
                        ["namespace"] = "ebb-system",
                    },
                    ["status"] = System.Text.Json.Nodes.JsonNode.Parse(PowerRecords.Fitting(document)),
                }
            );
        }
        var port = FreePort.Take();
        await using var ebb = RealProcess.Launch(
            "functions",
            "Ebb.Functions",
            new Dictionary<string, string>
            {
                ["Http__Url"] = $"http://127.0.0.1:{port}",
                ["Cluster__Mode"] = "kubeconfig",
                ["KUBECONFIG"] = world.Kubeconfig,
                ["Power__Sources__0"] = $"nut://127.0.0.1:{world.Ups.Port}/{world.Ups.Name}",
                ["Keys__View"] = ViewKey,
                ["Keys__Control"] = ControlKey,
            },
            port
        );
        await ebb.UntilAsync(
            async () => (int?)(await ebb.TryGetAsync($"/api/status?code={ViewKey}"))?["workloads"]?["awake"] == 1000,
            "all are read"
        );

        // How long it takes is for a bench to say; what makes it quick is that little is asked for, once.
        var watched = await browser.OpenAsync(Origin(ebb));
        await watched.Page.AddInitScriptAsync(
            """
            new MutationObserver((_, observer) => {
              if (document.querySelectorAll("#rows tr").length < 60 || document.querySelectorAll("#outages details").length < 50) return;
              observer.disconnect();
              document.documentElement.dataset.firstView = performance.now();
            }).observe(document, { childList: true, subtree: true });
            """
        );
        await watched.Page.GotoAsync(
            $"/api/dashboard?code={ViewKey}",
            new PageGotoOptions { WaitUntil = WaitUntilState.Commit }
        );
        await watched
            .Page.Locator("html[data-first-view]")
            .WaitForAsync(new() { State = WaitForSelectorState.Attached });
        var sizes = await watched.Page.EvaluateAsync<int[]>(
            // The page asks again every two seconds: each address once.
            "() => Object.values(Object.fromEntries([...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reverse().map(e => [e.name.split('?')[0], e.transferSize])))"
        );
        await watched.Page.CloseAsync();
        Assert.InRange(sizes.Length, 20, 28);
        Assert.InRange(sizes.Sum(), 1, 300_000);
        var whole = await ebb.GetAsync($"/api/live?code={ViewKey}");
        var next = await ebb.Http.GetStringAsync($"/api/live?code={ViewKey}&since={whole["token"]}", Stop);
        Assert.True(next.Length < 3000, $"an update in which nothing changed has {next.Length} characters");
        Assert.Equal(1000, whole["workloads"]!.AsArray().Count);
    }

    internal static string Origin(RealProcess ebb) => $"http://127.0.0.1:{ebb.Port}";

    internal static async Task<RealProcess> DemoAsync(string speed, params (string Name, string Value)[] more)
    {
        var port = FreePort.Take();
        var settings = new Dictionary<string, string>
        {
            ["Http__Url"] = $"http://127.0.0.1:{port}",
            ["Simulation__Speed"] = speed,
        };
        foreach (var (name, value) in more)
            settings[name] = value;
        var ebb = RealProcess.Launch("functions", "Ebb.Functions", settings, port);
        await ebb.UntilAsync(
            async () =>
                (await ebb.TryGetAsync($"/api/status?code={ViewKey}"))?["phase"]?.GetValue<string>() == "normal",
            "it answers"
        );
        return ebb;
    }

    /// <summary>What lies in which lane, from top to bottom.</summary>
    private const string Places =
        "() => [...document.querySelectorAll('#lanes .lane')].map(l => [...l.querySelectorAll('.chip span:first-of-type')].map(c => c.textContent).join())";

    /// <summary>Every text that is shown smaller than 11 px, a drawing's scale counted.</summary>
    private const string Small = """
        () => [...document.querySelectorAll("body *")]
          .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.checkVisibility() && !e.closest(".sr") && !e.closest("dialog"))
          .map(e => [e, parseFloat(getComputedStyle(e).fontSize) * (e.getScreenCTM ? e.getScreenCTM().a : 1)])
          .filter(([e, size]) => size < 10.99).map(([e, size]) => `${e.tagName} "${e.textContent.trim().slice(0, 30)}" ${size.toFixed(1)}`)
        """;

    /// <summary>Every text with less contrast to what is behind it than WCAG 2 AA asks (4.5, large text 3).</summary>
    internal const string Contrast = """
        () => {
          const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return c.startsWith("color(srgb") ? [m[0] * 255, m[1] * 255, m[2] * 255, m[3] ?? 1] : [m[0], m[1], m[2], m[3] ?? 1]; };
          const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
          const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > .99) return c; } return [255, 255, 255, 1]; };
          const poor = [];
          for (const e of document.querySelectorAll("body *")) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility() || e.disabled || e.closest(".sr") || (e.closest("dialog") && !e.closest("dialog").open)) continue;
            const style = getComputedStyle(e), size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.6 && style.fontWeight >= 700);
            const a = light(parse(e.closest("svg") ? style.fill : style.color)), b = light(behind(e)), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
            if (ratio < (large ? 3 : 4.5)) poor.push(`${e.tagName}.${e.className} "${e.textContent.trim().slice(0, 30)}" ${ratio.toFixed(2)}`);
          }
          return poor;
        }
        """;
}
