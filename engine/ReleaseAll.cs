using System.Text.Json.Nodes;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Workloads;
using Ebb.Engine.Loops;
using Ebb.Engine.Power;
using Ebb.Engine.Schedules;
using Ebb.Engine.Settings;
using Ebb.Kubernetes;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Engine;

/// <summary>
/// <c>release --all</c>: gives every workload back what it was, whatever UpsScalers, orders, overrides and Schedules
/// ask, and ends. For whoever takes Ebb out of a cluster; the operator must not run meanwhile, since it would ask
/// again: where <c>Ebb__SelfNamespace</c> and <c>Ebb__SelfName</c> name its Deployment, that is scaled to zero first.
/// </summary>
internal static class ReleaseAll
{
    /// <summary>Something could not be given back in time.</summary>
    public const int ExitLeft = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static async Task<int> RunAsync(
        WebApplicationBuilder builder,
        EbbSettings settings,
        EngineEnvironment environment
    )
    {
        builder.AddServerDefaults();
        // Nobody asks it anything.
        builder.Listen(new Uri("http://127.0.0.1:0"));
        builder.Services.AddEbb(settings with { Release = true, Sources = [] }, environment);
        await using var app = builder.Build();
        await environment.Connection.WaitAsync(Patience);
        using var deadline = new CancellationTokenSource(Patience, environment.Clocks.Deadlines);
        if (settings.Self is { } operators)
            await StopAsync(app.Services.GetRequiredService<KubernetesApi>(), operators, deadline.Token);
        await app.StartAsync();
        app.Services.GetRequiredService<StartupGate>().Listens(environment.Clocks.Deadlines);
        var exit = await WaitAsync(
            app.Services,
            environment.Clocks.Deadlines,
            deadline.Token,
            app.Lifetime.ApplicationStopping
        );
        await app.StopAsync();
        return exit;
    }

    /// <summary>The operator would ask again for all that is given back, so its Deployment is scaled to zero.</summary>
    private static async Task StopAsync(
        KubernetesApi api,
        (string Namespace, string Name) deployment,
        CancellationToken cancellationToken
    )
    {
        var zero = new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 0 } };
        try
        {
            await api.PatchAsync(
                new ResourceType("apps", "v1", "deployments", "Deployment"),
                deployment.Namespace,
                deployment.Name,
                "scale",
                zero,
                cancellationToken
            );
            Console.WriteLine($"the Deployment {deployment.Namespace}/{deployment.Name} is scaled to 0");
        }
        catch (KubernetesException failure)
        {
            // The Lease tells whether it still runs, and whoever waits for it is told.
            Console.Error.WriteLine(ControlCharacters.Escaped(failure.Message));
        }
    }

    private static async Task<int> WaitAsync(
        IServiceProvider services,
        TimeProvider time,
        CancellationToken deadline,
        CancellationToken stopping
    )
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline, stopping);
        string? told = null;
        while (true)
        {
            var left = Left(services);
            if (left.Count == 0)
            {
                Console.WriteLine("everything is what it was; nothing of Ebb's is left on any workload");
                return 0;
            }
            var text = string.Join(Environment.NewLine, left.Select(ControlCharacters.Escaped));
            if (text != told)
                Console.WriteLine(text);
            told = text;
            await Task.Delay(Interval, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!either.IsCancellationRequested)
                continue;
            Console.Error.WriteLine(
                stopping.IsCancellationRequested
                    ? $"told to stop before everything was given back:{Environment.NewLine}{text}"
                    : $"not given back within {Patience.TotalMinutes:0} min: see above"
            );
            return ExitLeft;
        }
    }

    /// <summary>What is not given back yet, or why that is not known; empty: nothing.</summary>
    private static List<string> Left(IServiceProvider services)
    {
        var (known, leader) = (
            services.GetRequiredService<ICluster>().Known,
            services.GetRequiredService<ILeadership>()
        );
        if (!known.Synced || known.OverrideBaselines is null)
            return ["the cluster is being read", .. known.Troubles];
        if (leader.HeldUntil is null)
            return
            [
                leader.Problem
                    ?? $"the Lease is held by {leader.Holder ?? "somebody"}: scale the operator down, it would ask again",
            ];
        List<string> left =
        [
            .. known
                .Scalers.Where(s => s.Baseline is not null)
                .Select(s => $"{s.Type} {ObjectRef.Placed(s.TargetNamespace, s.TargetName ?? "")} is asleep or waking"),
            .. known
                .Scalers.Where(s =>
                    (s.Target as WorkloadLookup.Found)?.Workload.ScaledObject?.Annotations.ContainsKey(
                        WellKnown.HoldsGrowthAnnotation
                    ) == true
                )
                .Select(s => $"{s.Type} {ObjectRef.Placed(s.TargetNamespace, s.TargetName ?? "")} must not grow yet"),
            .. known.OverrideBaselines.Select(b => $"{OverrideKey.Of(b.Key)} is overridden"),
        ];
        if (services.GetRequiredService<SchedulePath>().View is not { } schedules)
            left.Add("Schedules are being read");
        else
            left.AddRange(schedules.World.Baselines.Select(b => $"{b.Key} is sized by the clock"));
        return left;
    }
}
