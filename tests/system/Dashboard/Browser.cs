using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;
using Microsoft.Playwright;

namespace Ebb.Tests.Dashboard;

/// <summary>
/// Debian's Chromium with an empty profile, and everything that a page did which it should not have done.
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Where pictures go; CI keeps it.</summary>
    public static string Pictures { get; } =
        Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts/screenshots")).FullName;

    public static async Task<Browser> StartAsync()
    {
        // A busy machine is no fault of the page.
        Assertions.SetDefaultExpectTimeout(60_000);
        var chromium = Counterpart.Need("chromium", "chromium", "/usr/bin");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = chromium,
                Args =
                [
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
        return new Browser(playwright, browser);
    }

    /// <summary>A page of its own profile.</summary>
    /// <param name="origin">The only origin it may ask.</param>
    /// <param name="width">In CSS pixels.</param>
    /// <param name="dark">What the reader's system prefers.</param>
    public async Task<Watched> OpenAsync(string origin, int width = 1280, bool dark = false)
    {
        var context = await _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                BaseURL = origin,
                TimezoneId = "UTC",
                Locale = "en-GB",
            }
        );
        context.SetDefaultTimeout(60_000);
        var page = await context.NewPageAsync();
        return new Watched(page, origin);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }
}

/// <summary>A page, and everything that goes wrong in it.</summary>
internal sealed class Watched
{
    private readonly List<string> _faults = [];

    public Watched(IPage page, string origin)
    {
        Page = page;
        page.Console += (_, said) =>
        {
            if (said.Type is "error" or "warning" && !Expected(said.Text))
                Note($"console: {said.Text} ({said.Location})");
        };
        page.PageError += (_, error) => Note($"error: {error}");
        page.Request += (_, request) =>
        {
            if (
                !request.Url.StartsWith(origin, StringComparison.Ordinal)
                && !request.Url.StartsWith("blob:", StringComparison.Ordinal)
            )
                Note($"asked {request.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>Chromium's own word for an answer that the page expects.</summary>
    public Func<string, bool> Expected { get; set; } =
        text => text.Contains("the server responded with a status of 404", StringComparison.Ordinal);

    public void HasNoFaults()
    {
        lock (_faults)
            Assert.True(_faults.Count == 0, string.Join(Environment.NewLine, _faults));
    }

    public Task PictureAsync(string name) =>
        Page.ScreenshotAsync(
            new PageScreenshotOptions { Path = Path.Combine(Browser.Pictures, name + ".png"), FullPage = true }
        );

    public Task PhaseAsync(string phase) =>
        Assertions
            .Expect(Page.Locator("#phase"))
            .ToHaveTextAsync(phase, new LocatorAssertionsToHaveTextOptions { Timeout = 90_000 });

    private void Note(string fault)
    {
        lock (_faults)
            _faults.Add(fault);
    }
}
