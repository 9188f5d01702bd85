using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Schedules;

/// <summary>The API over HTTP, with the process as a user starts it.</summary>
public sealed class ScheduleApiSpecs(ScheduleApiSpecs.Demo demo) : IClassFixture<ScheduleApiSpecs.Demo>
{
    private const string Parent = """
        apiVersion: autoscaling.d-kuro.github.io/v1
        kind: ScheduledPodAutoscaler
        metadata: {name: nginx, namespace: preview}
        spec:
          horizontalPodAutoscalerSpec:
            scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: nginx}
            minReplicas: 3
            maxReplicas: 10
            metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]
        """;

    private static string Child(string spec) =>
        $$"""

            ---
            apiVersion: autoscaling.d-kuro.github.io/v1
            kind: Schedule
            metadata: {name: noon, namespace: preview}
            spec:
              scaleTargetRef: {kind: ScheduledPodAutoscaler, name: nginx}
              {{spec.Replace("\n", "\n  ", StringComparison.Ordinal)}}
            """;

    [Fact]
    public async Task A_preview_says_what_would_be_and_applies_nothing()
    {
        var answer = await PostAsync(
            Parent
                + Child(
                    "minReplicas: 10\nmaxReplicas: 20\ntype: Daily\nstartTime: 11:50\nendTime: 13:00\ntimeZone: Asia/Tokyo"
                ),
            "?from=2026-01-19T00:00:00Z&to=2026-01-20T00:00:00Z"
        );
        Assert.Empty(answer["errors"]!.AsArray());
        Assert.Equal(
            """
            [{"kind":"ScheduledPodAutoscaler","namespace":"preview","name":"nginx","target":{"kind":"Deployment","name":"nginx"},"intervals":[{"from":"2026-01-19T00:00:00Z","to":"2026-01-19T02:50:00Z","min":3,"max":10,"cpu":70,"memory":null,"cause":"spec.horizontalPodAutoscalerSpec"},{"from":"2026-01-19T02:50:00Z","to":"2026-01-19T04:00:00Z","min":10,"max":20,"cpu":70,"memory":null,"cause":"Schedule noon"},{"from":"2026-01-19T04:00:00Z","to":"2026-01-20T00:00:00Z","min":3,"max":10,"cpu":70,"memory":null,"cause":"spec.horizontalPodAutoscalerSpec"}]}]
            """.Trim(),
            answer["items"]!.ToJsonString()
        );
        System.Text.Json.Nodes.JsonObject? present = null;
        await demo.Process.UntilAsync(
            async () => (present = await demo.Process.TryGetAsync("/api/schedules")) is not null,
            "the schedules of the cluster are read"
        );
        Assert.DoesNotContain(present!["items"]!.AsArray(), item => (string?)item!["namespace"] == "preview");
    }

    [Theory]
    [InlineData("timezone: Asia/Tokyo", "spec.timezone", "timeZone", "\"timezone\", which a Schedule has not")]
    [InlineData("minReplica: 3", "spec.minReplica", "minReplicas", "\"minReplica\", which a Schedule has not")]
    [InlineData(
        "excludeCalendarRef: {name: days, file: a.ics}",
        "spec.excludeCalendarRef.file",
        "one of key, mode, name, strict",
        "\"file\", which a Schedule has not"
    )]
    public async Task A_member_that_its_kind_has_not_is_told_with_the_one_that_was_meant(
        string line,
        string path,
        string expected,
        string found
    )
    {
        var answer = await PostAsync(
            Parent + Child("maxReplicas: 20\ntype: Daily\nstartTime: \"11:50\"\nendTime: \"13:00\"\n" + line),
            "?at=2026-01-19T03:00:00Z"
        );
        Assert.Contains(
            (2, path, expected, found),
            answer["errors"]!
                .AsArray()
                .Select(one =>
                    ((int)one!["document"]!, (string)one["path"]!, (string)one["expected"]!, (string)one["found"]!)
                )
        );
    }

    [Fact]
    public async Task One_instant_is_one_interval_whole()
    {
        var answer = await PostAsync(
            Parent
                + Child("minReplicas: 10\ntype: Daily\nstartTime: \"11:50\"\nendTime: \"13:00\"\ntimeZone: Asia/Tokyo"),
            "?at=2026-01-19T03:00:00Z"
        );
        Assert.Equal(
            """[{"from":"2026-01-19T02:50:00Z","to":"2026-01-19T04:00:00Z","min":10,"max":10,"cpu":70,"memory":null,"cause":"Schedule noon"}]""",
            answer["items"]![0]!["intervals"]!.ToJsonString()
        );
    }

    [Fact]
    public async Task What_two_documents_ask_in_vain_of_one_workload_is_told_with_what_counts()
    {
        const string Shop = """
            apiVersion: autoscaling.d-kuro.github.io/v1
            kind: Schedule
            metadata: {name: nights, namespace: shop}
            spec:
              scaleTargetRef: {kind: Deployment, selector: {matchLabels: {app: mailer}}}
              type: Daily
              startTime: "20:00"
              endTime: "06:00"
              maxReplicas: 0
            ---
            apiVersion: autoscaling.d-kuro.github.io/v1
            kind: Schedule
            metadata: {name: early, namespace: shop}
            spec:
              scaleTargetRef: {kind: Deployment, name: mailer}
              type: Daily
              startTime: "05:00"
              endTime: "07:00"
              minReplicas: 4
            """;
        await demo.Process.UntilAsync(
            async () => await demo.Process.TryGetAsync("/api/schedules") is not null,
            "the schedules of the cluster are read"
        );
        var answer = await PostAsync(Shop, "?from=2026-01-19T00:00:00Z&to=2026-01-21T00:00:00Z");
        Assert.Equal(
            """
            [{"between":[{"document":2,"kind":"Schedule","namespace":"shop","name":"early","asks":{"min":4,"max":null},"holds":true},{"document":1,"kind":"Schedule","namespace":"shop","name":"nights","asks":{"min":null,"max":0},"holds":false}],"workloads":["Deployment shop/mailer"],"count":1,"from":"2026-01-19T05:00:00Z","to":"2026-01-19T06:00:00Z","counts":{"min":4,"max":4}}]
            """.Trim(),
            answer["conflicts"]!.ToJsonString()
        );
        var noon = await PostAsync(Shop, "?at=2026-01-19T12:00:00Z");
        Assert.Empty(noon["conflicts"]!.AsArray());
        var early = await PostAsync(Shop, "?at=2026-01-19T05:30:00Z");
        Assert.Equal("2026-01-19T06:00:00Z", (string?)early["conflicts"]!.AsArray().Single()!["to"]);
    }

    [Fact]
    public async Task JSON_is_read_as_well()
    {
        var answer = await PostAsync(
            """
            {"apiVersion":"scaler.udaan.io/v1","kind":"ServiceScaler","metadata":{"name":"web","namespace":"preview"},"spec":{"hpa":{"minReplicas":2,"maxReplicas":4,"targetCPUUtilization":50,"targetMemoryUtilization":0}}}
            """,
            "?at=2026-01-19T03:00:00Z",
            "application/json"
        );
        var interval = answer["items"]![0]!["intervals"]![0]!;
        Assert.Equal(
            (2, 4, 50, null),
            ((int?)interval["min"], (int?)interval["max"], (int?)interval["cpu"], (int?)interval["memory"])
        );
        Assert.Equal("Deployment", (string?)answer["items"]![0]!["target"]!["kind"]);
    }

    [Fact]
    public async Task A_preview_takes_the_largest_calendar_and_tells_its_days_off_and_what_is_left_out()
    {
        const string Event =
            "    BEGIN:VEVENT\n    DTSTART;VALUE=DATE:20260121\n    SUMMARY:one of many\n    END:VEVENT\n";
        var answer = await PostAsync(
            Parent
                + Child(
                    "minReplicas: 10\ntype: Daily\nstartTime: 11:50\nendTime: 24:00\nexcludeCalendarRef: {name: days}"
                )
                + "\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: days, namespace: preview}\ndata:\n  days.ics: |\n"
                + "    BEGIN:VCALENDAR\n"
                + string.Concat(Enumerable.Repeat(Event, 1_200_000 / Event.Length))
                + Event.Replace("SUMMARY", "EXRULE", StringComparison.Ordinal)
                + "    END:VCALENDAR\n",
            "?from=2026-01-19T00:00:00Z&to=2026-01-20T00:00:00Z"
        );
        Assert.Empty(answer["errors"]!.AsArray());
        var off = answer["items"]![0]!["daysOff"]![0]!;
        Assert.Equal(("noon", "2026-01-21"), ((string?)off["schedule"], (string?)off["dates"]!.AsArray().Single()));
        Assert.Contains("expected no EXRULE", (string?)off["leftOut"]!.AsArray().Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zone_that_is_none_is_told_with_the_one_that_is_meant_and_the_status_tells_the_data()
    {
        var answer = await PostAsync(
            Parent
                + Child(
                    "minReplicas: 10\ntype: Daily\nstartTime: 11:50\nendTime: 13:00\ntimeZone: W. Europe Standard Time"
                ),
            ""
        );
        Assert.Equal(
            "an IANA time zone such as Europe/Berlin",
            (string?)answer["errors"]!.AsArray().Single()!["expected"]
        );
        var status = await demo.Process.TryGetAsync("/api/status");
        Assert.Matches("^20[0-9]{2}[a-z]$", (string?)status!["timeZones"]!["version"]);
    }

    [Fact]
    public async Task Every_error_of_every_document_is_told_at_once()
    {
        var answer = await PostAsync(
            Parent
                + Child(
                    "minReplicas: 30\nmaxReplicas: 20\ntype: Daily\nstartTime: \"25:00\"\ntimeZone: Europe/Atlantis"
                )
                + """

                ---
                apiVersion: autoscaling.d-kuro.github.io/v1
                kind: Schedule
                metadata: {name: lost, namespace: preview}
                spec:
                  scaleTargetRef: {kind: Deployment, name: nowhere}
                  type: Weekly
                  startTime: "08:00"
                  endTime: "09:00"
                  startDayOfWeek: Montag
                  endDayOfWeek: Friday
                ---
                apiVersion: autoscaling.d-kuro.github.io/v1
                kind: Schedule
                metadata: {name: absent, namespace: preview}
                spec: {scaleTargetRef: {kind: Deployment, name: nowhere}, type: Daily, startTime: "08:00", endTime: "09:00", minReplicas: 2}
                """,
            "?at=2026-01-19T03:00:00Z"
        );
        Assert.Equal(
            [
                "2 spec.endTime: expected a time of day such as 08:30, or 24:00, found nothing",
                "2 spec.minReplicas: expected at most maxReplicas (20), found 30",
                "2 spec.startTime: expected a time of day such as 08:30, found \"25:00\"",
                "2 spec.timeZone: expected an IANA time zone such as Europe/Berlin, found \"Europe/Atlantis\"",
                "3 spec.startDayOfWeek: expected a day of the week from Sunday to Saturday, whole or its first three letters, found \"Montag\"",
                "4 spec.scaleTargetRef.name: expected a Deployment in namespace preview, found \"nowhere\", which does not exist",
            ],
            answer["errors"]!
                .AsArray()
                .Select(e => $"{e!["document"]} {e["path"]}: expected {e["expected"]}, found {e["found"]}")
        );
    }

    [Fact]
    public async Task What_is_no_YAML_is_said_with_its_place()
    {
        var answer = await PostAsync("apiVersion: v1\nkind: [", "");
        Assert.Contains("line 3", (string)answer["errors"]![0]!["found"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Few_bytes_do_not_become_many()
    {
        var bomb = new StringBuilder("kind: Schedule\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
            bomb.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"
            );
        var answer = await PostAsync(bomb.ToString(), "");
        Assert.Single(answer["errors"]!.AsArray());
    }

    [Theory]
    [InlineData("?from=2026-01-01T00:00:00Z&to=2027-01-03T00:00:00Z", "at most 366 days")]
    [InlineData("?from=yesterday", "from: expected an instant as in RFC 3339")]
    [InlineData("?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to: expected an instant after from")]
    [InlineData("?at=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "at: expected alone")]
    [InlineData(
        "?at=9999-12-31T23:59:59Z",
        "at: expected an instant from 1900-01-01T00:00:00Z to 3000-01-01T00:00:00Z, found 9999-12-31T23:59:59Z"
    )]
    [InlineData("?at=0001-01-01T00:00:00Z", "at: expected an instant from")]
    [InlineData("?from=9999-12-31T00:00:00Z", "from: expected an instant from")]
    [InlineData("?to=0001-01-01T00:00:00Z", "to: expected an instant from")]
    public async Task A_range_that_cannot_be_is_refused(string query, string why)
    {
        using var answer = await demo.Process.Http.GetAsync(
            "/api/schedules" + query,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains(
            why,
            (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["detail"]!,
            StringComparison.Ordinal
        );
        using var manifest = new StringContent(Parent, Encoding.UTF8, "application/yaml");
        using var preview = await demo.Process.Http.PostAsync(
            "/api/schedules/preview" + query,
            manifest,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.BadRequest, preview.StatusCode);
    }

    [Theory]
    [InlineData("?at=1900-01-01T00:00:00Z")]
    [InlineData("?at=3000-01-01T00:00:00Z")]
    [InlineData("?from=3000-01-01T00:00:00Z")]
    public async Task The_first_and_the_last_instant_that_may_be_asked_about_are_answered(string query)
    {
        var window = "maxReplicas: 20\ntype: Daily\nstartTime: \"11:50\"\nendTime: \"13:00\"\ntimeZone: Asia/Tokyo";
        var answer = await PostAsync(Parent + Child(window), query);
        Assert.NotEmpty(answer["items"]![0]!["intervals"]!.AsArray());
    }

    private async Task<JsonNode> PostAsync(string manifest, string query, string type = "application/yaml")
    {
        using var body = new StringContent(manifest, Encoding.UTF8, type);
        using var answer = await demo.Process.Http.PostAsync(
            "/api/schedules/preview" + query,
            body,
            TestContext.Current.CancellationToken
        );
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>The demo, once for all.</summary>
    public sealed class Demo : IAsyncLifetime
    {
        internal RealProcess Process { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Process = await RealProcess.EngineAsync(
                new Dictionary<string, string> { ["Cluster__Mode"] = "simulation" }
            );

        public ValueTask DisposeAsync() => Process.DisposeAsync();
    }
}
