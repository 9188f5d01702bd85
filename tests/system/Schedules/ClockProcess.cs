using Ebb.Core.Ports;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Workloads;
using Ebb.Engine;
using Ebb.Engine.Claims;
using Ebb.Engine.Clocks;
using Ebb.Engine.Schedules;
using Ebb.Engine.Settings;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Schedules;
using Ebb.Tests.Harness;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moq;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>The time path with the real adapter, driven turn by turn on the world's clock.</summary>
internal sealed class ClockProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Kind, resource, and whether it is looked for only when it was named.</summary>
    private static readonly (string Kind, string Resource)[] Watched =
    [
        ("ServiceScaler", "servicescalers.scaler.udaan.io"),
        ("ScheduledPodAutoscaler", "scheduledpodautoscalers.autoscaling.d-kuro.github.io"),
        ("Schedule", "schedules.autoscaling.d-kuro.github.io"),
        ("HorizontalPodAutoscaler", "horizontalpodautoscalers.autoscaling"),
        ("Deployment", "deployments.apps"),
        ("StatefulSet", "statefulsets.apps"),
    ];

    private readonly World _world;
    private readonly IServiceProvider _services;
    private readonly ServiceProvider? _own;
    private readonly CancellationTokenSource _life = new();
    private long _seen = -1;

    private ClockProcess(World world, EbbProcess beside)
    {
        _world = world;
        _services = beside.Services;
    }

    private ClockProcess(World world, EbbSettings settings, ICluster? power, ILeadership? leadership)
    {
        _world = world;
        var connection = new ClusterSettings(ClusterMode.Kubeconfig, world.Kubeconfig).Connect(TimeProvider.System);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddEbb(
            settings,
            new EngineEnvironment(Task.FromResult(connection), new EngineClocks(world.Clock, TimeProvider.System))
            {
                Api = new KubernetesApiOptions(),
            }
        );
        services.AddSingleton<ICluster>(power ?? NothingAsleep());
        services.AddSingleton<ILeadership>(leadership ?? Alone);
        _services = _own = services.BuildServiceProvider();
    }

    public ScheduledSizes Wishes => _services.GetRequiredService<ScheduledSizes>();

    public ScheduleCluster Cluster => (ScheduleCluster)_services.GetRequiredService<IScheduleCluster>();

    private CalendarReadings Calendars => _services.GetRequiredService<CalendarReadings>();

    public SchedulePath Path => _services.GetRequiredService<SchedulePath>();

    public static ClockProcess Start(
        World world,
        IReadOnlyDictionary<string, string?>? settings = null,
        ICluster? power = null,
        ILeadership? leadership = null,
        EbbProcess? beside = null
    )
    {
        if (beside is not null)
            return new ClockProcess(world, beside);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                (settings ?? new Dictionary<string, string?>()).Select(s => new KeyValuePair<string, string?>(
                    s.Key.Replace("__", ":", StringComparison.Ordinal),
                    s.Value
                ))
            )
            .Build();
        var (read, faults) = EbbSettingsReader.Read(configuration);
        Assert.True(read is not null, string.Join("; ", faults));
        return new ClockProcess(world, read, power, leadership);
    }

    /// <summary>Moves the world's clock to an instant and takes a turn there.</summary>
    public async Task AtAsync(Instant instant)
    {
        _world.Clock.Advance(instant.ToDateTimeOffset() - _world.Clock.GetUtcNow());
        await TurnAsync();
    }

    public async Task StepAsync(Duration by)
    {
        _world.Clock.Advance(by.ToTimeSpan());
        await TurnAsync();
    }

    /// <summary>Turns until this process has seen what came of the last one.</summary>
    public async Task TurnAsync()
    {
        for (var i = 0; i < 10; i++)
        {
            await SeesAsync();
            using var life = CancellationTokenSource.CreateLinkedTokenSource(
                _life.Token,
                TestContext.Current.CancellationToken
            );
            var read = Calendars.Version;
            await Path.TurnAsync(life.Token);
            while (Path.View?.Waiting == true)
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(life.Token);
                deadline.CancelAfter(Patience);
                if (!Calendars.IsReading && read == Calendars.Version)
                    await Cluster.WaitForChangeAsync(Path.View.World, deadline.Token);
                read = Calendars.Version;
                await Path.TurnAsync(deadline.Token);
            }

            if (_world.Cluster.Store.ResourceVersion == _seen)
                return;
        }

        Assert.Fail("the time path does not come to rest");
    }

    /// <summary>Waits until this process has seen everything that the cluster shows, by version, not by time.</summary>
    public async Task SeesAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(
            _life.Token,
            TestContext.Current.CancellationToken
        );
        deadline.CancelAfter(Patience);
        var version = _world.Cluster.Store.ResourceVersion;
        if (version == _seen)
            return;
        while (true)
        {
            var known = Cluster.Known;
            var lag = known.Synced ? Lags() : "anything";
            if (lag is null)
                break;
            try
            {
                await Cluster.WaitForChangeAsync(known, deadline.Token);
            }
            catch (OperationCanceledException) when (!_life.IsCancellationRequested)
            {
                Assert.Fail($"not seen within {Patience.TotalSeconds:0} s: {lag}; {string.Join("; ", known.Troubles)}");
            }
        }

        _seen = version;
    }

    private string? Lags()
    {
        foreach (var (kind, resource) in Watched)
        {
            if (Cluster.Find(kind, "nowhere", "nothing") is Core.Time.Sizing.ObjectLookup.Unknown unknown)
                return unknown.Why;
            var present = _world.Cluster.Store.Read(
                resource,
                item =>
                    (
                        Place: (string)item["metadata"]!["namespace"]!,
                        Name: (string)item["metadata"]!["name"]!,
                        Version: (string?)item["metadata"]!["resourceVersion"]
                    )
            );
            foreach (var (place, name, version) in present)
                if (Cluster.Find(kind, place, name).It?.ResourceVersion != version)
                    return $"{kind} {place}/{name}";
            var there = present.Select(item => (item.Place, item.Name)).ToHashSet();

            var known = kind switch
            {
                "ServiceScaler" => Cluster.Known.ServiceScalers.Count,
                "ScheduledPodAutoscaler" => Cluster.Known.Autoscalers.Count,
                "Schedule" => Cluster.Known.Schedules.Count,
                _ => 0,
            };
            if (known > present.Count)
                return $"a {kind} that is gone";
            if (
                Path.View?.Entries.Any(e =>
                    Cluster.Find(kind, e.Namespace, e.Name).It is not null && !there.Contains((e.Namespace, e.Name))
                ) == true
            )
                return $"a {kind} that is gone";
        }

        var stored = _world.ShownBy(Cluster.Baselines).Where(b => b.By == "schedule");
        if (
            !stored
                .Select(b => b.Version)
                .Order()
                .SequenceEqual(Cluster.Known.Baselines.Where(b => !b.IsDeleted).Select(b => b.Version).Order())
        )
            return "Baselines";

        foreach (var schedule in _world.Cluster.Store.List("schedules.autoscaling.d-kuro.github.io"))
        {
            if ((string?)schedule["spec"]?["excludeCalendarRef"]?["name"] is not { } calendar)
                continue;
            var place = (string)schedule["metadata"]!["namespace"]!;
            var there = _world.Cluster.Store.Get("configmaps", place, calendar);
            if (
                Cluster.Find("ConfigMap", place, calendar).It?.ResourceVersion
                != (string?)there?["metadata"]!["resourceVersion"]
            )
                return $"ConfigMap {place}/{calendar}";
        }

        foreach (var map in _world.Cluster.Store.List("configmaps", null, $"{ScheduleCluster.TimeScalerLabel}=true"))
        {
            var version = (string?)map["metadata"]!["resourceVersion"];
            if (Cluster.Known.TimeScalers.All(seen => seen.ResourceVersion != version))
                return $"ConfigMap {map["metadata"]!["name"]}";
        }

        return null;
    }

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
        if (_own is not null)
            await _own.DisposeAsync();
        _life.Dispose();
    }

    private static readonly object Term = new();

    /// <summary>There is only this replica.</summary>
    private static readonly ILeadership Alone = Mock.Of<ILeadership>(leadership =>
        leadership.HeldUntil == Instant.MaxValue && leadership.Term == Term && leadership.Holder == "this test"
    );

    /// <summary>A power path that has nothing asleep and is asked for nothing but that.</summary>
    private static ICluster NothingAsleep()
    {
        var cluster = new Mock<ICluster>(MockBehavior.Strict);
        cluster.Setup(c => c.Known).Returns(ClusterView.Nothing with { Synced = true });
        cluster.Setup(c => c.Orders).Returns(Mock.Of<IPowerOrders>());
        cluster.Setup(c => c.Powers).Returns(Mock.Of<IStatusObjects>());
        cluster.Setup(c => c.Outages).Returns(Mock.Of<IStatusObjects>());
        cluster.Setup(c => c.ReadMemoryAgainAsync(It.IsAny<CancellationToken>())).Returns(Task.CompletedTask);
        cluster
            .Setup(c => c.WaitForChangeAsync(It.IsAny<ClusterView>(), It.IsAny<CancellationToken>()))
            .Returns((ClusterView _, CancellationToken cancelled) => Task.Delay(Timeout.Infinite, cancelled));
        cluster
            .Setup(c => c.Find(It.IsAny<WorkloadType>(), It.IsAny<string>(), It.IsAny<string>()))
            .Returns(new WorkloadLookup.Unknown("no workload is looked for"));
        return cluster.Object;
    }
}
