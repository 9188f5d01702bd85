using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ebb.Tests.Harness;
using Ebb.Tests.Tables;

namespace Ebb.Tests.Api;

/// <summary>Who asked what, and what was done: from memory, and from an archive that another process reads.</summary>
public sealed class JournalSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_archive_keeps_the_journal_and_the_outages_for_whoever_comes_later()
    {
        await using var azurite = await Azurite.StartAsync();
        var settings = new Dictionary<string, string>
        {
            ["Archive__Connection"] = azurite.Connection,
            ["Http__IdentityHeader"] = "X-MS-CLIENT-PRINCIPAL-NAME",
            ["Simulation__Speed"] = "60",
        };
        await using (var first = await RealProcess.EngineAsync(settings))
        {
            await first.SettledAsync();
            using var drill = new HttpRequestMessage(HttpMethod.Post, "/api/power/drill")
            {
                Content = JsonContent.Create(new { reason = "rehearsal" }),
                Headers = { { "X-MS-CLIENT-PRINCIPAL-NAME", "ada@example.org" } },
            };
            Assert.Equal(HttpStatusCode.Accepted, (await first.Http.SendAsync(drill, Stop)).StatusCode);
            await first.UntilAsync(
                async () => (await first.TryGetAsync("/api/outages/archive"))?["items"]?.AsArray().Count == 1,
                "the outage is archived"
            );
        }
        await using var later = await RealProcess.EngineAsync(settings);
        var outage = Assert.Single((await later.GetAsync("/api/outages/archive"))["items"]!.AsArray())!;
        Assert.True((bool)outage["drill"]!);
        List<string> told = [];
        string? after = null;
        for (var pages = 0; pages < 100; pages++)
        {
            var page = await later.GetAsync($"/api/journal?limit=5{(after is null ? "" : $"&after={after}")}");
            Assert.Equal("archive", (string?)page["kept"]);
            var items = page["items"]!.AsArray();
            Assert.True(items.Count <= 5);
            told.AddRange(items.Select(i => $"{i!["who"]}: {i["what"]} {i["subject"]}: {i["why"]}: {i["result"]}"));
            after = (string?)page["next"];
            if (after is null)
                break;
        }
        Assert.Contains(told, t => t.StartsWith("ada@example.org: asked for drill ", StringComparison.Ordinal));
        Assert.Contains(
            told,
            t => t.StartsWith("power: put to sleep deployment shop/search: ", StringComparison.Ordinal)
        );
        Assert.Contains(told, t => t.StartsWith("power: wake deployment shop/search: ", StringComparison.Ordinal));
        // The youngest first.
        Assert.True(
            told.FindIndex(t => t.StartsWith("power: wake ", StringComparison.Ordinal))
                < told.FindLastIndex(t => t.StartsWith("power: put to sleep ", StringComparison.Ordinal))
        );
    }

    [LongFact]
    public async Task Without_an_archive_it_is_what_this_process_did_and_no_header_is_believed()
    {
        await using var ebb = await RealProcess.EngineAsync(new Dictionary<string, string>());
        foreach (var reason in new[] { "one", "two", "three" })
        {
            using var hold = new HttpRequestMessage(HttpMethod.Post, "/api/power/hold")
            {
                Content = JsonContent.Create(new { reason, @for = "PT1H" }),
                Headers = { { "X-MS-CLIENT-PRINCIPAL-NAME", "mallory" } },
            };
            Assert.Equal(HttpStatusCode.Accepted, (await ebb.Http.SendAsync(hold, Stop)).StatusCode);
            await ebb.UntilAsync(
                async () =>
                    (await ebb.GetAsync("/api/journal"))["items"]!.AsArray().Any(i => (string?)i!["why"] == reason),
                $"hold {reason} is told"
            );
        }
        var first = await ebb.GetAsync("/api/journal?limit=2");
        Assert.Equal(
            ["three", "two"],
            first["items"]!
                .AsArray()
                .Where(i => (string?)i!["what"] == "asked for hold")
                .Select(i => (string?)i!["why"])
        );
        Assert.All(
            first["items"]!.AsArray(),
            i => Assert.StartsWith("somebody with", (string?)i!["who"], StringComparison.Ordinal)
        );
        var second = await ebb.GetAsync($"/api/journal?limit=2&after={first["next"]}");
        Assert.Contains(second["items"]!.AsArray(), i => (string?)i!["why"] == "one");
        Assert.Equal("memory", (string?)second["kept"]);
        Assert.Equal(HttpStatusCode.NotFound, (await ebb.Http.GetAsync("/api/outages/archive", Stop)).StatusCode);
    }

    [LongTheory]
    [InlineData("limit=0", "limit: expected a whole number from 1 to 1000, found \"0\"")]
    [InlineData("limit=1001", "limit: expected a whole number from 1 to 1000")]
    [InlineData("limit=ten", "limit: expected a whole number from 1 to 1000")]
    [InlineData("after=x%27%20or%201", "after: expected the next of the page before")]
    public async Task Garbage_is_told_what_was_expected(string query, string expected)
    {
        await using var ebb = await RealProcess.EngineAsync(new Dictionary<string, string>());
        var answer = await ebb.Http.GetAsync($"/api/journal?{query}", Stop);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(
            expected,
            (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>(Stop))!["detail"],
            StringComparison.Ordinal
        );
    }
}
