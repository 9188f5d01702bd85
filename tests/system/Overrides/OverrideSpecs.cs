using System.Text.Json.Nodes;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Power;
using Ebb.Nut;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using Ebb.Tests.Survival;
using NodaTime;

namespace Ebb.Tests.Overrides;

/// <summary>What an override does to each kind of workload, and that nothing of it is left when it has ended.</summary>
public sealed class OverrideSpecs : IAsyncLifetime
{
    private World _world = null!;
    private EbbProcess _ebb = null!;
    private Dictionary<string, string> _began = [];

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync(
            EveryKind.Manifests,
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5) }
        );
        _began = Picture();
        _ebb = EbbProcess.Start(_world);
        await _ebb.StepAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _ebb.DisposeAsync();
        await _world.DisposeAsync();
    }

    [LongTheory]
    [InlineData("deployment", "web", 5, "deployments.apps/web spec.replicas 5")]
    [InlineData("deployment", "web", 0, "deployments.apps/web spec.replicas 0")]
    [InlineData("deployment", "idle", 2, "deployments.apps/idle spec.replicas 2")]
    [InlineData(
        "deployment",
        "elastic",
        5,
        "deployments.apps/elastic spec.replicas 5",
        "horizontalpodautoscalers.autoscaling/elastic spec.minReplicas 5",
        "horizontalpodautoscalers.autoscaling/elastic spec.maxReplicas 5"
    )]
    [InlineData("deployment", "elastic", null, "deployments.apps/elastic spec.replicas 0")]
    [InlineData(
        "deployment",
        "queue",
        4,
        "deployments.apps/queue spec.replicas 4",
        "scaledobjects.keda.sh/queue metadata.annotations.autoscaling|keda|sh/paused-replicas \"4\""
    )]
    [InlineData(
        "deployment",
        "queue",
        null,
        "deployments.apps/queue spec.replicas 0",
        "scaledobjects.keda.sh/queue metadata.annotations.autoscaling|keda|sh/paused-replicas \"0\""
    )]
    [InlineData("statefulset", "cache", 3, "statefulsets.apps/cache spec.replicas 3")]
    [InlineData("cronjob", "report", null, "cronjobs.batch/report spec.suspend true")]
    [InlineData("cronjob", "parked", 1, "cronjobs.batch/parked spec.suspend false")]
    [InlineData(
        "cluster",
        "orders",
        null,
        "clusters.postgresql.cnpg.io/orders metadata.annotations.cnpg|io/hibernation \"on\""
    )]
    [InlineData("kustomization", "shop", null, "kustomizations.kustomize.toolkit.fluxcd.io/shop spec.suspend true")]
    public async Task It_holds_in_the_way_of_its_kind_and_ends_by_itself(
        string kind,
        string name,
        int? replicas,
        params string[] expected
    )
    {
        await AskAsync(kind, name, replicas, Duration.FromSeconds(60));
        await StepsAsync(40);
        foreach (var expectation in expected)
            Holds(expectation);
        var state = Assert.Single(
            _ebb.View.Plan.Workloads,
            w => w.Decision.Winner?.Source == Core.Claims.ClaimSource.Override
        );
        Assert.Contains(
            "asked by a person (load test) until 2026-01-15T12:02:0",
            state.Reason,
            StringComparison.Ordinal
        );
        Assert.Equal(state.Reason, (string?)Scaler(state.Member)["status"]!["reason"]);
        await StepsAsync(60);
        Assert.Empty(_ebb.Book.All);
        Assert.Equal(_began, Picture());
        Assert.Contains(_world.Cluster.Store.List("events"), e => (string?)e["reason"] == "OverrideEnded");
    }

    [Fact]
    public async Task Freeze_keeps_an_autoscaler_from_moving()
    {
        await AskAsync("deployment", "elastic", null, Duration.FromMinutes(5), OverrideEffect.Freeze);
        await StepsAsync(3);
        Holds(
            "horizontalpodautoscalers.autoscaling/elastic spec.minReplicas 3",
            "horizontalpodautoscalers.autoscaling/elastic spec.maxReplicas 3"
        );
        _world.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            "elastic",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 6 } }
        );
        await StepsAsync(8);
        Holds("deployments.apps/elastic spec.replicas 3");
        await TakeBackAsync("deployment", "elastic");
        await StepsAsync(20);
        Assert.Equal(_began, Picture());
    }

    [Fact]
    public async Task It_yields_to_power_and_holds_again_afterwards()
    {
        await AskAsync("deployment", "web", 5, Duration.FromMinutes(60));
        await StepsAsync(20);
        _world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(v => v.Plan.Phase == Phase.Asleep);
        Holds("deployments.apps/web spec.replicas 0");
        var asleep = _ebb.View.Plan.Workloads.Single(w => w.Member.Scaler.TargetName == "web");
        Assert.EndsWith(
            "; overruled: exactly 5 asked by a person (load test) until 2026-01-15T13:01:01Z",
            asleep.Reason,
            StringComparison.Ordinal
        );
        _world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(v => v.Plan.Phase == Phase.Normal);
        await StepsAsync(5);
        Holds("deployments.apps/web spec.replicas 5");
        await TakeBackAsync("deployment", "web");
        await StepsAsync(20);
        Assert.Equal(_began, Picture());
    }

    [LongFact]
    public async Task Asked_during_an_outage_it_does_not_take_powers_zero_for_what_was()
    {
        _world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(v => v.Plan.Phase == Phase.Asleep);
        await AskAsync("deployment", "web", 1, Duration.FromMinutes(30));
        await StepsAsync(5);
        Holds("deployments.apps/web spec.replicas 0");
        _world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(v => v.Plan.Phase == Phase.Normal);
        await StepsAsync(10);
        Holds("deployments.apps/web spec.replicas 1");
        await TakeBackAsync("deployment", "web");
        await StepsAsync(20);
        Assert.Equal(_began, Picture());
    }

    [LongFact]
    public async Task One_that_ends_while_power_has_it_asleep_is_tidied_up_when_it_wakes()
    {
        await AskAsync("deployment", "queue", 4, Duration.FromSeconds(60));
        await StepsAsync(20);
        _world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(v => v.Plan.Phase == Phase.Asleep);
        await StepsAsync(60);
        Assert.NotEmpty(_ebb.Book.All);
        _world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(v => v.Plan.Phase == Phase.Normal);
        await StepsAsync(30);
        Assert.Empty(_ebb.Book.All);
        Holds("scaledobjects.keda.sh/queue metadata.annotations.autoscaling|keda|sh/paused-replicas null");
    }

    [LongFact]
    public async Task It_survives_a_restart_between_remembering_and_writing()
    {
        _world.Cluster.Faults.Add(
            request => request.IsWrite && request.Path.Contains("/deployments/web", StringComparison.Ordinal),
            new Fault.ErrorStatus(500),
            3
        );
        await AskAsync("deployment", "web", 5, Duration.FromSeconds(90));
        await _ebb.StepAsync();
        await _ebb.DisposeAsync();
        _ebb = EbbProcess.Start(_world);
        await StepsAsync(30);
        Holds("deployments.apps/web spec.replicas 5");
        await _ebb.DisposeAsync();
        _ebb = EbbProcess.Start(_world);
        await StepsAsync(90);
        Assert.Equal(_began, Picture());
        Assert.Empty(_ebb.Book.All);
    }

    [Fact]
    public async Task A_hold_comes_first()
    {
        await _ebb.AskAsync(OrderAction.Hold, "nobody touches anything", Duration.FromSeconds(30));
        await AskAsync("deployment", "web", 5, Duration.FromMinutes(5));
        await StepsAsync(20);
        Holds("deployments.apps/web spec.replicas 3");
        Assert.Equal("waits: held: nobody touches anything", _ebb.Overrides.StepOf(_ebb.Book.All[0].Override)!.Note);
        await StepsAsync(20);
        Holds("deployments.apps/web spec.replicas 5");
    }

    [Fact]
    public async Task Its_workload_deleted_it_says_so_and_the_new_one_is_left_alone()
    {
        await AskAsync("deployment", "web", 5, Duration.FromSeconds(120));
        await StepsAsync(10);
        var web = _world.Cluster.Store.Get("deployments.apps", "shop", "web")!.DeepClone();
        _world.Cluster.Store.Delete("deployments.apps", "shop", "web");
        await StepsAsync(5);
        Assert.Equal(
            "deployment shop/web does not exist any more",
            _ebb.Overrides.StepOf(_ebb.Book.All[0].Override)!.Note
        );
        await _world.Cluster.ApplyManifestAsync(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: shop}
            spec: {replicas: 2, selector: {matchLabels: {app: web2}}, template: {metadata: {labels: {app: web2}}, spec: {containers: [{name: c, image: example/web:2}]}}}
            """
        );
        await StepsAsync(10);
        Holds("deployments.apps/web spec.replicas 2");
        await StepsAsync(120);
        Holds("deployments.apps/web spec.replicas 2");
        Assert.Empty(_ebb.Book.All);
        Assert.NotNull(web);
    }

    [Fact]
    public async Task A_store_that_is_gone_keeps_nobody_from_holding_what_is_known()
    {
        await AskAsync("deployment", "web", 5, Duration.FromMinutes(5));
        await StepsAsync(5);
        _world.Cluster.Faults.Add(
            request => request.Path.Contains("/ebb.dev/", StringComparison.Ordinal),
            new Fault.ErrorStatus(503),
            int.MaxValue
        );
        _world.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            "web",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 1 } }
        );
        await StepsAsync(5);
        Holds("deployments.apps/web spec.replicas 5");
    }

    [Fact]
    public async Task Once_it_holds_nothing_is_written_any_more()
    {
        await AskAsync("deployment", "elastic", 5, Duration.FromMinutes(30));
        await StepsAsync(30);
        _world.Cluster.Requests.Clear();
        await StepsAsync(60);
        Assert.DoesNotContain(
            _world.Cluster.Requests.All,
            r => r.IsWrite && !r.Path.Contains("/leases", StringComparison.Ordinal)
        );
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Instant Now => Instant.FromDateTimeOffset(_world.Clock.GetUtcNow());

    private async Task AskAsync(string kind, string name, int? replicas, Duration lasts, OverrideEffect? effect = null)
    {
        var member = _ebb
            .View.Plan.Workloads.Single(w => w.Member.Type?.Name == kind && w.Member.Scaler.TargetName == name)
            .Member;
        var asked = effect ?? (replicas is null ? OverrideEffect.Asleep : OverrideEffect.Replicas);
        Assert.Null(OverrideStep.Refusal(OverrideTarget.Of(member)!, asked, replicas));
        var (stored, result) = await _ebb.Book.PutAsync(
            new Override
            {
                Kind = kind,
                Namespace = "shop",
                Name = name,
                Effect = asked,
                Reason = "load test",
                At = Now,
                Until = Now + lasts,
                Replicas = replicas,
            },
            null,
            Stop
        );
        Assert.True(stored is not null, result.Detail);
    }

    private async Task TakeBackAsync(string kind, string name)
    {
        var stored = _ebb.Book.Find(kind, "shop", name)!;
        Assert.Equal(WriteOutcome.Done, (await _ebb.Book.DeleteAsync(stored, Stop)).Outcome);
    }

    private async Task StepsAsync(int seconds)
    {
        for (var i = 0; i < seconds; i++)
            await _ebb.StepAsync();
    }

    private async Task UntilAsync(Func<PowerView, bool> condition)
    {
        for (var i = 0; i < 900; i++)
        {
            await _ebb.StepAsync();
            if (condition(_ebb.View))
                return;
        }
        Assert.Fail($"not within 900 s: {_ebb.View.Plan.Phase}, {_ebb.View.Plan.Reason}");
    }

    private JsonObject Scaler(Member member) =>
        _world.Cluster.Store.Get("upsscalers.ups-scaler.io", member.Scaler.Ref.Namespace, member.Scaler.Ref.Name)!;

    /// <summary><c>resource/name path value</c>; | stands for a dot inside a name.</summary>
    private void Holds(params string[] expectations)
    {
        foreach (var expectation in expectations)
        {
            var parts = expectation.Split(' ');
            var at = parts[0].Split('/');
            JsonNode? node = _world.Cluster.Store.Get(at[0], "shop", at[1]);
            Assert.NotNull(node);
            foreach (var key in parts[1].Split('.'))
                node = node?[key.Replace('|', '.')];
            Assert.True(
                (node?.ToJsonString() ?? "null") == parts[2],
                $"expected {expectation}, found {node?.ToJsonString() ?? "null"}"
            );
        }
    }

    /// <summary>Spec and annotations of everything that an override may write to.</summary>
    private Dictionary<string, string> Picture() =>
        new[]
        {
            "deployments.apps",
            "statefulsets.apps",
            "cronjobs.batch",
            "clusters.postgresql.cnpg.io",
            "scaledobjects.keda.sh",
            "horizontalpodautoscalers.autoscaling",
            "kustomizations.kustomize.toolkit.fluxcd.io",
        }
            .SelectMany(resource =>
                _world
                    .Cluster.Store.List(resource)
                    .Where(o => o["metadata"]!["ownerReferences"] is null)
                    .Select(o =>
                        (
                            Name: $"{resource}/{o["metadata"]!["name"]}",
                            Text: Json.Sorted(o["spec"])
                                + string.Concat(
                                    (o["metadata"]!["annotations"] as JsonObject ?? []).Where(a =>
                                        a.Key.Contains("keda", StringComparison.Ordinal)
                                        || a.Key.Contains("cnpg", StringComparison.Ordinal)
                                    )
                                )
                        )
                    )
            )
            .ToDictionary(p => p.Name, p => p.Text);
}
