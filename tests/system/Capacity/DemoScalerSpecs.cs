using System.Diagnostics;
using System.Text.Json.Nodes;
using Ebb.Functions.Simulated;
using Ebb.Tests.Harness;
using Ebb.Tests.Scaler;

namespace Ebb.Tests.Capacity;

/// <summary>The demo with the scaler that it runs as a process of its own.</summary>
public sealed class DemoScalerSpecs
{
    private static async Task<RealProcess> DemoAsync(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string> { ["Simulation__Speed"] = "30" };
        foreach (var (name, value) in more)
            settings[name] = value;
        return await RealProcess.FunctionsAsync(settings);
    }

    private static async Task<JsonNode?> FollowerAsync(RealProcess demo) =>
        (await demo.TryGetAsync("/api/capacity"))?["followers"]?.AsArray().FirstOrDefault();

    [LongFact]
    public async Task An_opportunistic_workload_fills_the_cluster_yields_when_the_plug_is_pulled_and_comes_back()
    {
        await using var demo = await DemoAsync();
        await demo.UntilAsync(
            async () =>
                await FollowerAsync(demo) is { } full
                && (int?)full["replicas"] >= 20
                && (decimal?)full["harvested"] == (int?)full["replicas"],
            "it takes what is spare"
        );
        var folding = (await FollowerAsync(demo))!;
        Assert.Equal(
            ("harvest", "folding", "cpu", "cores"),
            (
                (string?)folding["namespace"],
                (string?)folding["name"],
                (string?)folding["resource"],
                (string?)folding["unit"]
            )
        );
        Assert.True(
            (decimal)folding["others"]! + (decimal)folding["harvested"]! + (decimal)folding["reserve"]!
                <= (decimal)folding["allocatable"]!,
            folding.ToJsonString()
        );
        Assert.Equal(4, folding["nodes"]!.AsArray().Count);

        using var pull = await demo.Http.PostAsync("/api/demo/pull-plug", null, TestContext.Current.CancellationToken);
        await demo.UntilAsync(async () => (decimal?)(await FollowerAsync(demo))?["harvested"] == 0, "it yields");
        Assert.Equal(0, (int?)(await FollowerAsync(demo))!["replicas"]);
        using var plug = await demo.Http.PostAsync("/api/demo/plug-in", null, TestContext.Current.CancellationToken);
        await demo.UntilAsync(async () => (decimal?)(await FollowerAsync(demo))?["harvested"] >= 8, "it comes back");
        var samples = (await FollowerAsync(demo))!["samples"]!
            .AsArray()
            .Select(sample => (decimal?)sample!["harvested"])
            .ToList();
        Assert.Contains(samples, sample => sample >= 20);
        Assert.Contains(samples, sample => sample == 0);
    }

    [LongFact]
    public async Task The_scaler_that_dies_is_started_again_and_is_unknown_meanwhile_and_ends_with_its_parent_however_that_ends()
    {
        await using var demo = await DemoAsync();
        await demo.UntilAsync(
            async () => (bool?)(await demo.TryGetAsync("/api/capacity"))?["known"] == true,
            "the scaler answers"
        );
        using (var first = Process.GetProcessById(Child(demo)))
            first.Kill();
        await demo.UntilAsync(
            async () =>
                (await demo.TryGetAsync("/api/capacity"))?["reason"] is { } why
                && ((string)why!).Contains("scaler", StringComparison.Ordinal),
            "it is unknown"
        );
        await demo.UntilAsync(
            async () => (bool?)(await demo.TryGetAsync("/api/capacity"))?["known"] == true,
            "another one answers"
        );
        using var second = Process.GetProcessById(Child(demo));
        demo.Process.Kill();
        await second
            .WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [LongFact]
    public async Task One_that_dies_whenever_it_is_started_is_given_up()
    {
        await using var child = new ScalerChild(
            Path.Combine(Path.GetTempPath(), "no-such-scaler.dll"),
            new Dictionary<string, string>(),
            TimeProvider.System,
            () => 1,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
            TimeSpan.FromMilliseconds(1)
        );
        await ScalerWorld.UntilAsync(
            () => child.Http.Why.Contains("for the 6th time and is not started again", StringComparison.Ordinal),
            "it is given up"
        );
        Assert.Equal((null, null, null), (child.Pid, child.Grpc, child.Http.Url));
    }

    [LongFact]
    public async Task Told_to_run_none_it_says_so()
    {
        await using var demo = await DemoAsync(("Simulation__Scaler", "false"));
        JsonObject? answer = null;
        await demo.UntilAsync(
            async () =>
                (answer = await demo.TryGetAsync("/api/capacity"))?["reason"] is { } why
                && ((string)why!).Contains("Simulation__Scaler", StringComparison.Ordinal),
            "it says why"
        );
        Assert.False((bool)answer!["known"]!);
        Assert.Empty(answer["followers"]!.AsArray());
    }

    // The only process whose parent is this one (field 4 of /proc/PID/stat).
    private static int Child(RealProcess demo) =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(path => Path.GetFileName(path))
            .Where(name => name.All(char.IsAsciiDigit))
            .Select(name => int.Parse(name, System.Globalization.CultureInfo.InvariantCulture))
            .Single(pid => ParentOf(pid) == demo.Process.Id);

    private static int? ParentOf(int pid)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ');
            return fields[0] == "Z" ? null : int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
