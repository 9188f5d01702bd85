using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Overrides;

/// <summary>
/// Why a size is what it is: the same sentence in the answer, in the status, in the Event and in the log of the real
/// process.
/// </summary>
public sealed class OneSentenceSpecs
{
    private const string Key = "control-key-0123456789";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Power_a_person_and_the_clock_are_told_of_in_one_voice()
    {
        // In force from an hour ago to an hour from now, by the clock on the wall, which the process goes by.
        var now = TimeProvider.System.GetUtcNow();
        string At(int hours) =>
            now.AddHours(hours).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        await using var world = await World.StartAsync(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests/system/stories/cluster.yaml"))
                + "\n---\n"
                + Manifests.Workload("shop", "clocked", 2)
                + Manifests.Schedule(
                    "shop",
                    "busy",
                    "Deployment/clocked",
                    $"type: Daily\nstartTime: \"{At(-1)}\"\nendTime: \"{At(1)}\"\nminReplicas: 4"
                )
        );
        await using var ebb = await RealProcess.FunctionsAsync(
            new Dictionary<string, string>
            {
                ["Cluster__Mode"] = "kubeconfig",
                ["KUBECONFIG"] = world.Kubeconfig,
                ["Power__Sources__0"] = $"nut://127.0.0.1:{world.Ups.Port}/{world.Ups.Name}",
                ["Keys__View"] = "view-key-0123456789",
                ["Keys__Control"] = Key,
                ["Power__OnBatteryFor"] = "1s",
                ["Power__WaveTimeout"] = "2s",
            },
            Key
        );
        ebb.Http.DefaultRequestHeaders.Add("x-functions-key", Key);

        // The clock.
        var clocked = await SentenceAsync(ebb, "clocked", "at least 4 asked by a schedule (Schedule busy) until ");
        await ToldAsync(
            world,
            ebb,
            clocked,
            () => (string?)world.Status(Manifests.SchedulesResource, "shop", "busy")?["message"]
        );

        // A person, on a workload that an UpsScaler names.
        var put = await ebb.Http.PutAsJsonAsync(
            "/api/workloads/shop/deployment/web/override",
            new
            {
                replicas = 3,
                @for = "PT2H",
                reason = "load test",
            },
            Stop
        );
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(Stop));
        var asked = await SentenceAsync(ebb, "web", "exactly 3 asked by a person (load test) until ");
        await ToldAsync(world, ebb, asked, () => Status(world, "web"));

        // Power.
        world.Ups.StatusOverride = "OB DISCHRG";
        await ebb.UntilAsync(
            async () => (string?)(await ebb.GetAsync("/api/status"))["phase"] == "going-to-sleep",
            "it goes to sleep"
        );
        for (var i = 0; i < 60; i++)
            world.Clock.Advance(TimeSpan.FromSeconds(1));
        await ebb.UntilAsync(
            async () =>
            {
                world.Clock.Advance(TimeSpan.FromSeconds(1));
                return (string?)(await ebb.GetAsync("/api/workloads/shop/deployment/web"))["state"] == "asleep"
                    && (string?)(await ebb.GetAsync("/api/status"))["phase"] == "asleep";
            },
            "it sleeps"
        );
        var slept = (string)(await ebb.GetAsync("/api/workloads/shop/deployment/web"))["reason"]!;
        Assert.Contains("on battery", slept, StringComparison.Ordinal);
        Assert.Contains("; overruled: exactly 3 asked by a person (load test) until ", slept, StringComparison.Ordinal);
        await ToldAsync(world, ebb, slept, () => Status(world, "web"));
    }

    private static async Task<string> SentenceAsync(RealProcess ebb, string name, string begins)
    {
        var sentence = "";
        await ebb.UntilAsync(
            async () =>
            {
                sentence = (string?)(await ebb.TryGetAsync($"/api/workloads/shop/deployment/{name}"))?["reason"] ?? "";
                return sentence.StartsWith(begins, StringComparison.Ordinal);
            },
            $"{begins}…"
        );
        return sentence;
    }

    private static async Task ToldAsync(World world, RealProcess ebb, string sentence, Func<string?> status)
    {
        await ebb.UntilAsync(
            () => Task.FromResult(status() == sentence),
            $"the status says: {sentence}; it says: {status()}"
        );
        await ebb.UntilAsync(
            () =>
                Task.FromResult(
                    world.Cluster.Store.List("events").Any(e => Note(e).EndsWith(sentence, StringComparison.Ordinal))
                ),
            $"an Event says: {sentence}"
        );
        await ebb.UntilAsync(
            () => Task.FromResult(ebb.Output.Contains(sentence, StringComparison.Ordinal)),
            $"the log says: {sentence}"
        );
    }

    private static string Note(JsonObject e) => (string?)e["note"] ?? (string?)e["message"] ?? "";

    private static string? Status(World world, string name) =>
        world
            .Cluster.Store.List("upsscalers.ups-scaler.io")
            .Where(s => (string?)s["spec"]!["name"] == name)
            .Select(s => (string?)s["status"]?["reason"])
            .First();
}
