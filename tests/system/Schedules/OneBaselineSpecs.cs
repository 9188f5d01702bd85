using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>
/// Power, the clock and a person on one object that has one Baseline, in orders of events in which one of them comes or
/// goes at an awkward moment. Whatever the order, it ends as it began and nothing is kept of it.
/// </summary>
public sealed class OneBaselineSpecs
{
    private static readonly Instant Begins = Instant.FromUtc(2026, 1, 15, 12, 10);

    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "60s",
    };

    private static string Named(string type, string name, string more = "shutdownPriority: 1, scaleUpPriority: 1") =>
        $$"""
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: {{name}}, namespace: shop}
            spec: {type: {{type}}, name: {{name}}, {{more}}}
            ---

            """;

    private static string Window(string target, string asks) =>
        Manifests.Schedule("shop", "window", target, $"type: Daily\nstartTime: \"12:10\"\nendTime: \"12:20\"\n{asks}");

    private static readonly string Web =
        """
            apiVersion: v1
            kind: Node
            metadata: {name: node-1, labels: {kubernetes.io/hostname: node-1}}
            status:
              capacity: {cpu: "16", memory: 64Gi, pods: "110"}
              allocatable: {cpu: "16", memory: 64Gi, pods: "110"}
            ---

            """
        + Manifests.Namespace("shop")
        + Slowly(Manifests.Workload("shop", "web", 5))
        + Named("deployment", "web");

    private static string Slowly(string workload) =>
        workload.Replace(
            "metadata: {labels: {app",
            "metadata: {annotations: {simulation.ebb.dev/start-seconds: \"5\"}, labels: {app",
            StringComparison.Ordinal
        );

    private static readonly string Scaled = Web + Scaler("web");

    private static string Scaler(string name) =>
        $$$"""
            apiVersion: keda.sh/v1alpha1
            kind: ScaledObject
            metadata: {name: {{{name}}}, namespace: shop}
            spec:
              scaleTargetRef: {name: {{{name}}}}
              pollingInterval: 5
              minReplicaCount: 5
              maxReplicaCount: 20
              triggers: [{type: simulated, metadata: {active: "true", value: "5", target: "1"}}]
            ---

            """;

    /// <summary>
    /// What the clock asks counts at waking only once it is recorded what was before; while a person's word covers the
    /// workload the clock records nothing.
    /// </summary>
    [Theory]
    [InlineData("Deployment/web", "minReplicas: 8", 8)]
    [InlineData("Deployment/web", "maxReplicas: 0", 0)]
    [InlineData("HorizontalPodAutoscaler/web", "maxReplicas: 0", 0)]
    public async Task A_window_that_began_in_the_outage_in_which_an_override_ended_gives_back_what_was(
        string target,
        string asks,
        int during
    )
    {
        await using var all = await PowerAndClock.StartAsync(
            Web + (target.StartsWith('H') ? Manifests.Hpa("shop", "web", 5, 9) : "") + Window(target, asks),
            Hurried
        );
        await all.UntilAsync(Begins - Duration.FromMinutes(2));
        await all.OverrideAsync("deployment", "web", 3, Begins + Duration.FromSeconds(30));
        await all.UntilAsync(Begins - Duration.FromMinutes(1));
        Assert.Equal(3, all.Web);
        all.Power(false);
        await all.UntilAsync(Begins + Duration.FromMinutes(1));
        Assert.Equal(0, all.Web);
        all.Power(true);
        await all.UntilAsync(Begins + Duration.FromMinutes(3));
        Assert.Equal(during, all.Web);
        await all.UntilAsync(Begins + Duration.FromMinutes(11));
        Assert.Equal(5, all.Web);
        Assert.Empty(all.Kept);
    }

    /// <summary>The size of now is noted before power writes it, or nobody knows later whose pause that is.</summary>
    [LongFact]
    public async Task An_override_that_is_replaced_in_the_outage_and_taken_back_while_it_wakes_leaves_no_pause()
    {
        await using var all = await PowerAndClock.StartAsync(Scaled, Hurried);
        await all.UntilAsync(Begins - Duration.FromMinutes(4));
        var first = await all.OverrideAsync("deployment", "web", 3, Begins + Duration.FromHours(1));
        await all.UntilAsync(() => all.Web == 3);
        all.Power(false);
        await all.UntilAsync(() => all.Web == 0 && all.HeldBy == "power, override");
        await all.OverrideAsync("deployment", "web", 7, Begins + Duration.FromHours(1), first);
        await all.UntilAsync(all.Now + Duration.FromSeconds(10));
        all.Power(true);
        await all.UntilAsync(() => all.Web == 7);
        Assert.Equal("7", all.Pause);
        await all.TakeBackAsync("deployment", "web");
        await all.UntilAsync(() => all.Kept.Count == 0);
        Assert.Null(all.Pause);
    }

    [LongFact]
    public async Task What_was_made_anew_in_the_outage_is_overridden_after_it()
    {
        await using var all = await PowerAndClock.StartAsync(Web, Hurried);
        await all.UntilAsync(Begins - Duration.FromMinutes(4));
        all.Power(false);
        await all.UntilAsync(() => all.Web == 0 && all.HeldBy == "power");
        all.World.Cluster.Store.Delete("deployments.apps", "shop", "web");
        await all.StepAsync();
        await all.World.Cluster.ApplyManifestAsync(Manifests.Workload("shop", "web", 4));
        await all.UntilAsync(all.Now + Duration.FromSeconds(5));
        await all.OverrideAsync("deployment", "web", 2, Begins + Duration.FromHours(1));
        await all.UntilAsync(all.Now + Duration.FromSeconds(5));
        all.Power(true);
        await all.UntilAsync(() => all.Web == 2 && all.HeldBy == "override");
        await all.TakeBackAsync("deployment", "web");
        await all.UntilAsync(() => all.Kept.Count == 0);
        Assert.Equal(4, all.Web);
    }

    [LongFact]
    public async Task What_is_frozen_while_the_clock_has_it_asleep_stays_asleep_through_an_outage()
    {
        await using var all = await PowerAndClock.StartAsync(
            Web + Manifests.Nightly + Named("cronjob", "nightly") + Window("CronJob/nightly", "maxReplicas: 0"),
            Hurried
        );
        bool? Suspended() =>
            (bool?)all.World.Cluster.Store.Get("cronjobs.batch", "shop", "nightly")!["spec"]!["suspend"];
        await all.UntilAsync(Begins + Duration.FromSeconds(30));
        Assert.True(Suspended());
        await all.OverrideAsync("cronjob", "nightly", null, Begins + Duration.FromMinutes(9));
        await all.UntilAsync(Begins + Duration.FromMinutes(1));
        all.Power(false);
        await all.UntilAsync(() => all.Web == 0);
        await all.UntilAsync(Begins + Duration.FromMinutes(2));
        all.Power(true);
        for (var i = 0; i < 120; i++)
        {
            await all.StepAsync();
            Assert.True(Suspended());
        }
        Assert.Equal("schedule", all.HeldBy);
        await all.UntilAsync(Begins + Duration.FromMinutes(11));
        Assert.NotEqual(true, Suspended());
        Assert.Empty(all.Kept);
    }

    [LongFact]
    public async Task One_that_a_person_wrote_without_a_UID_is_joined_and_not_dropped()
    {
        await using var all = await PowerAndClock.StartAsync(Web + Window("Deployment/web", "minReplicas: 3"), Hurried);
        await all.UntilAsync(Begins + Duration.FromSeconds(5));
        await all.World.Cluster.ApplyManifestAsync(
            """
            apiVersion: ebb.dev/v1alpha1
            kind: Baseline
            metadata: {name: shop.deployment.web, namespace: ebb-system}
            spec: {by: schedule, target: {type: Deployment, namespace: shop, name: web}, replicas: 4}
            status: {heldBy: [schedule]}
            """
        );
        await all.UntilAsync(() => all.Web == 4);
        all.Power(false);
        await all.UntilAsync(() => all.Web == 0);
        Assert.Equal("power, schedule", all.HeldBy);
        all.Power(true);
        await all.UntilAsync(() => all.HeldBy == "schedule");
        Assert.Equal(4, all.Web);
        await all.UntilAsync(Begins + Duration.FromMinutes(11));
        Assert.Empty(all.Kept);
        Assert.Equal(4, all.Web);
    }

    [LongTheory]
    [InlineData("maxReplicas: 0", 0)]
    [InlineData("minReplicas: 8", 8)]
    public async Task A_replica_that_starts_while_it_wakes_does_not_wake_what_the_clock_has_changed(
        string asks,
        int during
    )
    {
        await using var all = await PowerAndClock.StartAsync(
            Web
                + Manifests.Workload("shop", "first", 2)
                + Named("deployment", "first", "shutdownPriority: 1, scaleUpPriority: 0")
                + Window("Deployment/web", asks),
            Hurried
        );
        await all.UntilAsync(Begins + Duration.FromMinutes(1));
        Assert.Equal(during, all.Web);
        all.Power(false);
        await all.UntilAsync(() => all.Web == 0 && all.World.Replicas("shop", "first") == 0);
        await all.UntilAsync(Begins + Duration.FromMinutes(3));
        all.Power(true);
        await all.UntilAsync(() => all.World.Replicas("shop", "first") == 2);
        Assert.Equal(0, all.Web);
        await all.RestartAsync();
        HashSet<int?> sizes = [];
        for (var i = 0; i < 60; i++)
        {
            await all.StepAsync();
            sizes.Add(all.Web);
        }
        Assert.Equal(during, all.Web);
        Assert.DoesNotContain(5, sizes);
    }

    [LongTheory]
    [InlineData("minReplicas: 8", 8)]
    [InlineData("maxReplicas: 0", 0)]
    public async Task What_the_clock_could_not_record_in_the_outage_does_not_count_at_waking(string asks, int during)
    {
        await using var all = await PowerAndClock.StartAsync(Web + Window("Deployment/web", asks), Hurried);
        await all.UntilAsync(Begins - Duration.FromMinutes(1));
        all.Power(false);
        await all.UntilAsync(() => all.Web == 0 && all.HeldBy == "power");
        using var refused = all.World.Cluster.Faults.Add(
            r => r.Method == "PATCH" && r.Path.EndsWith("/baselines/shop.deployment.web", StringComparison.Ordinal),
            new Fault.Conflict()
        );
        await all.UntilAsync(Begins + Duration.FromMinutes(1));
        all.Power(true);
        await all.UntilAsync(() => all.HeldBy == "" || all.HeldBy == "schedule");
        refused.Dispose();
        await all.UntilAsync(Begins + Duration.FromMinutes(8));
        Assert.Equal(during, all.Web);
        await all.UntilAsync(Begins + Duration.FromMinutes(11));
        Assert.Equal(5, all.Web);
        Assert.Empty(all.Kept);
    }

    /// <summary>How many are ready of what a person has put to sleep says nothing of how many are waited for.</summary>
    [LongFact]
    public async Task What_an_override_had_asleep_until_the_outage_is_waited_for_before_the_next_wave()
    {
        await using var all = await PowerAndClock.StartAsync(
            Web.Replace("scaleUpPriority: 1", "scaleUpPriority: 2", StringComparison.Ordinal)
                + """
                apiVersion: postgresql.cnpg.io/v1
                kind: Cluster
                metadata: {name: orders, namespace: shop}
                spec: {instances: 2, storage: {size: 1Gi}}
                ---

                """
                + Named("cluster", "orders"),
            Hurried
        );
        int? Ready() =>
            (int?)
                all
                    .World.Cluster.Store.Get("clusters.postgresql.cnpg.io", "shop", "orders")!["status"]
                    ?["readyInstances"];
        await all.UntilAsync(Begins - Duration.FromMinutes(6));
        Assert.Equal(2, Ready());
        await all.OverrideAsync("cluster", "orders", 0, Begins);
        await all.UntilAsync(() => Ready() is null);
        await all.UntilAsync(Begins - Duration.FromMinutes(2));
        all.Power(false);
        await all.UntilAsync(() => all.Web == 0);
        await all.UntilAsync(Begins + Duration.FromSeconds(10));
        all.Power(true);
        await all.UntilAsync(() => all.Web > 0);
        Assert.Equal(2, Ready());
        await all.UntilAsync(() => all.Kept.Count == 0);
    }

    [LongTheory]
    [InlineData("Deployment/web")]
    [InlineData("HorizontalPodAutoscaler/web")]
    public async Task A_schedule_that_is_deleted_while_power_has_asleep_what_that_emptied_gives_it_back(string target)
    {
        await using var all = await PowerAndClock.StartAsync(
            Web + Manifests.Hpa("shop", "web", 4, 6) + Window(target, "maxReplicas: 0"),
            Hurried
        );
        await all.UntilAsync(Begins + Duration.FromSeconds(20));
        Assert.Equal(0, all.Web);
        all.Power(false);
        await all.UntilAsync(() => all.Kept.SelectMany(World.Holders).Contains("power"));
        all.World.Cluster.Store.Delete(Manifests.SchedulesResource, "shop", "window");
        all.Power(true);
        await all.UntilAsync(() => all.Kept.Count == 0);
        Assert.Equal(5, all.Web);
    }

    /// <summary>Its hold is known from memory then: what was made of the object is not taken for what it was.</summary>
    [LongFact]
    public async Task A_Baseline_that_is_deleted_right_before_power_takes_hold_is_as_it_was()
    {
        await using var all = await PowerAndClock.StartAsync(Web + Window("Deployment/web", "maxReplicas: 0"), Hurried);
        await all.UntilAsync(Begins + Duration.FromSeconds(20));
        Assert.Equal((0, "schedule"), (all.Web, all.HeldBy));
        all.Power(false);
        for (var i = 0; i < 10 && all.HeldBy == "schedule"; i++)
        {
            all.World.Cluster.Store.Delete("baselines.ebb.dev", "ebb-system", "shop.deployment.web");
            await all.StepAsync();
        }
        Assert.Equal(5, (int?)Assert.Single(all.Kept)["spec"]!["replicas"]);
        await all.RestartAsync();
        all.Power(true);
        await all.UntilAsync(() => all.HeldBy == "schedule");
        await all.UntilAsync(Begins + Duration.FromMinutes(11));
        Assert.Equal(5, all.Web);
        Assert.Empty(all.Kept);
    }

    /// <summary>EBB_HISTORIES asks for another number.</summary>
    public static TheoryData<int> Seeds() =>
        [
            .. Enumerable.Range(
                1,
                int.TryParse(Environment.GetEnvironmentVariable("EBB_HISTORIES"), out var asked) ? asked : 12
            ),
        ];

    /// <summary>
    /// Against a model of a few lines: without power it sleeps; else it is what a person asks, or the clock, or what it
    /// was.
    /// </summary>
    [LongTheory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_comes_and_goes_in_whatever_order_each_is_what_is_asked_and_ends_as_it_began(int seed)
    {
        var random = new Random(seed);
        var history = new History(random, seed % 2 == 0 ? "deployment" : "scaledobject", seed % 3 != 0);
        await using var all = await PowerAndClock.StartAsync(
            history.Manifests,
            Hurried,
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5) }
        );
        await all.UntilAsync(() => history.IsAsAsked(all));
        for (var i = 0; i < 16; i++)
        {
            await history.NextAsync(all);
            for (var steps = random.Next(0, 14); steps > 0; steps--)
                await all.StepAsync();
            if (random.Next(4) == 0)
                await history.LookAsync(all);
        }
        await history.EndAsync(all);
        await history.LookAsync(all);
        await all.UntilAsync(() => all.Kept.Count == 0 && history.IsAsAsked(all), told: history.Told);
    }

    /// <summary>What has happened and what is to be seen then.</summary>
    private sealed class History(Random random, string queueAs, bool byHpa)
    {
        private static readonly string[] Names = ["web", "elastic", "queue", "nightly"];
        private readonly List<string> _told = [];
        private readonly Dictionary<string, (int Size, Instant Until)> _overrides = [];
        private readonly Dictionary<string, string> _clock = [];
        private bool _mains = true;

        public string Told() => string.Join(", ", _told);

        public string Manifests { get; } =
            Web
            + Slowly(Schedules.Manifests.Workload("shop", "elastic", 4))
            + Schedules.Manifests.Hpa("shop", "elastic", 4, 6)
            + Named("deployment", "elastic")
            + Slowly(Schedules.Manifests.Workload("shop", "queue", 5))
            + Scaler("queue")
            + Named(queueAs, "queue")
            + Schedules.Manifests.Nightly
            + Named("cronjob", "nightly");

        public async Task NextAsync(PowerAndClock all)
        {
            var name = Names[random.Next(Names.Length)];
            var kind = Kind(name);
            switch (random.Next(12))
            {
                case 0 or 1 or 2:
                    var size = name == "nightly" ? random.Next(2) : random.Next(0, 7);
                    var until = all.Now + Duration.FromSeconds(random.Next(3) == 0 ? random.Next(20, 90) : 36_000);
                    var there = all.Ebb.Book.Find(kind, "shop", name);
                    // Until it has ended and is gone, or is seen, nobody could replace it.
                    if (there?.Override.IsOver(all.Now) == true || (there is null && IsStored(all, kind, name)))
                        return;
                    _told.Add($"{name} held at {size} for {(until - all.Now).TotalSeconds} s");
                    await all.OverrideAsync(kind, name, size, until, there);
                    _overrides[name] = (size, until);
                    break;
                case 3 when all.Ebb.Book.Find(kind, "shop", name) is { } one && !one.Override.IsOver(all.Now):
                    _told.Add($"{name} taken back");
                    await all.TakeBackAsync(kind, name);
                    _overrides.Remove(name);
                    break;
                case 4 or 5:
                    var asks = name switch
                    {
                        "nightly" => "maxReplicas: 0",
                        "elastic" when !byHpa => "maxReplicas: 0",
                        "elastic" => random.Next(2) == 0 ? "minReplicas: 5" : "maxReplicas: 0",
                        "queue" => random.Next(2) == 0 ? "minReplicas: 7" : "maxReplicas: 0",
                        _ => new[] { "minReplicas: 8", "maxReplicas: 2", "maxReplicas: 0" }[random.Next(3)],
                    };
                    _told.Add($"{name} {asks}");
                    await all.World.Cluster.ApplyManifestAsync(
                        Schedules.Manifests.Schedule(
                            "shop",
                            name,
                            Target(name),
                            $"type: Daily\nstartTime: \"00:00\"\nendTime: \"23:59\"\n{asks}"
                        )
                    );
                    _clock[name] = asks;
                    break;
                case 6 when _clock.Remove(name):
                    _told.Add($"{name} not scheduled");
                    all.World.Cluster.Store.Delete(Schedules.Manifests.SchedulesResource, "shop", name);
                    break;
                case 7 or 8:
                    _mains = !_mains;
                    _told.Add(_mains ? "mains on" : "mains off");
                    all.Power(_mains);
                    break;
                case 9:
                    _told.Add("restart");
                    await all.RestartAsync();
                    // It leads and has seen what is stored.
                    for (var i = 0; i < 2; i++)
                        await all.StepAsync();
                    break;
                case 10:
                    _told.Add("faults");
                    Fault fault = random.Next(3) switch
                    {
                        0 => new Fault.Conflict(),
                        1 => new Fault.ResetInAnswer(),
                        _ => new Fault.ErrorStatus(500),
                    };
                    all.World.Cluster.Faults.Add(
                        r => r.IsWrite && r.Path.Contains("/baselines", StringComparison.Ordinal),
                        fault,
                        random.Next(1, 4)
                    );
                    break;
                case 11 when all.Kept is [var kept, ..]:
                    _told.Add($"{kept["metadata"]!["name"]} deleted");
                    all.World.Cluster.Store.Delete(
                        "baselines.ebb.dev",
                        "ebb-system",
                        (string)kept["metadata"]!["name"]!
                    );
                    for (var i = 0; i < 3; i++)
                        await all.StepAsync();
                    break;
            }
        }

        private static bool IsStored(PowerAndClock all, string kind, string name) =>
            all.World.Cluster.Store.Get("overrides.ebb.dev", "shop", $"{kind}.{name}") is not null;

        public async Task EndAsync(PowerAndClock all)
        {
            _told.Add("the end");
            all.World.Cluster.Faults.Clear();
            all.Power(_mains = true);
            foreach (var name in _clock.Keys)
                all.World.Cluster.Store.Delete(Schedules.Manifests.SchedulesResource, "shop", name);
            _clock.Clear();
            foreach (var name in Names)
                if (all.Ebb.Book.Find(Kind(name), "shop", name) is { } one && !one.Override.IsOver(all.Now))
                    await all.TakeBackAsync(Kind(name), name);
            _overrides.Clear();
        }

        public async Task LookAsync(PowerAndClock all)
        {
            _told.Add("look");
            await all.UntilAsync(
                () => IsAsAsked(all),
                150,
                () => $"{Told()}; not so: {string.Join(", ", Names.Where(n => !Is(all, n)))}"
            );
        }

        public bool IsAsAsked(PowerAndClock all) => Names.All(name => Is(all, name));

        private bool Is(PowerAndClock all, string name)
        {
            var store = all.World.Cluster.Store;
            var held = _overrides.TryGetValue(name, out var one) && all.Now < one.Until ? one.Size : (int?)null;
            var clock = _clock.GetValueOrDefault(name);
            int? least =
                clock?.StartsWith("min", StringComparison.Ordinal) == true ? int.Parse(clock[13..], null) : null;
            int? most =
                clock?.StartsWith("max", StringComparison.Ordinal) == true ? int.Parse(clock[13..], null) : null;
            int? size = !_mains ? 0 : held ?? (most == 0 ? 0 : null);
            if (name == "nightly")
                return ((bool?)store.Get("cronjobs.batch", "shop", name)!["spec"]!["suspend"] ?? false) == (size == 0);
            var present = all.World.Replicas("shop", name);
            if (name == "web")
                return present == (size ?? Math.Min(most ?? 100, Math.Max(least ?? 0, 5)));
            if (name == "elastic")
            {
                var bounds = all.World.Bounds("shop", name);
                return size is { } n
                    ? present == n && (n == 0 || bounds == (n, n))
                    : bounds == (least ?? 4, 6) && present >= (least ?? 4) && present <= 6;
            }
            var scaled = store.Get("scaledobjects.keda.sh", "shop", name)!;
            var pause = (string?)scaled["metadata"]!["annotations"]?["autoscaling.keda.sh/paused-replicas"];
            return size is { } m
                ? pause == $"{m}" && present == m
                : pause is null
                    && ((int?)scaled["spec"]!["minReplicaCount"], (int?)scaled["spec"]!["maxReplicaCount"])
                        == (least ?? 5, 20)
                    && present == (least ?? 5);
        }

        private string Kind(string name) =>
            name switch
            {
                "nightly" => "cronjob",
                "queue" => queueAs,
                _ => "deployment",
            };

        private string Target(string name) =>
            name switch
            {
                "nightly" => "CronJob/nightly",
                "queue" => "ScaledObject/queue",
                "elastic" when byHpa => "HorizontalPodAutoscaler/elastic",
                _ => $"Deployment/{name}",
            };
    }

    /// <summary>As after a blackout in a window of zero: its pods would start for nothing.</summary>
    [Fact]
    public async Task Who_starts_in_an_outage_wakes_nothing_that_the_clock_holds_before_schedules_were_looked_at()
    {
        await using var all = await PowerAndClock.StartAsync(Web + Window("Deployment/web", "maxReplicas: 0"), Hurried);
        await all.UntilAsync(Begins + Duration.FromMinutes(1));
        all.Power(false);
        await all.UntilAsync(() => all.HeldBy == "power, schedule");
        all.Power(true);
        await all.RestartAsync();
        for (var i = 0; i < 30; i++)
        {
            await all.Ebb.StepAsync();
            Assert.Equal(0, all.Web);
        }
        Assert.Equal("power, schedule", all.HeldBy);
        await all.UntilAsync(() => all.HeldBy == "schedule");
        Assert.Equal(0, all.Web);
        await all.UntilAsync(Begins + Duration.FromMinutes(11));
        Assert.Equal((5, ""), (all.Web, all.HeldBy));
    }
}
