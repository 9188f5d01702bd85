using System.Text.Json.Nodes;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Simulation;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>Power, the clock and overrides in one process, second by second; most look at shop/web.</summary>
internal sealed class PowerAndClock : IAsyncDisposable
{
    private readonly IReadOnlyDictionary<string, string?>? _settings;
    private readonly List<(Instant At, int? Size)> _sizes = [];
    private ClockProcess _clock;

    private PowerAndClock(World world, IReadOnlyDictionary<string, string?>? settings)
    {
        (World, _settings) = (world, settings);
        Ebb = EbbProcess.Start(world, settings);
        _clock = ClockProcess.Start(world, beside: Ebb);
    }

    public static async Task<PowerAndClock> StartAsync(
        string manifests,
        IReadOnlyDictionary<string, string?>? settings = null,
        Func<SimulationOptions, SimulationOptions>? options = null
    )
    {
        var world = await World.StartAsync(manifests, options);
        world.Ups.StatusOverride = "OL";
        return new PowerAndClock(world, settings);
    }

    public World World { get; }

    public EbbProcess Ebb { get; private set; }

    public Instant Now => Instant.FromDateTimeOffset(World.Clock.GetUtcNow());

    public int? Web => World.Replicas("shop", "web");

    public string? Pause =>
        (string?)
            World.Cluster.Store.Get("scaledobjects.keda.sh", "shop", "web")!["metadata"]!["annotations"]?[
                "autoscaling.keda.sh/paused-replicas"
            ];

    public IReadOnlyList<JsonObject> Kept => [.. World.Cluster.Store.List("baselines.ebb.dev")];

    public string HeldBy => string.Join(", ", Kept.SelectMany(World.Holders));

    /// <summary>What the one Baseline says that web was, and who holds it.</summary>
    public (string? Replicas, string HeldBy) Recorded()
    {
        var baseline = Assert.Single(Kept, one => (string?)one["spec"]!["target"]!["name"] == "web");
        Assert.Equal("shop.deployment.web", (string?)baseline["metadata"]!["name"]);
        return (baseline["spec"]!["replicas"]?.ToString(), string.Join(", ", World.Holders(baseline)));
    }

    public IEnumerable<int> SizesSince(Instant instant) => _sizes.Where(s => s.At >= instant).Select(s => s.Size ?? -1);

    /// <summary>Each size once for each time that it was reached.</summary>
    public IReadOnlyList<int> ChangesSince(Instant instant)
    {
        List<int> changes = [];
        foreach (var size in SizesSince(instant))
            if (changes is not [.., var last] || last != size)
                changes.Add(size);
        return changes;
    }

    public void Power(bool mains) => World.Ups.StatusOverride = mains ? "OL CHRG" : "OB DISCHRG";

    public async Task StepAsync()
    {
        await Ebb.StepAsync();
        await _clock.TurnAsync();
        _sizes.Add((Now, Web));
    }

    public async Task UntilAsync(Instant instant)
    {
        while (Now < instant)
            await StepAsync();
    }

    public async Task UntilAsync(Func<bool> condition, int most = 120, Func<string>? told = null)
    {
        for (var i = 0; i < most && !condition(); i++)
            await StepAsync();
        Assert.True(
            condition(),
            $"{Now}: {Ebb.Path.View?.Plan.Phase}: {Ebb.Path.View?.Plan.Reason}; web {Web}; held by {HeldBy}; "
                + told?.Invoke()
        );
    }

    /// <summary>As the only replica is replaced by another version: it gives its Lease back.</summary>
    public async Task RestartAsync()
    {
        await Ebb.Leadership.ReleaseAsync(TestContext.Current.CancellationToken);
        await _clock.DisposeAsync();
        await Ebb.DisposeAsync();
        Ebb = EbbProcess.Start(World, _settings);
        _clock = ClockProcess.Start(World, beside: Ebb);
    }

    /// <param name="kind">Of the workload.</param>
    /// <param name="name">Its name, in shop.</param>
    /// <param name="replicas">Null: frozen.</param>
    /// <param name="until">Excluded.</param>
    /// <param name="instead">The one whose place it takes; null: there is none.</param>
    public async Task<StoredOverride> OverrideAsync(
        string kind,
        string name,
        int? replicas,
        Instant until,
        StoredOverride? instead = null
    )
    {
        var (stored, result) = await Ebb.Book.PutAsync(
            new Override
            {
                Kind = kind,
                Namespace = "shop",
                Name = name,
                Effect = replicas is null ? OverrideEffect.Freeze : OverrideEffect.Replicas,
                Replicas = replicas,
                Reason = "a test",
                At = Now,
                Until = until,
            },
            instead,
            TestContext.Current.CancellationToken
        );
        Assert.True(stored is not null, result.Detail);
        return stored;
    }

    public async Task TakeBackAsync(string kind, string name) =>
        Assert.Equal(
            WriteOutcome.Done,
            (
                await Ebb.Book.DeleteAsync(Ebb.Book.Find(kind, "shop", name)!, TestContext.Current.CancellationToken)
            ).Outcome
        );

    public async ValueTask DisposeAsync()
    {
        await _clock.DisposeAsync();
        await Ebb.DisposeAsync();
        await World.DisposeAsync();
    }
}
