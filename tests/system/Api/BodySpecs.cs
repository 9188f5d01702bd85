using System.Net.Http.Headers;
using System.Text;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Api;

/// <summary>
/// Every route that takes a body with bodies of every type and way of sending: the answer is one of the routes' own,
/// never a fault of ours nor the trace of one.
/// </summary>
public sealed class BodySpecs(BodySpecs.Rig rig) : IClassFixture<BodySpecs.Rig>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly string[] Texts =
    [
        "reason: x",
        "reason=x",
        "{\"reason\":",
        """{"reason":"x","reason":"y","for":"1h","for":"2h","speed":2,"speed":3,"replicas":1,"replicas":2}""",
        "",
    ];

    public static TheoryData<string?, bool> Ways =>
        new()
        {
            { "application/yaml", false },
            { "application/yaml", true },
            { "text/plain", false },
            { "text/plain", true },
            { "application/x-www-form-urlencoded", true },
            { "application/json", false },
            { "application/json", true },
            { null, false },
            { null, true },
        };

    [LongTheory]
    [MemberData(nameof(Ways))]
    public async Task No_body_that_is_none_is_taken_however_it_is_sent(string? type, bool chunked)
    {
        foreach (var (method, _, address) in GarbageSpecs.Routes)
        foreach (var text in Texts)
        {
            var status = await rig.SendAsync(method, address, type, chunked, text);
            var reads = method is "GET" || address.EndsWith("preview", StringComparison.Ordinal);
            // Whoever signs out says nothing more than that.
            var ends = (method, address) == ("DELETE", "/api/session");
            Assert.True(
                status is >= 400 and < 500 || ((reads || ends) && status < 500),
                $"{status}: {method} {address} {type} {(chunked ? "chunked" : "")} {text}"
            );
        }
    }

    private static readonly string[] Members =
    [
        "reason",
        "for",
        "until",
        "replicas",
        "asleep",
        "freeze",
        "speed",
        "kind",
        "apiVersion",
        "metadata",
        "spec",
        "items",
        "data",
    ];

    private static readonly string[] Values =
    [
        "null",
        "true",
        "7",
        "-1",
        "1e999",
        "99999999999999999999",
        "\"\"",
        "\"\\ud800\"",
        "\"\\u0000\\r\\n\\u001b[2J\"",
        "[]",
        "[null]",
        "{}",
        "{\"\\ud800\":1}",
    ];

    [LongFact]
    public async Task No_member_of_another_type_is_a_fault_of_ours()
    {
        foreach (var (method, _, address) in GarbageSpecs.Routes.Where(r => r.Method is not "GET"))
        foreach (var member in Members)
        foreach (var value in Values)
        {
            // Beside what would be right, so that nothing else is refused before it.
            var text =
                $$"""{"{{member}}":{{value}}{{(member == "reason" ? "" : ",\"reason\":\"x\"")}}{{(member is "kind" ? "" : ",\"kind\":\"Schedule\"")}}}""";
            var status = await rig.SendAsync(method, address, "application/json", true, text);
            Assert.True(status < 500, $"{status}: {method} {address} {text}");
        }
        Assert.DoesNotContain('\u001b', rig.Ebb.Output);
    }

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

        /// <summary>The status of the answer, which holds no trace.</summary>
        public async Task<int> SendAsync(string method, string address, string? type, bool chunked, string text)
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
            content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
            using var request = new HttpRequestMessage(new HttpMethod(method), address) { Content = content };
            request.Headers.TransferEncodingChunked = chunked ? true : null;
            using var answer = await Ebb.Http.SendAsync(request, Stop);
            var told = await answer.Content.ReadAsStringAsync(Stop);
            Assert.DoesNotContain("   at ", told, StringComparison.Ordinal);
            return (int)answer.StatusCode;
        }

        public async ValueTask DisposeAsync()
        {
            await Ebb.GetAsync("/api/status");
            Assert.DoesNotContain("fail:", Ebb.Output, StringComparison.Ordinal);
            await Ebb.DisposeAsync();
        }
    }
}
