using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>
/// Exchanges recorded from real API servers, sent to the simulation. What is compared: status, the headers that a
/// client may act on, and every field of the body that is not generated, but for what <see cref="NotCompared"/> lists
/// with its reason.
/// </summary>
public sealed partial class ReplaySpecs
{
    private static readonly string[] Headers =
    [
        "Warning",
        "Retry-After",
        "Cache-Control",
        "Vary",
        "X-Content-Type-Options",
        "Www-Authenticate",
    ];

    public static TheoryData<string> Files() => new(Session.Recorded.All.Select(r => r.Set + "/" + r.File));

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Files))]
    public async Task A_recorded_exchange_is_answered_as_the_real_server_answered_it(string file)
    {
        var session = Session.Recorded;
        var recording = session.Of(file);
        await using var world = await World.StartAsync(
            World.Nodes,
            o => o with { EnforceRbac = RecordedUser.IsAsked(recording) },
            recording.Date
        );
        var scene = new ReplaySetup(world, session, recording);
        scene.Build();

        using var request = Request(world, recording);
        using var response = await world.Http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(recording.Status, (int)response.StatusCode);
        foreach (var header in recording.IsAudit ? [] : Headers)
        {
            Assert.Equal(
                recording.Header(header),
                response.Headers.TryGetValues(header, out var values) ? string.Join(", ", values) : null
            );
        }

        Assert.Equal(
            recording.IsAudit ? "application/json" : recording.Header("Content-Type"),
            response
                .Content.Headers.ContentType?.ToString()
                .Replace("; g=", ";g=", StringComparison.Ordinal)
                .Replace("; v=", ";v=", StringComparison.Ordinal)
                .Replace("; as=", ";as=", StringComparison.Ordinal)
        );
        if (recording.IsWatch && recording.Status == 200)
        {
            await ReplayedWatch.Same(world, scene, recording, response);
            return;
        }

        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Comparison.Same(
            recording,
            recording.Body,
            text.StartsWith('{') ? JsonNode.Parse(text) : JsonValue.Create(text)
        );
    }

    [Fact]
    public void Whatever_is_not_compared_is_in_a_recording() =>
        Assert.Empty(NotCompared.Unused([.. Session.Recorded.All.Select(r => r.File)]));

    private static HttpRequestMessage Request(World world, Recording recording)
    {
        var request = new HttpRequestMessage(new HttpMethod(recording.Method), recording.Path);
        foreach (var (name, value) in recording.Request["headers"] as JsonObject ?? [])
        {
            if (name is "Accept" or "User-Agent" or "If-None-Match" or "If-Modified-Since")
            {
                request.Headers.TryAddWithoutValidation(name, value!.GetValue<string>());
            }
            else if (name == "Authorization" && RecordedUser.Token(world, recording) is { } token)
            {
                request.Headers.TryAddWithoutValidation(name, "Bearer " + token);
            }
        }

        if (recording.Request["body"] is { } body)
        {
            var text =
                body is JsonValue v && v.GetValueKind() == System.Text.Json.JsonValueKind.String
                    ? v.GetValue<string>()
                    : body.ToJsonString();
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
            if (recording.MediaType is { Length: > 0 } media)
            {
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(media);
            }
        }

        return request;
    }
}
