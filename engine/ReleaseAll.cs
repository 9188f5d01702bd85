using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Workloads;
using Ebb.Engine.Loops;
using Ebb.Engine.Power;
using Ebb.Engine.Schedules;
using Ebb.Engine.Settings;

namespace Ebb.Engine;

/// <summary>
/// <c>release --all</c>: gives every workload back what it was, whatever UpsScalers, orders, overrides and Schedules
/// ask, and ends. For whoever takes Ebb out of a cluster; the operator must not run meanwhile, since it would ask again.
/// </summary>
internal static class ReleaseAll
{
    /// <summary>Something could not be given back in time.</summary>
    public const int ExitLeft = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether the arguments ask for it.</summary>
    public static bool IsAsked(IReadOnlyList<string> args) => args is ["release", "--all"];

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
        await app.StartAsync();
        app.Services.GetRequiredService<StartupGate>().Listens(environment.Clocks.Deadlines);
        using var deadline = new CancellationTokenSource(Patience, environment.Clocks.Deadlines);
        var exit = await WaitAsync(app.Services, environment.Clocks.Deadlines, deadline.Token);
        await app.StopAsync();
        return exit;
    }

    private static async Task<int> WaitAsync(IServiceProvider services, TimeProvider time, CancellationToken deadline)
    {
        string? told = null;
        while (true)
        {
            var left = Left(services);
            if (left.Count == 0)
            {
                Console.WriteLine("everything is what it was; nothing of Ebb's is left on any workload");
                return 0;
            }
            var text = string.Join(Environment.NewLine, left);
            if (text != told)
                Console.WriteLine(text);
            told = text;
            await Task.Delay(Interval, time, deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!deadline.IsCancellationRequested)
                continue;
            Console.Error.WriteLine($"not given back within {Patience.TotalMinutes:0} min: see above");
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
                .Select(s => $"{s.Type} {s.TargetNamespace}/{s.TargetName} is asleep or waking"),
            .. known.OverrideBaselines.Select(b => $"{OverrideKey.Of(b.Key)} is overridden"),
        ];
        if (services.GetRequiredService<SchedulePath>().View is not { } schedules)
            left.Add("Schedules are being read");
        else
            left.AddRange(schedules.World.Baselines.Select(b => $"{b.Key} is sized by the clock"));
        return left;
    }
}
