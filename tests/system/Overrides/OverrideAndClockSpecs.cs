using System.Text.Json.Nodes;
using Ebb.Core.Overrides;
using Ebb.Core.Power;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;
using Ebb.Engine.Http;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;
using NodaTime;

namespace Ebb.Tests.Overrides;

/// <summary>
/// A person's word and the clock's on workloads that no UpsScaler names. The person's holds; when it ends the clock's
/// word of then is in
/// force, not the one of when it began.
/// </summary>
public sealed class OverrideAndClockSpecs : IAsyncLifetime
{
    private const string Window = "type: Daily\nstartTime: \"12:10\"\nendTime: \"12:20\"\n";
    private static readonly Instant Noon = Instant.FromUtc(2026, 1, 15, 12, 0);

    private static readonly string Everything =
        Manifests.Namespace("shop")
        + Manifests.Workload("shop", "plain", 5)
        + Manifests.Schedule("shop", "plain", "Deployment/plain", Window + "minReplicas: 8")
        + Manifests.Workload("shop", "set", 3, "StatefulSet")
        + Manifests.Schedule("shop", "set", "StatefulSet/set", Window + "maxReplicas: 0")
        + Manifests.Workload("shop", "elastic", 3)
        + Manifests.Hpa("shop", "elastic", 2, 6)
        + Manifests.Schedule("shop", "elastic", "HorizontalPodAutoscaler/elastic", Window + "minReplicas: 5")
        + Manifests.Workload("shop", "queue", 2)
        + """
            apiVersion: keda.sh/v1alpha1
            kind: ScaledObject
            metadata: {name: queue, namespace: shop}
            spec: {scaleTargetRef: {name: queue}, minReplicaCount: 1, maxReplicaCount: 9, triggers: [{type: cpu, metadata: {value: "50"}}]}
            ---

            """
        + Manifests.Schedule("shop", "queue", "ScaledObject/queue", Window + "minReplicas: 6")
        + Manifests.Workload("shop", "api", 2)
        + """
            apiVersion: scaler.udaan.io/v1
            kind: ServiceScaler
            metadata: {name: api, namespace: shop}
            spec:
              hpa: {minReplicas: 2, maxReplicas: 12, targetCPUUtilization: 50}
              timeRangeSpec: [{kind: ZonedTime, from: "12:10Z", to: "12:20Z", replicaSpec: {hpa: {minReplicas: 9}}}]
            ---

            """
        + Manifests.Workload("shop", "front", 2)
        + """
            apiVersion: autoscaling.d-kuro.github.io/v1
            kind: ScheduledPodAutoscaler
            metadata: {name: front, namespace: shop}
            spec:
              horizontalPodAutoscalerSpec:
                scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: front}
                minReplicas: 1
                maxReplicas: 4
                metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50} } }]
            ---

            """
        + Manifests.Schedule(
            "shop",
            "front",
            "ScheduledPodAutoscaler/front",
            Window + "minReplicas: 3\nmaxReplicas: 10"
        )
        + """
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: report, namespace: shop}
            spec: {schedule: "0 3 * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: main}]}}}}}
            ---
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: orders, namespace: shop}
            spec: {instances: 2}

            """;

    private World _world = null!;
    private EbbProcess _ebb = null!;
    private ClockProcess _clock = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync(Everything, options => options with { HpaPeriod = TimeSpan.FromSeconds(5) });
        (_ebb, _clock) = Start();
        await UntilAsync(Noon + Duration.FromMinutes(4));
    }

    public async ValueTask DisposeAsync()
    {
        await _clock.DisposeAsync();
        await _ebb.DisposeAsync();
        await _world.DisposeAsync();
    }

    private const string Plain = "deployments.apps/plain spec.replicas",
        Set = "statefulsets.apps/set spec.replicas",
        Elastic = "horizontalpodautoscalers.autoscaling/elastic spec.minReplicas",
        Api = "horizontalpodautoscalers.autoscaling/api spec.minReplicas",
        Front = "horizontalpodautoscalers.autoscaling/front spec.maxReplicas",
        Queue = "scaledobjects.keda.sh/queue spec.minReplicaCount",
        Paused = "scaledobjects.keda.sh/queue metadata.annotations.autoscaling|keda|sh/paused-replicas",
        QueueSize = "deployments.apps/queue spec.replicas";

    /// <summary>
    /// The window is from 12:10 to 12:20, the override from 12:05 to 12:15. A ServiceScaler goes down step by step
    /// before its window ends: at 12:16 it asks for 6.
    /// </summary>
    [LongTheory]
    [InlineData("deployment", "plain", Plain + " 4", Plain + " 8", Plain + " 5")]
    [InlineData("statefulset", "set", Set + " 4", Set + " 0", Set + " 3")]
    [InlineData("deployment", "elastic", Elastic + " 4", Elastic + " 5", Elastic + " 2")]
    [InlineData("deployment", "api", Api + " 4", Api + " 6", Api + " 2")]
    [InlineData("deployment", "front", Front + " 4", Front + " 10", Front + " 4")]
    [InlineData("deployment", "queue", Paused + " \"4\"", Queue + " 6", Queue + " 1")]
    [InlineData("scaledobject", "queue", QueueSize + " 4", Queue + " 6", Queue + " 1")]
    public async Task The_clock_writes_nothing_under_a_persons_word_and_its_word_of_then_holds_afterwards(
        string kind,
        string name,
        string held,
        string then,
        string after
    )
    {
        await AskAsync(kind, name, 4, Duration.FromMinutes(11));
        await UntilAsync(Noon + Duration.FromMinutes(6));
        Holds(held);
        await UntilAsync(Noon + Duration.FromMinutes(9.5));
        _world.Cluster.Requests.Clear();
        await UntilAsync(Noon + Duration.FromMinutes(14));
        Holds(held);
        Assert.DoesNotContain(
            _world.Cluster.Requests.All,
            r =>
                r.IsWrite
                && (
                    r.Path.EndsWith($"/{name}", StringComparison.Ordinal)
                    || r.Path.EndsWith($"/{name}/scale", StringComparison.Ordinal)
                )
        );
        await UntilAsync(Noon + Duration.FromMinutes(16.5));
        Assert.Empty(_ebb.Book.All);
        Holds(then);
        await UntilAsync(Noon + Duration.FromMinutes(21.5));
        Holds(after);
        Holds("scaledobjects.keda.sh/queue metadata.annotations.autoscaling|keda|sh/paused-replicas null");
    }

    [Theory]
    [InlineData(
        "cronjob",
        "report",
        "cronjobs.batch/report spec.suspend true",
        "cronjobs.batch/report spec.suspend false"
    )]
    [InlineData(
        "cluster",
        "orders",
        "clusters.postgresql.cnpg.io/orders metadata.annotations.cnpg|io/hibernation \"on\"",
        "clusters.postgresql.cnpg.io/orders metadata.annotations.cnpg|io/hibernation null"
    )]
    public async Task What_has_no_replicas_sleeps_in_its_own_way_and_is_given_back(
        string kind,
        string name,
        string held,
        string back
    )
    {
        await AskAsync(kind, name, null, Duration.FromMinutes(2));
        await UntilAsync(Noon + Duration.FromMinutes(5));
        Holds(held);
        await UntilAsync(Noon + Duration.FromMinutes(8));
        Assert.Empty(_ebb.Book.All);
        Holds(back);
    }

    [Fact]
    public async Task A_schedule_whose_turn_falls_into_an_overrides_first_write_does_not_take_it_for_what_was()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Workload("shop", "plain", 5)
                + Manifests.Schedule("shop", "plain", "Deployment/plain", Window + "minReplicas: 3")
        );
        await using var ebb = EbbProcess.Start(world, new Dictionary<string, string?>());
        await using var clock = ClockProcess.Start(world, beside: ebb);
        world.Clock.Advance((Noon + Duration.FromMinutes(12)).ToDateTimeOffset() - world.Clock.GetUtcNow());
        for (var i = 0; i < 5; i++)
        {
            await ebb.StepAsync();
            await clock.TurnAsync();
        }
        var turned = 0;
        world.Cluster.Faults.AfterApplied = request =>
        {
            if (
                request.IsWrite
                && request.Path.EndsWith("/deployments/plain/scale", StringComparison.Ordinal)
                && Interlocked.Exchange(ref turned, 1) == 0
            )
                clock.TurnAsync().GetAwaiter().GetResult();
        };
        world.Cluster.Store.Apply(
            JsonNode
                .Parse(
                    """
                    {"apiVersion":"ebb.dev/v1alpha1","kind":"Override","metadata":{"name":"plain","namespace":"shop"},
                     "spec":{"target":{"kind":"deployment","name":"plain"},"asleep":true,
                             "until":"2026-01-15T12:15:00Z","reason":"repair"}}
                    """
                )!
                .AsObject()
        );
        for (var i = 0; i < 10; i++)
        {
            await ebb.StepAsync();
            await clock.TurnAsync();
        }
        Assert.Equal((1, 0), (turned, world.Replicas("shop", "plain")));
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        for (var i = 0; i < 10; i++)
        {
            await ebb.StepAsync();
            await clock.TurnAsync();
        }
        Assert.Equal(5, world.Replicas("shop", "plain"));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    [Fact]
    public async Task It_survives_a_restart_and_its_end_may_come_while_nobody_runs()
    {
        await AskAsync("deployment", "plain", 4, Duration.FromMinutes(5));
        await UntilAsync(Noon + Duration.FromMinutes(6));
        Holds(Plain + " 4");
        await _clock.DisposeAsync();
        await _ebb.DisposeAsync();
        _world.Clock.Advance(TimeSpan.FromMinutes(6));
        (_ebb, _clock) = Start();
        await UntilAsync(Noon + Duration.FromMinutes(14));
        Assert.Empty(_ebb.Book.All);
        Holds(Plain + " 8");
    }

    [Fact]
    public async Task A_workload_that_is_deleted_takes_its_override_with_it_when_that_ends()
    {
        await AskAsync("deployment", "plain", 4, Duration.FromMinutes(3));
        await UntilAsync(Noon + Duration.FromMinutes(5));
        _world.Cluster.Store.Delete("deployments.apps", "shop", "plain");
        await UntilAsync(Noon + Duration.FromMinutes(6));
        Assert.Equal(OverrideState.Orphaned, _ebb.Overrides.StepOf(Assert.Single(_ebb.Book.All).Override)!.State);
        await UntilAsync(Noon + Duration.FromMinutes(9));
        Assert.Empty(_ebb.Book.All);
    }

    [Fact]
    public async Task One_sentence_stands_in_the_answer_in_the_status_in_the_event_and_names_who_was_overruled()
    {
        await UntilAsync(Noon + Duration.FromMinutes(11));
        const string ByTheClock =
            "at least 8 asked by a schedule (Schedule plain) until 2026-01-15T12:20:00Z, then what it was";
        Assert.Equal((ByTheClock, 8), (Answer("deployment", "plain").Reason, Answer("deployment", "plain").Size));
        Assert.Equal(ByTheClock, (string?)_world.Status(Manifests.SchedulesResource, "shop", "plain")!["message"]);
        Assert.Contains(Notes("Progressing"), note => note.EndsWith(ByTheClock, StringComparison.Ordinal));

        await AskAsync("deployment", "plain", 4, Duration.FromMinutes(4));
        await UntilAsync(Noon + Duration.FromMinutes(12));
        var both = Answer("deployment", "plain").Reason;
        Assert.Matches(
            "^exactly 4 asked by a person \\(load test\\) until 2026-01-15T12:1[45]:..Z, then at least 8; overruled: at least 8 asked by a schedule \\(Schedule plain\\) until 2026-01-15T12:20:00Z$",
            both
        );
        Assert.Equal(both, (string?)_world.Status(Manifests.SchedulesResource, "shop", "plain")!["message"]);
        Assert.Contains(Notes("Override"), note => note.EndsWith(both, StringComparison.Ordinal));
        Assert.Equal(
            ("override", 4),
            (Answer("deployment", "plain").Decision.Source, Answer("deployment", "plain").Decision.Value)
        );
    }

    [Fact]
    public async Task Everything_of_whom_something_is_asked_is_listed_though_no_UpsScaler_names_it()
    {
        await AskAsync("cronjob", "report", null, Duration.FromMinutes(30));
        await UntilAsync(Noon + Duration.FromMinutes(11));
        var all = _ebb.Unlisted.Now(_ebb.View).Select(Readings.Workload).ToDictionary(w => w.Name);
        Assert.Equal(["api", "elastic", "front", "plain", "queue", "report", "set"], all.Keys.Order());
        Assert.All(all.Values, w => Assert.Null(w.UpsScaler));
        Assert.Equal(
            (
                "at least 3 and at most 10 asked by a schedule (Schedule front) until 2026-01-15T12:20:00Z, then at least 1 and at most 4",
                3,
                10
            ),
            (all["front"].Reason, all["front"].Decision.Least, all["front"].Decision.Most)
        );
        Assert.Equal(("asleep", "asleep"), (all["set"].State, all["report"].State));
    }

    [LongFact]
    public async Task A_clock_that_is_set_back_an_hour_neither_suspends_it_nor_writes_twice_and_it_ends_by_the_clock_on_the_wall()
    {
        await _clock.DisposeAsync();
        await _ebb.DisposeAsync();
        var machine = new SetClock(_world.Clock);
        _ebb = EbbProcess.Start(_world, time: machine);
        _clock = ClockProcess.Start(_world, beside: _ebb);
        await UntilAsync(Noon + Duration.FromMinutes(5));
        await AskAsync("deployment", "plain", 4, Duration.FromMinutes(20));
        await UntilAsync(Noon + Duration.FromMinutes(6));
        Holds(Plain + " 4");
        machine.Off = -TimeSpan.FromHours(1);
        _world.Cluster.Requests.Clear();
        await UntilAsync(Noon + Duration.FromMinutes(8));
        Holds(Plain + " 4");
        Assert.DoesNotContain(
            _world.Cluster.Requests.All,
            r => r.IsWrite && r.Path.Contains("/plain/scale", StringComparison.Ordinal)
        );
        Assert.Equal(OverrideState.Holds, _ebb.Overrides.StepOf(Assert.Single(_ebb.Book.All).Override)!.State);
        await UntilAsync(Noon + Duration.FromMinutes(83), 60);
        Holds(Plain + " 4");
        await UntilAsync(Noon + Duration.FromMinutes(87), 20);
        Assert.Empty(_ebb.Book.All);
        Holds(Plain + " 5");
    }

    /// <summary>No duration may jump while it is not known whether power has failed; times of day may.</summary>
    [LongFact]
    public async Task A_clock_that_was_hours_behind_is_believed_once_it_is_set_although_no_UPS_is_heard()
    {
        await _clock.DisposeAsync();
        await _ebb.DisposeAsync();
        _world.Ups.Stale = true;
        var machine = new SetClock(_world.Clock) { Off = -TimeSpan.FromHours(5) };
        _ebb = EbbProcess.Start(_world, time: new SteadyClock(machine));
        _clock = ClockProcess.Start(_world, beside: _ebb);
        await UntilAsync(Noon + Duration.FromMinutes(11));
        Holds(Plain + " 5");
        await AskAsync("statefulset", "set", 4, Duration.FromMinutes(20));
        await UntilAsync(Noon + Duration.FromMinutes(11.5));
        Holds(Set + " 4");
        await _world.Cluster.ApplyManifestAsync(
            """
            apiVersion: ebb.dev/v1alpha1
            kind: PowerOrder
            metadata: {name: look, namespace: ebb-system}
            spec: {action: hold, until: "2026-01-15T12:25:00Z", reason: let me look}
            """
        );
        await UntilAsync(Noon + Duration.FromMinutes(12));
        machine.Off = TimeSpan.Zero;
        await UntilAsync(Noon + Duration.FromMinutes(13));
        Holds(Plain + " 8");
        await UntilAsync(Noon + Duration.FromMinutes(21));
        Holds(Plain + " 5");
        Assert.NotNull(_ebb.View.Plan.Orders.Hold);
        await UntilAsync(Noon + Duration.FromMinutes(26));
        Assert.Null(_ebb.View.Plan.Orders.Hold);
        Holds(Set + " 4");
        await UntilAsync(Noon + Duration.FromMinutes(32));
        Holds(Set + " 3");
        Assert.Equal(Mains.Unknown, _ebb.View.Power.Mains);
    }

    private (EbbProcess, ClockProcess) Start()
    {
        var ebb = EbbProcess.Start(_world);
        return (ebb, ClockProcess.Start(_world, beside: ebb));
    }

    private WorkloadAnswer Answer(string kind, string name) =>
        Readings.Workload(_ebb.Unlisted.Of(_ebb.Unlisted.Find(WorkloadType.Parse(kind)!, "shop", name), Now));

    private IEnumerable<string> Notes(string reason) =>
        _world
            .Cluster.Store.List("events")
            .Where(e => (string?)e["reason"] == reason)
            .Select(e => (string?)e["note"] ?? (string?)e["message"] ?? "");

    private Instant Now => Instant.FromDateTimeOffset(_world.Clock.GetUtcNow());

    private async Task AskAsync(string kind, string name, int? replicas, Duration lasts)
    {
        var (stored, result) = await _ebb.Book.PutAsync(
            new Override
            {
                Kind = kind,
                Namespace = "shop",
                Name = name,
                Effect = replicas is null ? OverrideEffect.Asleep : OverrideEffect.Replicas,
                Replicas = replicas,
                Reason = "load test",
                At = Now,
                Until = Now + lasts,
            },
            null,
            TestContext.Current.CancellationToken
        );
        Assert.True(stored is not null, result.Detail);
    }

    private async Task UntilAsync(Instant instant, double step = 5)
    {
        while (Now < instant)
        {
            await _ebb.StepAsync(step);
            await _clock.TurnAsync();
        }
    }

    /// <summary><c>resource/name path value</c>; | stands for a dot inside a name.</summary>
    private void Holds(string expectation)
    {
        var parts = expectation.Split(' ');
        var at = parts[0].Split('/');
        JsonNode? node = _world.Cluster.Store.Get(at[0], "shop", at[1]);
        Assert.NotNull(node);
        foreach (var key in parts[1].Split('.'))
            node = node?[key.Replace('|', '.')];
        Assert.True(
            (node?.ToJsonString() ?? "null") == parts[2],
            $"expected {expectation}, found {node?.ToJsonString() ?? "null"} at {Now}"
        );
    }
}
