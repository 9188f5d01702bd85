using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Core.Workloads;
using Ebb.Engine;
using Ebb.Engine.Claims;
using Ebb.Engine.Clocks;
using Ebb.Engine.Gates;
using Ebb.Engine.Hooks;
using Ebb.Engine.Overrides;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;
using Ebb.Functions.Worker;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Leases;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using Ebb.Nut;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Ebb.Tests.Harness;

/// <summary>
/// What a process of Ebb is made of, with the real adapters, driven turn by turn. Killing it drops everything on the
/// floor, as a
/// power cut would.
/// </summary>
internal sealed class EbbProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly World _world;
    private readonly ServiceProvider _services;
    private readonly CancellationTokenSource _life = new();

    private EbbProcess(
        World world,
        EbbSettings settings,
        KubernetesApiOptions? options,
        TimeProvider? time,
        Relay? wire,
        string lease
    )
    {
        _world = world;
        Settings = settings;
        var connection = wire is null
            ? new ClusterSettings(ClusterMode.Kubeconfig, world.Kubeconfig).Connect(TimeProvider.System)
            : ClusterConnection.To(new Uri($"http://127.0.0.1:{wire.Port}"), world.Token);
        options ??= new KubernetesApiOptions();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddEbb(
            settings,
            new EngineEnvironment(
                Task.FromResult(connection),
                new EngineClocks(time ?? world.Clock, TimeProvider.System)
            )
            {
                Api = options,
                Source = UpsSourceAddress.Parse($"nut://127.0.0.1:{world.Ups.Port}/{world.Ups.Name}").Address!,
            }
        );
        // A lease that is counted in the world's time passes when the world's time does; a pause between two attempts
        // would then
        // last until somebody moves that time, so there is one attempt a turn.
        services.AddSingleton<ILeadership>(s => new LeaseLeadership(
            new KubernetesApi(connection, world.Clock, options with { Attempts = 1 }),
            settings.StateNamespace,
            lease,
            Guid.NewGuid().ToString("N")
        ));
        _services = services.BuildServiceProvider();
        // What a killed process has seen and done can still be looked at.
        Wishes = Get<ScheduledSizes>();
        Cluster = (KubernetesCluster)Get<ICluster>();
        Leadership = (LeaseLeadership)Get<ILeadership>();
        Records = Get<PowerRecords>();
        Supplies = Get<Supplies>();
        Path = Get<PowerPath>();
        Book = Get<OverrideBook>();
        Overrides = Get<OverridePath>();
        Unlisted = Get<UnlistedWorkloads>();
        Why = Get<WorkloadSentences>();
    }

    /// <summary>What the clock wants at waking; empty as long as no clock is started beside this.</summary>
    public ScheduledSizes Wishes { get; }

    public EbbSettings Settings { get; }

    public KubernetesCluster Cluster { get; }

    public LeaseLeadership Leadership { get; }

    public PowerRecords Records { get; }

    public Supplies Supplies { get; }

    public PowerPath Path { get; }

    public OverrideBook Book { get; }

    public OverridePath Overrides { get; }

    public UnlistedWorkloads Unlisted { get; }

    public WorkloadSentences Why { get; }

    public IServiceProvider Services => _services;

    /// <summary>Any part of the engine.</summary>
    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public PowerView View => Path.View ?? throw new InvalidOperationException("no turn yet");

    /// <summary>What it logs from now on, each line with its level before it.</summary>
    public IReadOnlyCollection<string> KeepLog()
    {
        var kept = new KeptLog();
        Get<ILoggerFactory>().AddProvider(kept);
        return kept.Lines;
    }

    /// <param name="world">Where it runs.</param>
    /// <param name="settings">As in the environment.</param>
    /// <param name="options">How patient it is with the API server.</param>
    /// <param name="time">The clock of its machine, where that is not the world's.</param>
    /// <param name="wire">Its way to the API server, where that can be cut.</param>
    public static EbbProcess Start(
        World world,
        IReadOnlyDictionary<string, string?>? settings = null,
        KubernetesApiOptions? options = null,
        TimeProvider? time = null,
        Relay? wire = null,
        string lease = "ebb"
    )
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Cluster:Mode", "simulation")])
            .AddInMemoryCollection(
                (settings ?? new Dictionary<string, string?>()).Select(s => new KeyValuePair<string, string?>(
                    s.Key.Replace("__", ":", StringComparison.Ordinal),
                    s.Value
                ))
            )
            .Build();
        var (read, faults) = EbbSettingsReader.Read(configuration);
        Assert.True(read is not null, string.Join("; ", faults));
        return new EbbProcess(world, read, options, time, wire, lease);
    }

    /// <summary>One step of the world, and one turn of this process on what it has seen of it.</summary>
    public async Task StepAsync(double seconds = 1)
    {
        _world.Clock.Advance(TimeSpan.FromSeconds(seconds));
        await TurnAsync();
    }

    /// <summary>A turn on whatever this process happens to know, while the API server cannot be relied on.</summary>
    public async Task BlindTurnAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(
            _life.Token,
            TestContext.Current.CancellationToken
        );
        deadline.CancelAfter(Patience * 3);
        await Leadership.RenewAsync(deadline.Token);
        await Supplies.AskAllAsync(deadline.Token);
        await Path.TurnAsync(deadline.Token);
    }

    public async Task TurnAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(
            _life.Token,
            TestContext.Current.CancellationToken
        );
        deadline.CancelAfter(Patience * 3);
        await Leadership.RenewAsync(deadline.Token);
        await Supplies.AskAllAsync(deadline.Token);
        await SeesAsync(deadline.Token);
        await Path.TurnAsync(deadline.Token);
        await SettleAsync();
        if (Path.Leads)
            await Records.WriteAsync(View, Supplies.Memory, deadline.Token);
        await Overrides.TurnAsync(deadline.Token);
    }

    /// <summary>What runs beside the turns knows real time only: it is given some of that, and may hang.</summary>
    private async Task SettleAsync()
    {
        var beside = Task.WhenAll(Get<HookRunner>().Settled, Get<GateWatch>().Settled);
        await Task.WhenAny(beside, Task.Delay(TimeSpan.FromMilliseconds(500), _life.Token));
    }

    /// <summary>Waits until this process has seen everything that the cluster shows, by version, not by time.</summary>
    public async Task SeesAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        while (true)
        {
            var known = Cluster.Known;
            if (known.Synced && Lags(known) is null)
                return;
            try
            {
                await Cluster.WaitForChangeAsync(known, deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                Assert.Fail(
                    $"not seen within {Patience.TotalSeconds:0} s: {(known.Synced ? Lags(known) : string.Join("; ", known.Troubles.Append("not synced")))}"
                );
            }
        }
    }

    /// <summary>An order as <c>POST /api/power/…</c> stores it, and a turn of this process that has seen it.</summary>
    public async Task AskAsync(OrderAction action, string reason, Duration? lasts = null)
    {
        Instant? until = lasts is { } time ? Instant.FromDateTimeOffset(_world.Clock.GetUtcNow()) + time : null;
        var (_, result) = await Cluster.Orders.CreateAsync(action, reason, until, null, _life.Token);
        Assert.True(result.Outcome == WriteOutcome.Done, result.Detail);
        await SeesAsync(_life.Token);
        await Path.TurnAsync(_life.Token);
    }

    /// <summary>Releases every hold.</summary>
    public async Task ReleaseAsync(string reason)
    {
        var orders = Cluster.Orders;
        foreach (var hold in (await orders.ReadAsync(_life.Token)).Orders!.Where(o => o.Action == OrderAction.Hold))
        {
            var now = Instant.FromDateTimeOffset(_world.Clock.GetUtcNow());
            var result = await orders.SetStatusAsync(hold, StoredOrders.Release(hold, reason, now), _life.Token);
            Assert.Equal(WriteOutcome.Done, result.Outcome);
        }
        await SeesAsync(_life.Token);
        await Path.TurnAsync(_life.Token);
    }

    private static string? Version(JsonObject stored) => (string?)stored["metadata"]!["resourceVersion"];

    private string? Lags(ClusterView known)
    {
        var store = _world.Cluster.Store;
        var orders = store.List("powerorders.ebb.dev");
        if (
            orders.Count != known.Orders?.Count
            || orders.Any(o => known.Orders.All(k => k.Version != (string?)o["metadata"]!["resourceVersion"]))
        )
            return "PowerOrders";
        var baselines = known
            .Scalers.Where(s => s is { Baseline: not null, IsBaselineDeleted: false })
            .DistinctBy(s => (WorkloadType.OfUpsScaler(s.Type)?.Name, s.TargetNamespace, s.TargetName));
        var kept = _world.ShownBy(Cluster.Baselines).ToLookup(b => b.By, b => b.Version);
        if (kept["power"].Count() != baselines.Count())
            return "Baselines";
        if (
            known.OverrideBaselines is not { } overridden
            || !kept["override"]
                .Order()
                .SequenceEqual(overridden.Where(b => !b.IsDeleted).Select(b => b.Version).Order())
        )
            return "Baselines of overrides";
        var overrides = store.List("overrides.ebb.dev");
        if (
            overrides.Count != known.Overrides?.Count
            || overrides.Any(o => known.Overrides.All(k => k.Version != Version(o)))
        )
            return "Overrides";
        foreach (var scaler in store.List("upsscalers.ups-scaler.io"))
        {
            var metadata = scaler["metadata"]!;
            var uid = (string?)metadata["uid"];
            var seen =
                known.Scalers.FirstOrDefault(s => s.Uid == uid)
                ?? known.Selections.FirstOrDefault(s => s.Scaler.Uid == uid)?.Scaler;
            if (seen is null || seen.ResourceVersion != (string?)metadata["resourceVersion"])
                return $"UpsScaler {metadata["name"]}";
            if (seen.Target is WorkloadLookup.Found { Workload: var workload })
            {
                var resource = Resource(workload.Ref.Kind);
                if (resource is null)
                    continue;
                var present = store.Get(resource, workload.Ref.Namespace, workload.Ref.Name);
                if (present is not null && workload.ResourceVersion != (string?)present["metadata"]!["resourceVersion"])
                    return workload.Ref.ToString();
                if (present is null)
                    return $"{workload.Ref} is gone";
                if (
                    workload.ScaledObject is { } so
                    && store.Get("scaledobjects.keda.sh", so.Ref.Namespace, so.Ref.Name) is { } pause
                    && so.ResourceVersion != (string?)pause["metadata"]!["resourceVersion"]
                )
                    return so.Ref.ToString();
            }
            else if (seen.Target is WorkloadLookup.Absent && Present(seen))
                return $"the target of {metadata["name"]}";
        }
        foreach (var asked in Book.All.Select(k => k.Override))
        {
            if (
                known.Scalers.Any(s => s.TargetNamespace == asked.Namespace && s.TargetName == asked.Name)
                || WorkloadType.Parse(asked.Kind) is not { } type
            )
                continue;
            if (Cluster.Find(type, asked.Namespace, asked.Name) is WorkloadLookup.Unknown)
                return asked.ToString();
            if (
                Cluster.Find(type, asked.Namespace, asked.Name) is not WorkloadLookup.Found { Workload: var workload }
                || Resource(workload.Ref.Kind) is not { } resource
            )
                continue;
            if (
                workload.ResourceVersion
                != (string?)
                    store.Get(resource, workload.Ref.Namespace, workload.Ref.Name)?["metadata"]!["resourceVersion"]
            )
                return asked.ToString();
            if (
                workload.Autoscaler is { } hpa
                && store.Get("horizontalpodautoscalers.autoscaling", hpa.Ref.Namespace, hpa.Ref.Name)?["spec"]
                    is { } spec
                && (hpa.Least, hpa.Most) != ((int?)spec["minReplicas"], (int?)spec["maxReplicas"])
            )
                return hpa.Ref.ToString();
            if (
                workload.ScaledObject is { } so
                && so.ResourceVersion
                    != (string?)
                        store
                            .Get("scaledobjects.keda.sh", so.Ref.Namespace, so.Ref.Name)
                            ?["metadata"]!["resourceVersion"]
            )
                return so.Ref.ToString();
        }
        foreach (var selected in known.Scalers.Where(s => s.SelectedBy is not null))
            if (
                selected.Target is WorkloadLookup.Found { Workload: var workload }
                && Resource(workload.Ref.Kind) is { } resource
                && workload.ResourceVersion
                    != (string?)
                        store.Get(resource, workload.Ref.Namespace, workload.Ref.Name)?["metadata"]!["resourceVersion"]
            )
                return workload.Ref.ToString();
        var all = known.Scalers.Count(s => s is { Ref.Kind: "UpsScaler", SelectedBy: null });
        if (all + known.Selections.Count > store.List("upsscalers.ups-scaler.io").Count)
            return "an UpsScaler that is gone";
        return null;

        bool Present(UpsScalerView seen) =>
            WorkloadType.OfUpsScaler(seen.Type) is { } type
            && Resource(type.Kind) is { } resource
            && seen.TargetName is { } name
            && store.Get(resource, seen.TargetNamespace, name) is not null
            && type.Method != SleepMethod.PauseScaling;
    }

    private static string? Resource(string kind) =>
        kind switch
        {
            "Deployment" => "deployments.apps",
            "StatefulSet" => "statefulsets.apps",
            "CronJob" => "cronjobs.batch",
            "Cluster" => "clusters.postgresql.cnpg.io",
            "Kustomization" => "kustomizations.kustomize.toolkit.fluxcd.io",
            "HelmRelease" => "helmreleases.helm.toolkit.fluxcd.io",
            "Application" => "applications.argoproj.io",
            "Job" => "jobs.batch",
            "DaemonSet" => "daemonsets.apps",
            "postgresql" => "postgresqls.acid.zalan.do",
            "VirtualMachine" => "virtualmachines.kubevirt.io",
            "Kafka" => "kafkas.kafka.strimzi.io",
            "Node" => "nodes",
            _ => null,
        };

    /// <summary>As a power cut would: in the middle of whatever it does, and nothing is tidied up.</summary>
    public void Kill() =>
        ThreadPool.QueueUserWorkItem(_ =>
        {
            try
            {
                _life.Cancel();
            }
            catch (ObjectDisposedException)
            { /* gone already */
            }
        });

    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync();
        await _services.DisposeAsync();
        _life.Dispose();
    }
}
