using Ebb.Core.Ports;
using Ebb.Core.Time.Sizing;
using Ebb.Engine.Alerts;
using Ebb.Engine.Capacity;
using Ebb.Engine.Claims;
using Ebb.Engine.Clocks;
using Ebb.Engine.Dashboard;
using Ebb.Engine.Gates;
using Ebb.Engine.Health;
using Ebb.Engine.Hooks;
using Ebb.Engine.Http;
using Ebb.Engine.Journal;
using Ebb.Engine.Learning;
using Ebb.Engine.Loops;
using Ebb.Engine.Metrics;
using Ebb.Engine.Power;
using Ebb.Engine.Rights;
using Ebb.Engine.Schedules;
using Ebb.Engine.Settings;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Gates;
using Ebb.Kubernetes.Hooks;
using Ebb.Kubernetes.Leases;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Schedules;
using Ebb.Nut;
using Ebb.Nut.Dialing;
using Ebb.Tables;
using NodaTime;

namespace Ebb.Engine;

/// <summary>Puts the engine together; every host and every test does it here.</summary>
internal static class EbbServices
{
    public static IServiceCollection AddEbb(
        this IServiceCollection services,
        EbbSettings settings,
        EngineEnvironment environment
    )
    {
        if (environment.Source is { } source && settings.Sources.Count == 0 && settings.FollowsPower)
            settings = settings with { Sources = [source] };
        services.AddSingleton(settings).AddSingleton(environment.Clocks).AddSingleton<ProtectedWorkloads>();
        services.AddSingleton(s => new StartupGate(() => s.GetRequiredService<Measuring>().Begin()));
        if (environment.Demo is { } demo)
            services.AddSingleton(demo);
        AddCluster(services, settings, environment);
        services
            .AddSingleton(_ => new ActJournal(
                environment.Clocks,
                settings.Archive is { } archive ? new TableArchive(archive.Address, archive.Table) : null
            ))
            .AddSingleton<ArchiveWriter>()
            .AddHostedService(s => s.GetRequiredService<ArchiveWriter>());
        services.AddSingleton<LeadingTerm>();
        AddPower(services, settings, environment.Clocks);
        services
            .AddSingleton<ScheduledSizes>()
            .AddSingleton<ScheduleGauges>()
            .AddSingleton<CalendarReadings>()
            .AddSingleton<ZoneDifferences>()
            .AddSingleton<SchedulePath>()
            .AddHostedService<ScheduleTicking>();
        return services
            .AddEbbMetrics()
            .AddEbbHealth()
            .AddOverrides()
            .AddAlerts(settings)
            .AddCapacity(settings, environment.Scaler)
            .AddSingleton<LiveFeed>()
            .AddSingleton<PowerHistory>()
            .AddHostedService(s => s.GetRequiredService<PowerHistory>())
            .AddEbbOpenApi()
            .ConfigureHttpJsonOptions(options =>
            {
                var chain = options.SerializerOptions.TypeInfoResolverChain;
                chain.Insert(0, AnswerJson.Default);
                chain.Insert(1, ScheduleJson.Default);
                chain.Insert(2, CapacityJson.Default);
                chain.Insert(3, JournalJson.Default);
                chain.Insert(4, OverrideJson.Default);
                chain.Insert(5, DashboardJson.Default);
            });
    }

    private static void AddCluster(IServiceCollection services, EbbSettings settings, EngineEnvironment environment)
    {
        // A container disposes of what it made, so the connection is handed to what uses it and is no service itself.
        services.AddSingleton(s => new KubernetesApi(
            environment.Connection.GetAwaiter().GetResult(),
            environment.Clocks.Deadlines,
            environment.Api ?? new KubernetesApiOptions { Begin = s.GetRequiredService<StartupGate>().Begun }
        ));
        services.AddSingleton(s => new ClusterWatches(
            s.GetRequiredService<KubernetesApi>(),
            settings.StateNamespace,
            s.GetRequiredService<ILeadership>(),
            settings.Domains
        ));
        services.AddSingleton<ICluster>(s => new KubernetesCluster(
            s.GetRequiredService<KubernetesApi>(),
            s.GetRequiredService<ClusterWatches>(),
            settings.StateNamespace,
            settings.GitOps,
            settings.Self
        ));
        services.AddSingleton<IScheduleCluster>(s =>
            settings.FollowsSchedules
                ? new ScheduleCluster(
                    s.GetRequiredService<KubernetesApi>(),
                    s.GetRequiredService<ClusterWatches>(),
                    settings.LabelSelector,
                    settings.Self
                )
                : new NoSchedules(s.GetRequiredService<ICluster>())
        );
        services.AddSingleton<ILeadership>(s => new LeaseLeadership(
            s.GetRequiredService<KubernetesApi>(),
            settings.StateNamespace,
            "ebb",
            $"{Environment.MachineName}-{Guid.NewGuid():N}"
        ));
    }

    private static void AddPower(IServiceCollection services, EbbSettings settings, EngineClocks clocks)
    {
        services.AddSingleton(_ => new KnownAddresses(settings.Sources.Select(s => s.Host)));
        services.AddSingleton(s => new Supplies(
            UpsSources.Create(settings.Sources, clocks.World, clocks.Deadlines, s.GetRequiredService<KnownAddresses>()),
            settings.Power,
            Duration.Max(settings.PollInterval * 3, Duration.FromSeconds(10)),
            clocks
        ));
        services
            .AddSingleton(s =>
            {
                var cluster = s.GetRequiredService<ICluster>();
                return new PowerRecords(
                    cluster.Powers,
                    cluster.Outages,
                    clocks,
                    s.GetRequiredService<KnownAddresses>()
                );
            })
            .AddSingleton<LearnedDurations>()
            .AddSingleton(s => new StoredOrders(
                s.GetRequiredService<ICluster>().Orders,
                s.GetRequiredService<ActJournal>(),
                clocks,
                settings.Act
            ))
            .AddSingleton<IHookAct>(s => new JobHooks(s.GetRequiredService<KubernetesApi>(), clocks.World))
            .AddSingleton<IHookAct, HttpHooks>()
            .AddSingleton<IHookAct, NutHooks>()
            .AddSingleton<ISecrets>(s => new ClusterSecrets(s.GetRequiredService<KubernetesApi>()))
            .AddSingleton<IGateReader>(s => new GateReadings(s.GetRequiredService<KubernetesApi>()))
            .AddSingleton<HookRunner>()
            .AddSingleton<GateWatch>()
            .AddSingleton<RightsWatch>()
            .AddHostedService(s => s.GetRequiredService<RightsWatch>())
            .AddSingleton<PowerPath>()
            .AddSingleton<Ticking>()
            .AddHostedService(s => s.GetRequiredService<Ticking>());
    }
}
