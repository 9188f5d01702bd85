using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Api;

/// <summary>What somebody meets who has read nothing: where things are, and what was missing.</summary>
public sealed partial class MannersSpecs(MannersSpecs.Rig rig) : IClassFixture<MannersSpecs.Rig>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_bare_address_leads_to_the_page() =>
        Assert.Contains("<html", await rig.Ebb.Http.GetStringAsync("/", Stop), StringComparison.Ordinal);

    [Fact]
    public async Task The_list_of_routes_is_what_is_mapped()
    {
        var routes = (await rig.Ebb.GetAsync("/api"))["routes"]!
            .AsArray()
            .Select(r => $"{r!["method"]} {r["path"]}")
            .ToList();
        Assert.Superset(
            new HashSet<string>
            {
                "GET /",
                "GET /api",
                "GET /api/dashboard",
                "GET /api/status",
                "GET /api/workloads/{**rest}",
                "PUT /api/workloads/{**rest}",
                "DELETE /api/session",
                "POST /api/power/{verb}",
                "POST /api/demo/{verb}",
                "GET /metrics",
            },
            routes.ToHashSet()
        );
        Assert.Equal(routes.Count, routes.Distinct().Count());
    }

    [Theory]
    [InlineData("shutdown", HttpStatusCode.BadRequest)]
    [InlineData("hold", HttpStatusCode.BadRequest)]
    [InlineData("release", HttpStatusCode.Accepted)]
    [InlineData("restore", HttpStatusCode.Accepted)]
    public async Task A_reason_is_asked_for_where_it_matters(string verb, HttpStatusCode expected)
    {
        using var answer = await rig.Ebb.Http.PostAsync($"/api/power/{verb}", null, Stop);
        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.BadRequest)
            Assert.Contains("$.reason", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [LongFact]
    public async Task A_drill_needs_no_body()
    {
        await using var ebb = await RealProcess.FunctionsAsync(
            new Dictionary<string, string> { ["Simulation__Speed"] = "30" }
        );
        using var answer = await ebb.Http.PostAsync("/api/power/drill", null, Stop);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await ebb.UntilPhaseAsync("going-to-sleep");
    }

    [Theory]
    [InlineData(
        "{apiVersion: kube-green.com/v1alpha1, kind: SleepInfo, metadata: {name: x}}",
        "SleepInfo, which is kube-green's; a Schedule says the same here"
    )]
    [InlineData(
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}}",
        "Deployment, which says nothing of times"
    )]
    [InlineData("---\n---\n", "no document")]
    public async Task A_preview_says_of_what_is_no_schedule_what_it_is(string yaml, string found)
    {
        using var content = new StringContent(yaml);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/yaml");
        using var answer = await rig.Ebb.Http.PostAsync("/api/schedules/preview", content, Stop);
        var body = (await answer.Content.ReadFromJsonAsync<JsonObject>(Stop))!;
        Assert.Empty(body["items"]!.AsArray());
        Assert.Equal(found, (string?)Assert.Single(body["errors"]!.AsArray())!["found"]);
    }

    /// <summary>The titles stand in the source, and the types follow from them.</summary>
    [Fact]
    public void Every_type_of_refusal_is_explained()
    {
        var explained = Row()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/problems.md")))
            .Select(m => m.Groups[1].Value)
            .Order(StringComparer.Ordinal);
        var titles = new[] { "engine", "functions" }
            .SelectMany(room =>
                Directory.EnumerateFiles(Path.Combine(Repository.Root, room), "*.cs", SearchOption.AllDirectories)
            )
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Title().Matches(File.ReadAllText(file)))
            .Select(m => m.Groups[1].Value)
            // The two titles that SecurityHeaders chooses between; one of them stands elsewhere too.
            .Append("Bad request")
            .Distinct()
            .Select(Engine.Http.Problems.TypeOf)
            .Order(StringComparer.Ordinal);
        Assert.Equal(titles, explained);
    }

    [GeneratedRegex(@"\bOf\(\s*(?:StatusCodes\.\w+|status|\d+),\s*""([^""]+)""")]
    private static partial Regex Title();

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    /// <summary>One demo for all that ask nothing of it.</summary>
    public sealed class Rig : IAsyncLifetime
    {
        internal RealProcess Ebb { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Ebb = await RealProcess.FunctionsAsync(new Dictionary<string, string>());

        public ValueTask DisposeAsync() => Ebb.DisposeAsync();
    }
}
