using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>
/// Exchanges recorded from real API servers, sent to the simulation. What is compared: status, content type, Warning and Retry-After,
/// and every field of the body that is not generated. What is not replayed is listed with its reason in <see cref="LeftOut"/>.
/// </summary>
public sealed partial class ReplaySpecs
{
    public static TheoryData<string> Files()
    {
        var data = new TheoryData<string>();
        var folder = Recording.Folder();
        if (folder is null)
        {
            data.Add("none");
            return data;
        }

        foreach (var file in All(folder).Where(f => LeftOut.Reason(f) is null))
        {
            data.Add(file);
        }

        return data;
    }

    [Theory(Timeout = 20_000)]
    [MemberData(nameof(Files))]
    public async Task A_recorded_exchange_is_answered_as_the_real_server_answered_it(string file)
    {
        var folder = Recording.Folder();
        Assert.SkipWhen(folder is null, "the recordings of real API servers are not on this machine");
        var recording = Recording.Read(folder!, file);
        await using var world = await World.StartAsync(World.Nodes, o => o with { EnforceRbac = Preconditions.NeedsRoles(recording) });
        await Preconditions.Build(world, recording, folder!);

        using var request = Request(world, recording);
        using var response = await world.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(recording.Status, (int)response.StatusCode);
        Assert.Equal(recording.Header("Content-Type"), response.Content.Headers.ContentType?.ToString().Replace("; g=", ";g=", StringComparison.Ordinal).Replace("; v=", ";v=", StringComparison.Ordinal).Replace("; as=", ";as=", StringComparison.Ordinal));
        Assert.Equal(recording.Header("Warning"), response.Headers.TryGetValues("Warning", out var warnings) ? string.Join(", ", warnings) : null);
        Assert.Equal(recording.Header("Retry-After"), response.Headers.TryGetValues("Retry-After", out var retry) ? string.Join(", ", retry) : null);
        if (recording.IsWatch && recording.Status == 200)
        {
            await CompareWatch(world, recording, response);
            return;
        }

        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Comparison.Same(recording, recording.Body, text.StartsWith('{') ? JsonNode.Parse(text) : JsonValue.Create(text));
    }

    [Fact]
    public void Every_recording_is_replayed_or_left_out_for_a_reason()
    {
        var folder = Recording.Folder();
        Assert.SkipWhen(folder is null, "the recordings of real API servers are not on this machine");
        var files = All(folder!).ToList();
        var replayed = files.Count(f => LeftOut.Reason(f) is null);
        Assert.True(replayed >= 100, $"only {replayed} of {files.Count} recordings are replayed");
        Assert.Empty(LeftOut.Unused(files));
    }

    private static readonly string[] Sets = ["kubernetes", "kubernetes-1.36"];

    private static IEnumerable<string> All(string folder) => Sets
        .SelectMany(set => Directory.GetFiles(Path.Combine(folder, set), "*.json")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    private static HttpRequestMessage Request(World world, Recording recording)
    {
        var path = Preconditions.Rewrite(world, recording.Path, recording);
        var request = new HttpRequestMessage(new HttpMethod(recording.Method), path);
        foreach (var (name, value) in recording.Request["headers"] as JsonObject ?? [])
        {
            if (name is "Accept" or "User-Agent" or "If-None-Match")
            {
                request.Headers.TryAddWithoutValidation(name, value!.GetValue<string>());
            }
            else if (name == "Authorization")
            {
                request.Headers.TryAddWithoutValidation(name, Preconditions.Authorization(world, recording));
            }
        }

        if (recording.Request["body"] is { } body)
        {
            var text = body is JsonValue v && v.GetValueKind() == System.Text.Json.JsonValueKind.String ? v.GetValue<string>() : body.ToJsonString();
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Preconditions.Rewrite(world, text, recording)));
            if ((recording.Request["headers"] as JsonObject)?["Content-Type"]?.GetValue<string>() is { } media)
            {
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(media);
            }
        }

        return request;
    }

    // Lines up to those that came of writes made while the recording ran.
    private static async Task CompareWatch(World world, Recording recording, HttpResponseMessage response)
    {
        var expected = (recording.Response["lines"] as JsonArray ?? []).Where(l => l!["at_s"]!.GetValue<double>() < 0.3).Select(l => l!["line"]!).ToList();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        foreach (var line in expected)
        {
            var read = reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
            var actual = JsonNode.Parse(await read.WaitAsync(TimeSpan.FromSeconds(5)) ?? throw new InvalidOperationException("the watch ended early"))!;
            Assert.Equal(line["type"]!.GetValue<string>(), actual["type"]!.GetValue<string>());
            if (line["type"]!.GetValue<string>() is "ERROR" or "BOOKMARK")
            {
                Comparison.Same(recording, line["object"], actual["object"]);
            }
        }

        if (ErrorOnly().IsMatch(recording.File))
        {
            Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(5)));
        }

        _ = world;
    }

    [GeneratedRegex("watch-expired|watchlist-rv-future")]
    private static partial Regex ErrorOnly();
}
