using Ebb.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace Ebb.Tests.Dashboard;

/// <summary>Spare capacity on the page, in a real browser.</summary>
public sealed class CapacityChartSpecs
{
    [LongFact]
    public async Task The_chart_shows_what_is_harvested_and_hatches_what_is_not_known()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await RealProcess.FunctionsAsync(
            new Dictionary<string, string> { ["Simulation__Speed"] = "30" }
        );
        await ebb.UntilAsync(
            async () =>
                (await ebb.TryGetAsync("/api/capacity"))?["followers"]?.AsArray() is [{ } folding]
                && (decimal?)folding["harvested"] >= 12,
            "something is harvested"
        );
        var watched = await browser.OpenAsync($"http://127.0.0.1:{ebb.Port}");
        await watched.Page.GotoAsync("/api/dashboard");
        var capacity = watched.Page.Locator("#capacity");
        await Expect(capacity.Locator("h3")).ToHaveTextAsync("folding in harvest");
        await Expect(capacity.Locator("figcaption")).ToContainTextAsync("in cores");
        var harvest = capacity.Locator("path.area-harvest");
        // Attached, not visible: what has an outline of more than a line is drawn.
        await Expect(harvest).ToHaveCountAsync(1);
        Assert.Matches("^M[0-9.]+ [0-9.]+L.*Z$", await harvest.GetAttributeAsync("d"));
        Assert.True(
            await harvest.EvaluateAsync<double>("path => path.getBBox().height") > 10,
            "the harvested part has a height"
        );
        await Expect(capacity.Locator(".note")).ToContainTextAsync("remain on 4 nodes");
        var nodes = capacity.Locator("table.nodes");
        await Expect(nodes.Locator("tbody tr").First).ToBeVisibleAsync();
        await Expect(nodes.Locator("thead")).ToContainTextAsync("cpu");
        await Expect(nodes.Locator("thead")).ToContainTextAsync("memory");
        // What somebody folded stays folded while the page goes on asking.
        await capacity.Locator("summary").ClickAsync();
        await Expect(nodes).ToBeHiddenAsync();
        var form = watched.Page.Locator("#what-if");
        await form.GetByLabel("cores").FillAsync("1000");
        await form.GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync();
        await Expect(form.GetByRole(Microsoft.Playwright.AriaRole.Status))
            .ToContainTextAsync("fits on no node that it may go to, not even on an empty one");
        await Expect(nodes).ToBeHiddenAsync();
        await watched.PictureAsync("capacity-light");

        // It stands still, so that nobody starts another one.
        using (var stop = System.Diagnostics.Process.Start("pkill", ["-STOP", "-P", $"{ebb.Process.Id}"]))
            await stop.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Expect(capacity.Locator("[role=status]"))
            .ToContainTextAsync("Spare capacity is not known", new() { Timeout = 60_000 });
        await Expect(capacity.Locator("rect.gap").First).ToBeAttachedAsync(new() { Timeout = 60_000 });
        await Expect(capacity.Locator("figcaption")).ToContainTextAsync("hatched: no data");
        await Expect(capacity.Locator("section .nothing")).ToContainTextAsync("no data");
        watched.HasNoFaults();
    }

    // As a scaler from before answers: what it does not say is not "none".
    [LongFact]
    public async Task What_the_scaler_does_not_say_is_told_as_not_known()
    {
        await using var browser = await Browser.StartAsync();
        await using var ebb = await DashboardSpecs.DemoAsync("1");
        var watched = await browser.OpenAsync(DashboardSpecs.Origin(ebb));
        await watched.Page.RouteAsync(
            "**/api/capacity",
            route =>
                route.FulfillAsync(
                    new()
                    {
                        ContentType = "application/json",
                        Body = """
                        {"known": true, "followers": [{"namespace": "shop", "name": "miner", "resource": "cpu", "unit": "cores",
                         "allocatable": 8, "others": 1, "reserve": 0, "remaining": 7, "harvested": 1, "perReplica": 1, "fits": 7,
                         "replicas": 1, "reason": "full", "eligibleNodes": 1, "samples": [], "moreWaiting": null, "notDemand": null,
                         "moreNotDemand": null, "waiting": [{"pod": "shop/a", "nodes": ["n1"], "moreNodes": null}],
                         "nodes": [{"name": "n1", "fits": 7, "givenBack": null, "resources": {} }]}]}
                        """,
                    }
                )
        );
        await watched.Page.GotoAsync("/api/dashboard");
        var lines = watched.Page.Locator("#capacity ul.waiting li");
        await Expect(lines)
            .ToHaveTextAsync([
                "shop/a could go to n1 and maybe more",
                "it is not known how many more wait",
                "it is not known for which pods no room is made",
            ]);
        await Expect(watched.Page.Locator("#capacity table.nodes tbody")).ToContainTextAsync("7, gives back unknown");
        watched.HasNoFaults();
    }
}
