using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Overrides;

/// <summary>Overrides as people ask for them: two of them at once, garbage, and a clock that runs.</summary>
public sealed class OverrideApiSpecs(OverrideApiSpecs.Rig rig) : IClassFixture<OverrideApiSpecs.Rig>
{
    private const string Mailer = "/api/workloads/shop/deployment/mailer/override";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private RealProcess Ebb => rig.Ebb;

    [LongFact]
    public async Task It_is_asked_shown_everywhere_refused_to_the_second_replaced_with_its_etag_and_taken_back()
    {
        var first = await PutAsync(
            Mailer,
            new
            {
                replicas = 4,
                @for = "PT2H",
                reason = "campaign",
            }
        );
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        var asked = (await first.Content.ReadFromJsonAsync<JsonObject>(Stop))!;
        Assert.Equal(($"\"{asked["etag"]}\"", 4), (first.Headers.ETag!.ToString(), (int?)asked["replicas"]));

        var second = await PutAsync(
            Mailer,
            new
            {
                asleep = true,
                @for = "1h",
                reason = "quiet please",
            }
        );
        Assert.Equal(
            (HttpStatusCode.Conflict, "application/problem+json"),
            (second.StatusCode, second.Content.Headers.ContentType?.MediaType)
        );
        Assert.Equal(
            "campaign",
            (string?)(await second.Content.ReadFromJsonAsync<JsonObject>(Stop))!["present"]!["reason"]
        );

        await Ebb.UntilAsync(
            async () => (int?)(await Ebb.GetAsync("/api/workloads/shop/deployment/mailer"))["size"] == 4,
            "it holds"
        );
        var workload = await Ebb.GetAsync("/api/workloads/shop/deployment/mailer");
        Assert.Equal(("override", 4), ((string?)workload["decision"]!["source"], (int?)workload["decision"]!["value"]));
        Assert.StartsWith(
            "exactly 4 asked by a person (campaign) until ",
            (string?)workload["reason"],
            StringComparison.Ordinal
        );
        Assert.EndsWith(", then what it was", (string?)workload["reason"], StringComparison.Ordinal);
        var listed = Assert.Single(
            (await Ebb.GetAsync("/api/overrides"))["items"]!.AsArray(),
            o => (string?)o!["name"] == "mailer"
        )!;
        Assert.Equal("holds", (string?)listed["state"]);

        var stale = await PutAsync(
            Mailer,
            new
            {
                replicas = 1,
                @for = "PT1H",
                reason = "smaller",
            },
            "\"0000\""
        );
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        var replaced = await PutAsync(
            Mailer,
            new
            {
                replicas = 1,
                @for = "PT1H",
                reason = "smaller",
            },
            $"\"{listed["etag"]}\""
        );
        Assert.Equal(HttpStatusCode.OK, replaced.StatusCode);
        await Ebb.UntilAsync(
            async () => (int?)(await Ebb.GetAsync("/api/workloads/shop/deployment/mailer"))["size"] == 1,
            "the second holds"
        );

        Assert.Equal(HttpStatusCode.Accepted, (await Ebb.Http.DeleteAsync(Mailer, Stop)).StatusCode);
        await Ebb.UntilAsync(
            async () => (int?)(await Ebb.GetAsync("/api/workloads/shop/deployment/mailer"))["size"] == 2,
            "it is what it was before the first"
        );
        await Ebb.UntilAsync(
            async () =>
                (await Ebb.GetAsync("/api/overrides"))["items"]!.AsArray().All(o => (string?)o!["name"] != "mailer"),
            "it is forgotten"
        );
        Assert.Equal(HttpStatusCode.NotFound, (await Ebb.Http.DeleteAsync(Mailer, Stop)).StatusCode);
    }

    [LongFact]
    public async Task It_ends_by_itself_and_the_log_says_so()
    {
        const string Gallery = "/api/workloads/media/deployment/gallery/override";
        Assert.Equal(
            HttpStatusCode.Created,
            (
                await PutAsync(
                    Gallery,
                    new
                    {
                        asleep = true,
                        // The demo runs faster than the clock, the operator does not.
                        @for = Ebb.World is null ? "PT2M" : "PT5S",
                        reason = "repairs",
                    }
                )
            ).StatusCode
        );
        await Ebb.UntilAsync(
            async () => (int?)(await Ebb.GetAsync("/api/workloads/media/deployment/gallery"))["size"] == 0,
            "it sleeps"
        );
        await Ebb.UntilAsync(
            async () => (int?)(await Ebb.GetAsync("/api/workloads/media/deployment/gallery"))["size"] == 2,
            "it is what it was"
        );
        await Ebb.UntilAsync(
            () =>
                Task.FromResult(
                    Ebb.Output.Contains("override of deployment media/gallery has ended", StringComparison.Ordinal)
                ),
            "it is said"
        );
    }

    [Theory]
    [InlineData("""{"replicas": 3, "reason": "x"}""", 400, "$.for: expected an end")]
    [InlineData("""{"replicas": 3, "for": "P31D", "reason": "x"}""", 400, "$.for: expected at most 30 days")]
    [InlineData(
        """{"replicas": 3, "until": "2020-01-01T00:00:00Z", "reason": "x"}""",
        400,
        "$.until: expected an instant after"
    )]
    [InlineData(
        """{"replicas": 3, "until": "9999-01-01T00:00:00Z", "reason": "x"}""",
        400,
        "$.until: expected at most 30 days"
    )]
    [InlineData("""{"replicas": 3, "until": "tomorrow", "reason": "x"}""", 400, "$.until: expected an instant such as")]
    [InlineData(
        """{"replicas": 3, "for": "PT1H", "until": "2030-01-01T00:00:00Z", "reason": "x"}""",
        400,
        "either for or until"
    )]
    [InlineData("""{"replicas": 3, "for": "-PT1H", "reason": "x"}""", 400, "$.for: expected a duration")]
    [InlineData(
        """{"replicas": 3, "for": "PT9999999999999999999H", "reason": "x"}""",
        400,
        "$.for: expected a duration"
    )]
    [InlineData("""{"replicas": 3, "for": 7, "reason": ["x"]}""", 400, "$.reason: expected text")]
    [InlineData(
        """{"replicas": 3.5, "for": "1h", "reason": "x"}""",
        400,
        "$.replicas: expected a whole number from 0 to 100000"
    )]
    [InlineData("""{"replicas": -1, "for": "1h", "reason": "x"}""", 400, "$.replicas")]
    [InlineData("""{"replicas": 1e999, "for": "1h", "reason": "x"}""", 400, "$.replicas")]
    [InlineData("""{"replicas": 99999999999999999999, "for": "1h", "reason": "x"}""", 400, "$.replicas")]
    [InlineData("""{"replicas": "3", "for": "1h", "reason": "x"}""", 400, "$.replicas")]
    [InlineData("""{"replicas": 3, "asleep": true, "for": "1h", "reason": "x"}""", 400, "exactly one of")]
    [InlineData("""{"asleep": false, "for": "1h", "reason": "x"}""", 400, "$.asleep: expected true")]
    [InlineData("""{"for": "1h", "reason": "x"}""", 400, "exactly one of")]
    [InlineData("""{"replicas": 3, "for": "1h", "reason": "x", "fro": "1h"}""", 400, "$.\"fro\": expected one of")]
    [InlineData("""{"replicas": 3, "for": "1h", "reason": "\ud800"}""", 400, "$.reason: expected text")]
    [InlineData("""[1, 2]""", 400, "expected a JSON object")]
    [InlineData("""null""", 400, "expected a JSON object")]
    [InlineData("""{"a":""", 400, "expected JSON")]
    [InlineData("", 400, "expected JSON")]
    public async Task Garbage_is_told_what_was_expected(string body, int status, string expected)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await Ebb.Http.PutAsync("/api/workloads/shop/deployment/search/override", content, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Equal(
            (status, "application/problem+json"),
            ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType)
        );
        Assert.Contains(expected, (string)JsonNode.Parse(text)!["detail"]!, StringComparison.Ordinal);
    }

    [LongTheory]
    [InlineData("PUT", "/api/workloads/shop/deployment/nope/override", 404)]
    [InlineData("PUT", "/api/workloads/shop/spaceship/search/override", 404)]
    [InlineData("PUT", "/api/workloads/shop/a/b/c/d/e/override", 404)]
    [InlineData("PUT", "/api/workloads/shop/deployment/..%2f..%2fsearch/override", 404)]
    [InlineData("PUT", "/api/workloads/%ff/%2e/%20/override", 404)]
    [InlineData("PUT", "/api/workloads/shop/deployment/search", 404)]
    [InlineData("PUT", "/api/workloads/override", 404)]
    [InlineData("PUT", "/api/workloads/shop/cronjob/nightly-report/override", 422)]
    [InlineData("DELETE", "/api/workloads/shop/deployment/search/override", 404)]
    [InlineData("DELETE", "/api/workloads///override", 404)]
    [InlineData("PATCH", "/api/workloads/shop/deployment/search/override", 404)]
    [InlineData("POST", "/api/power/%2e%2e%2fstatus", 400)]
    [InlineData("POST", "/api/overrides", 404)]
    [InlineData("DELETE", "/api/status", 404)]
    [InlineData("GET", "/api/outages/..%2f..%2fpower", 404)]
    [InlineData("GET", "/api/workloads/a/b/c/d/e/f/g/h", 404)]
    public async Task No_address_is_a_fault_of_ours(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "PUT" or "POST")
            request.Content = JsonContent.Create(
                new
                {
                    replicas = 3,
                    @for = "1h",
                    reason = "x",
                }
            );
        var answer = await Ebb.Http.SendAsync(request, Stop);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Deep_json_and_bodies_that_are_too_large_are_refused()
    {
        using var deep = new StringContent(
            new string('[', 20_000) + new string(']', 20_000),
            Encoding.UTF8,
            "application/json"
        );
        Assert.Equal(HttpStatusCode.BadRequest, (await Ebb.Http.PutAsync(Mailer, deep, Stop)).StatusCode);
        using var large = new StringContent(
            $"{{\"reason\":\"{new string('x', 70_000)}\"}}",
            Encoding.UTF8,
            "application/json"
        );
        using var announced = new HttpRequestMessage(HttpMethod.Put, Mailer) { Content = large };
        announced.Headers.ExpectContinue = true;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Ebb.Http.SendAsync(announced, Stop)).StatusCode);
        // Without a length it is found out while reading.
        using var chunked = new HttpRequestMessage(HttpMethod.Put, Mailer)
        {
            Content = new StringContent(
                $"{{\"reason\":\"{new string('x', 70_000)}\"}}",
                Encoding.UTF8,
                "application/json"
            ),
        };
        chunked.Headers.TransferEncodingChunked = true;
        chunked.Headers.ExpectContinue = true;
        var answer = await Ebb.Http.SendAsync(chunked, Stop);
        Assert.Equal(
            (HttpStatusCode.RequestEntityTooLarge, "application/problem+json"),
            (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType)
        );
    }

    [Theory]
    [InlineData("""{"reason": "freeze", "for": "soon"}""", "/api/power/hold", 400)]
    [InlineData("""{"reason": "freeze", "for": "P99D"}""", "/api/power/hold", 400)]
    [InlineData("""{"reason": "x", "for": "1h"}""", "/api/power/drill", 400)]
    [InlineData("""{"reason": {"a": [1]}}""", "/api/power/hold", 400)]
    [InlineData("""{"reason": "x"}""", "/api/power/explode", 404)]
    public async Task A_hold_takes_an_end_and_nothing_else(string body, string path, int status)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        Assert.Equal(status, (int)(await Ebb.Http.PostAsync(path, content, Stop)).StatusCode);
    }

    [Theory]
    [InlineData("""{"reason": "x", "For": "PT1M"}""", "$.\"For\": expected one of reason, for, until")]
    [InlineData("""{"reason": "x", "duration": "PT1M"}""", "$.\"duration\": expected one of reason, for, until")]
    public async Task A_hold_whose_end_is_misspelt_is_not_taken(string body, string detail)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await Ebb.Http.PostAsync("/api/power/hold", content, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(detail, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["detail"]);
    }

    private async Task<HttpResponseMessage> PutAsync(string path, object body, string? match = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body) };
        if (match is not null)
            request.Headers.TryAddWithoutValidation("If-Match", match);
        return await Ebb.Http.SendAsync(request, Stop);
    }

    public sealed class Rig : IAsyncLifetime
    {
        internal RealProcess Ebb { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Ebb = await RealProcess.EngineAsync(new Dictionary<string, string> { ["Simulation__Speed"] = "20" });
            await Ebb.UntilAsync(
                async () => (int?)(await Ebb.GetAsync("/api/status"))["workloads"]!["total"] >= 14,
                "the cluster is read"
            );
        }

        public ValueTask DisposeAsync() => Ebb.DisposeAsync();
    }
}
