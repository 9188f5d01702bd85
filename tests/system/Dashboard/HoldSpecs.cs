using Ebb.Tests.Harness;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ebb.Tests.Dashboard;

/// <summary>What keeps Ebb from acting is asked back for, and stands at the top while it lasts.</summary>
public sealed class HoldSpecs
{
    [LongFact]
    public async Task Freezing_asks_back_and_the_page_says_until_when_and_what_it_means()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DashboardSpecs.DemoAsync("1");
        var watched = await browser.OpenAsync(DashboardSpecs.Origin(ebb));
        var page = watched.Page;
        await page.GotoAsync("/api/dashboard");
        await watched.PhaseAsync("Awake");
        await page.Locator("#hold").ClickAsync();
        var dialog = page.Locator("#hold-dialog");
        await Expect(dialog).ToContainTextAsync("If mains fails meanwhile, nothing is put to sleep");
        Assert.Empty(await page.EvaluateAsync<string[]>(DashboardSpecs.Contrast));
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        Assert.Equal("normal", (string?)(await ebb.GetAsync("/api/status"))["phase"]);

        await page.Locator("#hold").ClickAsync();
        await page.Locator("#hold-reason").FillAsync("work on the UPS");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Freeze everything" }).ClickAsync();
        await watched.PhaseAsync("Held");
        await Expect(page.Locator("#hero")).ToHaveClassAsync("hero alarmed");
        await Expect(page.Locator("#reason")).ToContainTextAsync("work on the UPS");
        await Expect(page.Locator("#notices"))
            .ToContainTextAsync(
                new System.Text.RegularExpressions.Regex("Held until \\d\\d:\\d\\d:\\d\\d.*puts nothing")
            );
        await Expect(page.Locator("#countdown")).ToContainTextAsync("The hold ends in ");
        await watched.PictureAsync("held-light");
        Assert.Empty(await page.EvaluateAsync<string[]>(DashboardSpecs.Contrast));
        await page.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
        await watched.PhaseAsync("Awake");
        await Expect(page.Locator("#hero")).ToHaveClassAsync("hero");
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task Until_mains_counts_as_safe_the_seconds_are_counted_down()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DashboardSpecs.DemoAsync("30");
        var watched = await browser.OpenAsync(DashboardSpecs.Origin(ebb));
        var page = watched.Page;
        await page.GotoAsync("/api/dashboard");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pull the plug" }).ClickAsync();
        await watched.PhaseAsync("Asleep");
        // Asleep is 0, whatever a kind keeps in its spec meanwhile.
        var asleep = (await ebb.GetAsync("/api/workloads"))["items"]!
            .AsArray()
            .Where(w => (string?)w!["state"] == "asleep" && w["baseline"] is not null)
            .ToList();
        Assert.Contains("cluster", asleep.Select(w => (string?)w!["kind"]));
        Assert.All(asleep, w => Assert.True((int?)w!["size"] is 0 or null, w!.ToJsonString()));
        await page.GetByLabel("Speed").SelectOptionAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Plug in again" }).ClickAsync();
        var countdown = page.Locator("#countdown");
        await Expect(countdown)
            .ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^Mains counts as safe in \\d+ (s|min)\\.$"));
        var first = await countdown.TextContentAsync();
        await Expect(countdown).Not.ToHaveTextAsync(first!);
        watched.HasNoFaults();
    }

    [LongFact]
    public async Task A_chip_and_a_row_open_the_workload_and_an_override_puts_it_to_sleep()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DashboardSpecs.DemoAsync("10");
        var watched = await browser.OpenAsync(DashboardSpecs.Origin(ebb));
        var page = watched.Page;
        await page.GotoAsync("/api/dashboard");
        var dialog = page.Locator("#workload-dialog");
        await page.Locator("#lanes .chip button", new() { HasText = "mailer" }).ClickAsync();
        await Expect(dialog.Locator("h2")).ToHaveTextAsync("mailer");
        await Expect(dialog).ToContainTextAsync("none: power has not put it to sleep");
        await Expect(dialog).ToContainTextAsync("Nothing that is remembered.");
        Assert.Empty(await page.EvaluateAsync<string[]>(DashboardSpecs.Contrast));
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Override" }).ClickAsync();
        await page.GetByLabel("Asleep", new() { Exact = true }).CheckAsync();
        await page.Locator("#override-reason").FillAsync("repairs");
        await page.Locator("#override-submit").ClickAsync();
        await Expect(page.Locator("#override-dialog")).ToBeHiddenAsync();

        await page.GetByRole(AriaRole.Searchbox).FillAsync("mailer");
        var row = page.Locator("#rows tr").First;
        await Expect(row.Locator(".state")).ToHaveTextAsync("asleep");
        await row.GetByRole(AriaRole.Button, new() { Name = "mailer", Exact = true }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("repairs");
        await watched.PictureAsync("workload-light");
        Assert.Equal(1, (int?)(await ebb.GetAsync("/api/status"))["workloads"]!["asleep"]);
        watched.HasNoFaults();
    }
}
