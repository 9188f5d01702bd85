using System.Net.Http.Json;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Api;

/// <summary>
/// The demo has no keys. A page of any site can make the browser send what it likes to 127.0.0.1 under a name of the
/// site's own (DNS rebinding); then the Host says so.
/// </summary>
public sealed class KeylessSpecs(KeylessSpecs.Rig rig) : IClassFixture<KeylessSpecs.Rig>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("evil.example", 421)]
    [InlineData("evil.example:18076", 421)]
    [InlineData("192.0.2.1", 421)]
    [InlineData("localhost.evil.example", 421)]
    [InlineData("127.0.0.1.evil.example", 421)]
    [InlineData("localhost:1", 202)]
    [InlineData("127.1.2.3", 202)]
    [InlineData("[::1]:81", 202)]
    public async Task Only_loopback_names_are_answered(string host, int expected)
    {
        using var look = new HttpRequestMessage(HttpMethod.Get, "/api/status") { Headers = { Host = host } };
        using var shown = await rig.Ebb.Http.SendAsync(look, Stop);
        Assert.Equal(expected == 421 ? 421 : 200, (int)shown.StatusCode);

        using var act = new HttpRequestMessage(HttpMethod.Post, "/api/power/hold")
        {
            Headers = { Host = host },
            Content = JsonContent.Create(new { reason = "let me look", @for = "PT1M" }),
        };
        act.Headers.Add("Origin", $"http://{host}");
        using var answer = await rig.Ebb.Http.SendAsync(act, Stop);
        Assert.Equal(expected, (int)answer.StatusCode);
    }

    public sealed class Rig : IAsyncLifetime
    {
        internal RealProcess Ebb { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Ebb = await RealProcess.FunctionsAsync(new Dictionary<string, string>());
            await Ebb.UntilPhaseAsync("normal");
        }

        public ValueTask DisposeAsync() => Ebb.DisposeAsync();
    }
}
