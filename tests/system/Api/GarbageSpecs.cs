using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Api;

/// <summary>
/// Every route with everything that it does not expect: each time a refusal that says what was expected, as
/// application/problem+json, and
/// never a fault of ours. That no route is left out is held against the source.
/// </summary>
public sealed partial class GarbageSpecs(GarbageSpecs.Rig rig) : IClassFixture<GarbageSpecs.Rig>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Each route as its source writes it, and an address of it that would be right.</summary>
    internal static readonly (string Method, string Route, string Address)[] Routes =
    [
        ("GET", "/status", "/api/status"),
        ("GET", "/workloads", "/api/workloads"),
        ("GET", "/workloads/{**rest}", "/api/workloads/shop/deployment/search"),
        ("GET", "/plan", "/api/plan"),
        ("GET", "/outages", "/api/outages"),
        ("GET", "/outages/{id}", "/api/outages/20260115T120000Z"),
        ("GET", "/outages/archive", "/api/outages/archive"),
        ("GET", "/overrides", "/api/overrides"),
        ("GET", "/journal", "/api/journal"),
        ("GET", "/schedules", "/api/schedules"),
        ("GET", "/live", "/api/live"),
        ("GET", "/history", "/api/history"),
        ("GET", "/metrics", "/api/metrics"),
        ("GET", "/dashboard", "/api/dashboard"),
        ("POST", "/session", "/api/session"),
        ("DELETE", "/session", "/api/session"),
        ("POST", "/power/{verb}", "/api/power/hold"),
        ("POST", "/schedules/preview", "/api/schedules/preview"),
        ("POST", "/demo/{verb}", "/api/demo/speed"),
        ("PUT", "/workloads/{**rest}", "/api/workloads/shop/deployment/search/override"),
        ("DELETE", "/workloads/{**rest}", "/api/workloads/shop/deployment/search/override"),
    ];

    /// <summary>Of the Functions host and of nobody else; whatever it sends, the answer is a turn.</summary>
    private static readonly string[] Host = ["/", "/PollUps", "/EvaluateSchedules"];

    private static readonly (string Name, byte[] Bytes)[] Bodies =
    [
        .. new (string Name, string Text)[]
        {
            ("nothing", ""),
            ("null", "null"),
            ("a list", "[1,2]"),
            ("a number", "7"),
            ("a text", "\"reason\""),
            ("half of it", "{\"reason\":"),
            ("two of them", "{\"reason\":\"x\"} {}"),
            ("wrong types", """{"reason":7,"speed":"fast","replicas":"three","for":[],"until":{},"asleep":"yes"}"""),
            ("objects for texts", """{"reason":{"a":[1]},"speed":{},"replicas":{},"for":{"x":1}}"""),
            (
                "huge numbers",
                """{"reason":"x","speed":1e999,"replicas":99999999999999999999999999,"for":"PT99999999999999999999H"}"""
            ),
            ("numbers below", """{"reason":"x","speed":-1,"replicas":-2147483649,"for":"-PT1H"}"""),
            ("half a letter", """{"reason":"\ud800","speed":"\udfff","replicas":1,"for":"\ud800"}"""),
            ("a text of 60,000", $"{{\"reason\":\"{new string('x', 60_000)}\"}}"),
            ("nothing in it", """{"reason":"   "}"""),
            ("half a letter for a name", """{"reason":"x","\ud800":1}"""),
            (
                "a member twice",
                """{"reason":"x","reason":"y","speed":2,"speed":3,"replicas":1,"replicas":2,"for":"1h","kind":"a","kind":"b"}"""
            ),
            ("years", """{"reason":"x","replicas":1,"until":"292277026596-12-04T15:30:08Z"}"""),
            ("yesterday", """{"reason":"x","replicas":1,"until":"0001-01-01T00:00:00Z"}"""),
            ("deep lists", new string('[', 20_000) + new string(']', 20_000)),
            ("deep objects", string.Concat(Enumerable.Repeat("{\"reason\":", 5000)) + "1" + new string('}', 5000)),
        }.Select(b => (b.Name, Encoding.UTF8.GetBytes(b.Text))),
        ("no text at all", [0xff, 0xfe, 0x00, 0x7b, 0x80]),
        ("a zero", [0x7b, 0x00, 0x7d]),
    ];

    [Fact]
    public void No_route_is_left_out()
    {
        var declared = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "functions"), "*.cs", SearchOption.AllDirectories)
            .Concat(
                Directory.EnumerateFiles(Path.Combine(Repository.Root, "engine"), "*.cs", SearchOption.AllDirectories)
            )
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(f => Declaration().Matches(File.ReadAllText(f)))
            .Select(m => (Method: m.Groups[1].Value.ToUpperInvariant(), Route: m.Groups[2].Value))
            .Where(r => !Host.Contains(r.Route))
            .Distinct();
        // The scaler answers these, and a process without one has nothing to say.
        (string, string)[] scalers = [("GET", "/capacity"), ("GET", "/capacity/what-if")];
        Assert.Empty(declared.Except(Routes.Select(r => (r.Method, r.Route)).Concat(scalers)));
    }

    [Fact]
    public async Task A_body_that_is_none_is_refused_with_what_was_expected()
    {
        foreach (var (method, _, address) in Routes.Where(r => r.Method is "POST" or "PUT"))
        {
            foreach (var (name, bytes) in Bodies)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), address)
                {
                    Content = new ByteArrayContent(bytes)
                    {
                        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
                    },
                };
                // A preview answers with the errors of what it was given.
                await RefusesAsync(
                    request,
                    $"{name} to {method} {address}",
                    mayList: address.Contains("preview", StringComparison.Ordinal)
                );
            }
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/json; charset=klingon")]
    [InlineData("nonsense")]
    public async Task A_body_of_another_type_is_refused(string type)
    {
        foreach (var (method, _, address) in Routes.Where(r => r.Method is "POST" or "PUT"))
        {
            using var content = new ByteArrayContent("reason=x"u8.ToArray());
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var request = new HttpRequestMessage(new HttpMethod(method), address) { Content = content };
            await RefusesAsync(request, $"{type} to {method} {address}");
        }
    }

    [Theory]
    [InlineData("application/yaml")]
    [InlineData("application/yaml; charset=utf-8")]
    public async Task Yaml_is_for_previews_only(string type)
    {
        foreach (
            var (method, _, address) in Routes.Where(r =>
                r.Method is "POST" or "PUT" && !r.Route.Contains("preview", StringComparison.Ordinal)
            )
        )
        {
            using var content = new ByteArrayContent("reason: x"u8.ToArray());
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var request = new HttpRequestMessage(new HttpMethod(method), address) { Content = content };
            await RefusesAsync(request, $"{type} to {method} {address}");
        }
    }

    public static TheoryData<string, int> Deep =>
        new()
        {
            { "? ", 32_700 },
            { "[", 32_700 },
            { "- ", 32_700 },
            { "{a: ", 16_000 },
            { "? - ", 16_000 },
            { "!!map ? ", 8_000 },
            { "&a ? ", 8_000 },
        };

    /// <summary>
    /// Each level is a call of whoever builds nodes from it: a stack that overflows ends the process.
    /// </summary>
    [Theory]
    [MemberData(nameof(Deep))]
    public async Task Yaml_that_is_deeper_than_anything_is_told_so_and_ends_nothing(string level, int times)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/schedules/preview")
        {
            Content = new StringContent(
                string.Concat(Enumerable.Repeat(level, times)) + "x",
                Encoding.UTF8,
                "application/yaml"
            ),
        };
        await RefusesAsync(request, level, mayList: true);
        Assert.NotNull(await rig.Ebb.GetAsync("/api/status"));
    }

    /// <summary>RFC 9110, 9.3.2: the same as GET, and no content.</summary>
    [Fact]
    public async Task Head_works_wherever_get_does()
    {
        foreach (var (_, _, address) in Routes.Where(r => r.Method == "GET"))
        {
            using var get = await rig.Ebb.Http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, Stop);
            using var head = await rig.Ebb.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, address), Stop);
            Assert.Equal((address, get.StatusCode), (address, head.StatusCode));
            Assert.Equal(get.Content.Headers.ContentType?.MediaType, head.Content.Headers.ContentType?.MediaType);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Stop));
        }
    }

    [Fact]
    public async Task A_reason_with_control_characters_is_one_line_wherever_it_is_told()
    {
        using var hold = new HttpRequestMessage(HttpMethod.Post, "/api/power/hold")
        {
            Content = new StringContent(
                """{"reason": "first\r\nwarn: forged\u001b[31m second", "for": "PT1M"}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        Assert.Equal(202, (int)(await rig.Ebb.Http.SendAsync(hold, Stop)).StatusCode);
        await rig.Ebb.UntilAsync(
            () => Task.FromResult(rig.Ebb.Output.Contains("forged", StringComparison.Ordinal)),
            "the hold is told"
        );
        Assert.DoesNotContain(
            rig.Ebb.Output.Split('\n'),
            line => line.StartsWith("warn: forged", StringComparison.Ordinal)
        );
        Assert.DoesNotContain('\u001b', rig.Ebb.Output);
        using var release = new StringContent("""{"reason": "seen"}""", Encoding.UTF8, "application/json");
        Assert.Equal(202, (int)(await rig.Ebb.Http.PostAsync("/api/power/release", release, Stop)).StatusCode);
        await rig.Ebb.UntilPhaseAsync("normal");
    }

    [Theory]
    [InlineData("a: &a [x]\nb: [*a, *a, *b")]
    [InlineData("%YAML 9.9\n---\n- \u0001")]
    [InlineData("? [complex, key]\n: value")]
    [InlineData("a: &a {b: *a}")]
    [InlineData("kind: [1, 2]\nmetadata: 7\nspec: \"\"")]
    [InlineData(
        "kind: Schedule\napiVersion: autoscaling.d-kuro.github.io/v1\nmetadata: {name: 7, namespace: [x]}\nspec: {minReplicas: 1e400, startTime: {a: b}, scaleTargetRef: 3}"
    )]
    public async Task Yaml_that_is_none_is_refused_or_listed_as_errors(string yaml)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/schedules/preview")
        {
            Content = new StringContent(yaml, Encoding.UTF8, "application/yaml"),
        };
        await RefusesAsync(request, yaml, mayList: true);
    }

    public static TheoryData<string> Names =>
        [
            "..%2f..%2fetc",
            "%00",
            "%ff%fe",
            "%20",
            "a%2fb%2fc%2fd%2fe%2ff",
            "%F0%9F%92%A5",
            "'%22%3Cscript%3E",
            "%5c%5c",
            "*",
            "a:b",
            "-",
            "Search",
            "1e999",
            "99999999999999999999999999999999",
            "%25%25",
            "%7Bverb%7D",
            "con",
            "%0d%0aX-Evil:%201",
            "https:%2f%2fevil.example",
            LongName,
        ];

    private static readonly string LongName = new('x', 3000);

    [LongTheory]
    [MemberData(nameof(Names))]
    public async Task A_name_that_is_none_is_refused_wherever_a_name_may_stand(string name)
    {
        string[] addresses =
        [
            $"/api/{name}",
            $"/api/outages/{name}",
            $"/api/workloads/{name}",
            $"/api/workloads/{name}/deployment/search",
            $"/api/workloads/shop/{name}/search",
            $"/api/workloads/shop/deployment/{name}",
            $"/api/workloads/shop/apps/v1/{name}/search",
            $"/api/workloads/shop/{name}/v1/Thing/search",
            $"/api/dashboard/{name}",
            $"/{name}",
        ];
        foreach (var address in addresses)
        {
            using var get = new HttpRequestMessage(
                HttpMethod.Get,
                new Uri(
                    rig.Ebb.Http.BaseAddress!.ToString().TrimEnd('/') + address,
                    new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
                )
            );
            await RefusesAsync(get, $"GET {address}");
        }
        foreach (
            var (method, address) in new[]
            {
                ("PUT", $"/api/workloads/{name}/deployment/search/override"),
                ("PUT", $"/api/workloads/shop/{name}/search/override"),
                ("PUT", $"/api/workloads/shop/deployment/{name}/override"),
                ("PUT", $"/api/workloads/shop/example.com/v1/{name}/search/override"),
                ("DELETE", $"/api/workloads/shop/deployment/{name}/override"),
                ("POST", $"/api/power/{name}"),
                ("POST", $"/api/demo/{name}"),
            }
        )
        {
            using var request = new HttpRequestMessage(
                new HttpMethod(method),
                new Uri(
                    rig.Ebb.Http.BaseAddress!.ToString().TrimEnd('/') + address,
                    new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
                )
            )
            {
                Content = new StringContent(
                    """{"reason":"x","replicas":1,"for":"1h"}""",
                    Encoding.UTF8,
                    "application/json"
                ),
            };
            await RefusesAsync(request, $"{method} {address}");
        }
    }

    [Theory]
    [InlineData("/api/schedules?from=yesterday")]
    [InlineData("/api/schedules?from=9999-12-31T23:59:59Z&to=0001-01-01T00:00:00Z")]
    [InlineData("/api/schedules?from=2026-01-01T00:00:00Z&to=2126-01-01T00:00:00Z")]
    [InlineData("/api/schedules?at=1e999")]
    [InlineData("/api/schedules?at=2026-01-01T00:00:00Z&from=2026-01-01T00:00:00Z")]
    [InlineData("/api/schedules?from=%00&to=%ff")]
    public async Task A_time_that_is_none_is_refused(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        await RefusesAsync(request, address);
    }

    [Theory]
    [InlineData("TRACE")]
    [InlineData("PATCH")]
    [InlineData("PROPFIND")]
    [InlineData("BREW")]
    public async Task A_method_that_a_route_does_not_have_is_refused(string method)
    {
        foreach (var address in Routes.Select(r => r.Address).Distinct())
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), address);
            await RefusesAsync(request, $"{method} {address}");
        }
    }

    [Theory]
    [InlineData("since=%00")]
    [InlineData("since=99999999999999999999-1")]
    [InlineData("since=a-b-c&since=d")]
    [InlineData("since=")]
    public async Task A_token_of_nobody_gets_everything(string query)
    {
        var answer = JsonNode.Parse(await rig.Ebb.Http.GetStringAsync($"/api/live?{query}", Stop))!;
        Assert.True((bool)answer["whole"]!);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("nonsense, W/\"x\"")]
    [InlineData("\"0000000000000000\"")]
    public async Task An_etag_of_nobody_ends_nothing(string etag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/workloads/shop/deployment/search/override");
        request.Headers.TryAddWithoutValidation("If-Match", etag);
        await RefusesAsync(request, etag);
    }

    private async Task RefusesAsync(HttpRequestMessage request, string what, bool mayList = false)
    {
        using var answer = await rig.Ebb.Http.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        var shown =
            $"{(what.Length > 200 ? what[..200] : what)}: {(int)answer.StatusCode} {(text.Length > 300 ? text[..300] : text)}";
        if (mayList && (int)answer.StatusCode == 200)
        {
            Assert.True(
                JsonNode.Parse(text)!["errors"]!.AsArray().Count > 0
                    || JsonNode.Parse(text)!["items"]!.AsArray().Count == 0,
                shown
            );
            return;
        }
        Assert.True((int)answer.StatusCode is >= 400 and < 500, shown);
        // A zero in an address is refused by the server itself, before anybody here sees it.
        if (what.Contains("%00", StringComparison.Ordinal) && text.Length == 0)
            return;
        Assert.True(answer.Content.Headers.ContentType?.MediaType == "application/problem+json", shown);
        Assert.False(string.IsNullOrWhiteSpace((string?)JsonNode.Parse(text)!["detail"]), shown);
        Assert.Contains(
            $"| `{JsonNode.Parse(text)!["type"]}` | {(int)answer.StatusCode} |",
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/problems.md"), Stop),
            StringComparison.Ordinal
        );
        // What came in does not come out again unread: no header, no page.
        Assert.False(answer.Headers.Contains("X-Evil"), shown);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [GeneratedRegex(@"\.Map(Get|Post|Put|Delete)\(\s*""(/[^""]*)""")]
    private static partial Regex Declaration();

    public sealed class Rig : IAsyncLifetime
    {
        internal RealProcess Ebb { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Ebb = await RealProcess.EngineAsync(new Dictionary<string, string> { ["Simulation__Speed"] = "1" });
            await Ebb.UntilAsync(
                async () => (int?)(await Ebb.GetAsync("/api/status"))["workloads"]!["total"] >= 14,
                "the cluster is read"
            );
        }

        public async ValueTask DisposeAsync()
        {
            // Whatever was sent, nothing was asked of the cluster and nothing failed here.
            Assert.Equal("normal", (string?)(await Ebb.GetAsync("/api/status"))["phase"]);
            Assert.Empty((await Ebb.GetAsync("/api/overrides"))["items"]!.AsArray());
            Assert.DoesNotContain("fail:", Ebb.Output, StringComparison.Ordinal);
            await Ebb.DisposeAsync();
        }
    }
}
