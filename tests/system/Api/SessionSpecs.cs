using System.Net;
using System.Net.Http.Json;
using Ebb.Engine.Http;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Api;

/// <summary>
/// A browser shows a key once; from then on its cookie counts like the key, for pages of this origin.
/// </summary>
public sealed class SessionSpecs(SessionSpecs.Rig rig) : IClassFixture<SessionSpecs.Rig>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_key_is_told_so_and_gets_no_cookie()
    {
        using var answer = await SignInAsync("wrong-key-0123456789");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Contains(
            "neither the view key nor the control key",
            await answer.Content.ReadAsStringAsync(Stop),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_cookie_is_for_no_script_and_no_other_site_and_does_not_hold_the_key()
    {
        using var answer = await SignInAsync(Rig.ControlKey);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Rig.ControlKey, cookie, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Rig.ViewKey, "GET", null, HttpStatusCode.OK)]
    [InlineData(Rig.ControlKey, "GET", null, HttpStatusCode.OK)]
    [InlineData(Rig.ControlKey, "POST", "same-origin", HttpStatusCode.Accepted)]
    [InlineData(Rig.ControlKey, "POST", null, HttpStatusCode.Unauthorized)]
    [InlineData(Rig.ControlKey, "POST", "none", HttpStatusCode.Unauthorized)]
    [InlineData(Rig.ControlKey, "POST", "same-site", HttpStatusCode.Unauthorized)]
    [InlineData(Rig.ControlKey, "POST", "cross-site", HttpStatusCode.Unauthorized)]
    [InlineData(Rig.ViewKey, "POST", "same-origin", HttpStatusCode.Unauthorized)]
    public async Task A_cookie_looks_as_its_key_does_and_acts_only_from_a_page_of_this_origin(
        string key,
        string method,
        string? site,
        HttpStatusCode expected
    )
    {
        using var signedIn = await SignInAsync(key);
        using var answer = await SendAsync(Cookie(signedIn), method, site);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_cookie_that_was_changed_or_has_ended_counts_for_nothing()
    {
        var now = DateTimeOffset.UtcNow;
        foreach (
            var value in new[]
            {
                SessionCookie.Of(Rig.ViewKey, now - TimeSpan.FromMinutes(1)),
                SessionCookie.Of("another-key-0123456789", now + TimeSpan.FromDays(1)),
                SessionCookie.Of(Rig.ViewKey, now + TimeSpan.FromDays(1)).Replace("1", "2", StringComparison.Ordinal),
                "1.2.3",
                ".",
                "99999999999999999999.00",
            }
        )
        {
            using var answer = await SendAsync($"{SessionCookie.Name}={value}", "GET", null);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{answer.StatusCode}: {value}");
        }
        using var right = await SendAsync(
            $"{SessionCookie.Name}={SessionCookie.Of(Rig.ViewKey, now + TimeSpan.FromDays(1))}",
            "GET",
            null
        );
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_the_cookie()
    {
        using var answer = await rig.Ebb.Http.DeleteAsync("/api/session", Stop);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Contains(
            "expires=Thu, 01 Jan 1970",
            Assert.Single(answer.Headers.GetValues("Set-Cookie")),
            StringComparison.OrdinalIgnoreCase
        );
    }

    private Task<HttpResponseMessage> SignInAsync(string key) =>
        rig.Ebb.Http.PostAsJsonAsync("/api/session", new { key }, Stop);

    private static string Cookie(HttpResponseMessage answer) =>
        answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

    private async Task<HttpResponseMessage> SendAsync(string cookie, string method, string? site)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(method),
            method == "GET" ? "/api/status" : "/api/power/release"
        );
        request.Headers.Add("Cookie", cookie);
        if (site is not null)
            request.Headers.Add("Sec-Fetch-Site", site);
        if (method != "GET")
            request.Content = JsonContent.Create(new { reason = "test" });
        return await rig.Bare.SendAsync(request, Stop);
    }

    /// <summary>One process with keys for all of them.</summary>
    public sealed class Rig : IAsyncLifetime
    {
        internal const string ViewKey = "view-key-0123456789",
            ControlKey = "control-key-0123456789";

        internal RealProcess Ebb { get; private set; } = null!;

        /// <summary>Sends the cookie that it is given and none that an answer brought.</summary>
        internal HttpClient Bare { get; } = new(new SocketsHttpHandler { UseCookies = false });

        public async ValueTask InitializeAsync()
        {
            Ebb = await RealProcess.FunctionsAsync(
                new Dictionary<string, string> { ["Keys__View"] = ViewKey, ["Keys__Control"] = ControlKey },
                ViewKey
            );
            Bare.BaseAddress = Ebb.Http.BaseAddress;
        }

        public ValueTask DisposeAsync()
        {
            Bare.Dispose();
            return Ebb.DisposeAsync();
        }
    }
}
