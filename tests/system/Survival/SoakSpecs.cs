using System.Text;
using Ebb.Core.Waves;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;
using Microsoft.Extensions.Logging;

namespace Ebb.Tests.Survival;

/// <summary>By itself, because what the process holds is measured.</summary>
[CollectionDefinition(nameof(SoakSpecs), DisableParallelization = true)]
public sealed class SoakCollection;

/// <summary>
/// Sixty virtual days of one process, each with an outage, a window of a schedule and an override: what it holds does
/// not grow, nor does what lies in the cluster.
/// </summary>
[Collection(nameof(SoakSpecs))]
public sealed class SoakSpecs
{
    private const int Days = 60;

    /// <summary>From then on everything that is kept for some time is there: the last 50 outages.</summary>
    private const int Filled = 52;

    /// <summary>Days between two looks.</summary>
    private const int Stretch = 4;

    /// <summary>Bytes of an outage's log.</summary>
    private const int MostLogged = 64 * 1024;

    /// <summary>Bytes a day, for what is kept of some hundred acts; the reports of fifty outages are there by then.</summary>
    private const int MostKept = 8 * 1024;

    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
    };

    [LongFact]
    public async Task Sixty_days_with_an_outage_a_day_leave_no_more_behind_than_the_first()
    {
        await using var world = await World.StartAsync(Shop());
        await using var ebb = EbbProcess.Start(world, Hurried);
        await using var clock = ClockProcess.Start(world, beside: ebb);
        using var log = new CountedLog();
        ebb.Get<ILoggerFactory>().AddProvider(log);
        await ebb.StepAsync();
        var before = Sizes(world);
        List<Held> held = [];
        for (var day = 1; day <= Days; day++)
        {
            await DayAsync(world, ebb, clock, log, day);
            Assert.Equal(before, Sizes(world));
            Assert.Equal(0, world.Cluster.Store.Count("baselines.ebb.dev"));
            if (day >= Filled && (day - Filled) % Stretch == 0)
                held.Add(Held.Now(world));
        }
        var (filled, last) = (held[0], held[^1]);
        Assert.Equal(filled.Objects, last.Objects);
        // What grows does so in every stretch; what the tests before have left behind in this process does so once.
        Assert.True(Least(one => one.Bytes) <= Stretch * MostKept, string.Join(", ", held));
        Assert.True(Least(one => one.Handles) <= 2, string.Join(", ", held));
        Assert.True(Least(one => one.Threads) <= 2, string.Join(", ", held));

        long Least(Func<Held, long> of) => held.Zip(held.Skip(1), (one, next) => of(next) - of(one)).Min();
    }

    /// <summary>An hour a step, but for the outage.</summary>
    private static async Task DayAsync(World world, EbbProcess ebb, ClockProcess clock, CountedLog log, int day)
    {
        async Task UntilAsync(Func<bool> condition, string what)
        {
            for (var second = 0; !condition(); second++)
            {
                Assert.True(
                    second < 300,
                    $"day {day}, not within 300 s: {what}; {ebb.View.Plan.Reason}; {string.Join("; ", ebb.View.Plan.Workloads.Select(w => w.Reason))}"
                );
                await ebb.StepAsync();
                await clock.TurnAsync();
            }
        }

        async Task HoursAsync(int hours)
        {
            for (var hour = 0; hour < hours; hour++)
            {
                await ebb.StepAsync(3600);
                await clock.TurnAsync();
            }
        }

        await world.Cluster.ApplyManifestAsync(
            $$"""
            apiVersion: ebb.dev/v1alpha1
            kind: Override
            metadata: {name: day-{{day}}, namespace: shop}
            spec:
              target: {kind: deployment, name: extra}
              replicas: {{2 + (day % 3)}}
              until: "{{world.Clock.GetUtcNow().AddMinutes(30):yyyy-MM-ddTHH:mm:ssZ}}"
              reason: day {{day}}
            """
        );
        await UntilAsync(() => world.Replicas("shop", "extra") == 2 + (day % 3), "the override holds");
        await HoursAsync(1);
        await UntilAsync(() => world.Replicas("shop", "extra") == 1, "the override is over");
        world.Cluster.Store.Delete("overrides.ebb.dev", "shop", $"day-{day}");
        await HoursAsync(11);

        world.Cluster.Requests.Clear();
        log.Forget();
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(() => ebb.View.Plan.Phase == Phase.Asleep, "everything sleeps");
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(() => ebb.View.Plan.Phase == Phase.Normal, "everything is awake");
        Assert.InRange(log.Bytes, 1, MostLogged);
        await HoursAsync(12);
    }

    private static string Shop()
    {
        var shop = new StringBuilder(Manifests.Namespace("shop"));
        shop.Append(Manifests.Workload("shop", "web", 3)).Append(Manifests.Workload("shop", "extra", 1));
        shop.Append(Manifests.Workload("shop", "db", 1, "StatefulSet")).Append(Manifests.Workload("shop", "office", 4));
        shop.Append(
            Manifests.Schedule(
                "shop",
                "night",
                "Deployment/office",
                "type: Daily\nstartTime: \"22:00\"\nendTime: \"05:00\"\nmaxReplicas: 0"
            )
        );
        foreach (var (type, name, down) in new[] { ("deployment", "web", 1), ("statefulset", "db", 2) })
            shop.Append(
                $$"""
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: {{name}}, namespace: shop}
                spec: {type: {{type}}, name: {{name}}, shutdownPriority: {{down}}, scaleUpPriority: {{3 - down}}}
                ---

                """
            );
        return shop.ToString();
    }

    private static (int? Web, int? Extra, int? Db) Sizes(World world) =>
        (
            world.Replicas("shop", "web"),
            world.Replicas("shop", "extra"),
            world.Replicas("shop", "db", "statefulsets.apps")
        );

    /// <summary>What the process holds with the simulation in it, and what lies in the cluster.</summary>
    private sealed record Held(long Bytes, int Handles, int Threads, string Objects)
    {
        public static Held Now(World world)
        {
            // What the simulated etcd keeps for watches that begin again is none of the process's.
            world.Cluster.Store.Compact();
            // Twice, so that what finalizers let go is counted as gone.
            for (var i = 0; i < 2; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            var store = world.Cluster.Store;
            string[] kinds =
            [
                "upsscalers.ups-scaler.io",
                "overrides.ebb.dev",
                "powerorders.ebb.dev",
                "outages.ebb.dev",
                "powers.ebb.dev",
                "pods",
                "configmaps",
                "leases.coordination.k8s.io",
            ];
            return new Held(
                GC.GetTotalMemory(forceFullCollection: true),
                Directory.EnumerateFiles("/proc/self/fd").Count(),
                Directory.EnumerateDirectories("/proc/self/task").Count(),
                string.Join(", ", kinds.Select(kind => $"{kind} {store.Count(kind)}"))
            );
        }
    }

    /// <summary>Counts the characters that are logged at Information and above.</summary>
    private sealed class CountedLog : ILoggerProvider, ILogger
    {
        private int _bytes;

        public int Bytes => Volatile.Read(ref _bytes);

        public void Forget() => Interlocked.Exchange(ref _bytes, 0);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
                Interlocked.Add(ref _bytes, formatter(state, exception).Length + (exception?.ToString().Length ?? 0));
        }

        public void Dispose() { }
    }
}
