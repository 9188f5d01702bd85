using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Tests.Harness;
using Ebb.Tests.Survival;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Tests.Orders;

/// <summary>Ends of orders and overrides as people write them with kubectl.</summary>
public sealed class WrittenEndSpecs
{
    [LongTheory]
    [InlineData("", "z")]
    [InlineData(".1234567891", "Z")]
    [InlineData(".12345678910111213", "+00:00")]
    public async Task Every_form_that_the_API_server_takes_is_read(string fraction, string zone)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await ebb.StepAsync();
        var end = End(world);
        var until = InstantPattern.General.Format(end).TrimEnd('Z').Replace('T', zone == "z" ? 't' : 'T');
        await HoldAsync(world, until + fraction + zone);
        await OverrideAsync(world, until + fraction + zone);
        await StepAsync(ebb);
        Assert.Equal("InForce", (string?)Order(world)["phase"]);
        Assert.Equal(end.ToUnixTimeSeconds(), ebb.View.Plan.Orders.Hold!.Until!.Value.ToUnixTimeSeconds());
        Assert.Equal(
            end.ToUnixTimeSeconds(),
            Assert.Single(ebb.Cluster.Known.Overrides!).Override.Until.ToUnixTimeSeconds()
        );
    }

    [Fact]
    public async Task One_that_cannot_be_read_is_refused_in_the_status_and_nothing_holds()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await ebb.StepAsync();
        await HoldAsync(world, "2030-01-01T06:00");
        await OverrideAsync(world, "2030-01-01T06:00");
        await StepAsync(ebb);
        const string Told = "spec.until: expected a time such as 2026-01-31T18:00:00Z, found \"2030-01-01T06:00\"";
        Assert.Equal(("Refused", Told), ((string?)Order(world)["phase"], (string?)Order(world)["message"]));
        var status = world.Cluster.Store.Get("overrides.ebb.dev", "shop", "busy")!["status"]!;
        Assert.Equal(("Refused", Told), ((string?)status["phase"], (string?)status["message"]));
        Assert.Null(ebb.View.Plan.Orders.Hold);
        Assert.Equal(3, (int?)world.Cluster.Store.Get("deployments.apps", "shop", "web")!["spec"]!["replicas"]);
    }

    [Fact]
    public async Task One_of_more_than_30_days_is_refused_as_over_HTTP()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await ebb.StepAsync();
        await HoldAsync(
            world,
            InstantPattern.General.Format(End(world) + Duration.FromDays(30) + Duration.FromHours(1))
        );
        await StepAsync(ebb);
        Assert.Equal("Refused", (string?)Order(world)["phase"]);
        Assert.StartsWith(
            "spec.until: expected at most 30 days from now, found ",
            (string?)Order(world)["message"],
            StringComparison.Ordinal
        );
        Assert.Null(ebb.View.Plan.Orders.Hold);
    }

    [Fact]
    public async Task What_the_pages_say_of_an_end_is_true_whenever_they_are_read()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "GNU date");
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(File.ReadAllText);
        var commands = pages
            .SelectMany(page => Regex.Matches(page, "until: \"(.*?)\""))
            .Select(match => match.Groups[1].Value)
            .ToList();
        Assert.NotEmpty(commands);
        foreach (var command in commands)
        {
            var start = new ProcessStartInfo("sh", ["-c", $"echo \"{command}\""]) { RedirectStandardOutput = true };
            using var shell = Process.Start(start)!;
            var text = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var until = InstantPattern.General.Parse(text.Trim()).Value;
            var now = SystemClock.Instance.GetCurrentInstant();
            Assert.InRange(until, now, now + Duration.FromDays(30));
        }
    }

    private static readonly Dictionary<string, string?> Hurried = new() { ["Power__OnBatteryFor"] = "2s" };

    private static Instant End(World world) =>
        Instant.FromUnixTimeSeconds(world.Clock.GetUtcNow().ToUnixTimeSeconds()) + Duration.FromHours(1);

    private static async Task StepAsync(EbbProcess ebb)
    {
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
    }

    private static JsonNode Order(World world) =>
        world.Cluster.Store.Get("powerorders.ebb.dev", "ebb-system", "look")!["status"]!;

    private static Task HoldAsync(World world, string until) =>
        world.Cluster.ApplyManifestAsync(
            $$"""
            apiVersion: ebb.dev/v1alpha1
            kind: PowerOrder
            metadata: {name: look, namespace: ebb-system}
            spec: {action: hold, until: "{{until}}", reason: let me look}
            """
        );

    private static Task OverrideAsync(World world, string until) =>
        world.Cluster.ApplyManifestAsync(
            $$"""
            apiVersion: ebb.dev/v1alpha1
            kind: Override
            metadata: {name: busy, namespace: shop}
            spec: {target: {kind: deployment, name: web}, replicas: 5, until: "{{until}}", reason: load test}
            """
        );
}
