using Ebb.Core.Ports;
using Ebb.Engine.Http;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;

namespace Ebb.Engine.Commands;

/// <summary><c>plan</c>: the waves as they would run now. It decides once, and writes nothing.</summary>
internal static class PlanCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(
        WebApplicationBuilder builder,
        EbbSettings settings,
        EngineEnvironment environment,
        TextWriter output
    )
    {
        using var deadline = new CancellationTokenSource(Patience, environment.Clocks.Deadlines);
        await environment.Connection.WaitAsync(deadline.Token);
        await using var engine = new IdleEngine(builder, settings, environment);
        var cluster = engine.Services.GetRequiredService<ICluster>();
        if (!await IsReadAsync(cluster, deadline.Token))
        {
            await Console.Error.WriteLineAsync("the cluster could not be read in time");
            foreach (var trouble in cluster.Known.Troubles)
                await Console.Error.WriteLineAsync(ControlCharacters.Escaped(trouble));
            return CheckCommand.ExitFailed;
        }
        var path = engine.Services.GetRequiredService<PowerPath>();
        try
        {
            await engine.Services.GetRequiredService<Supplies>().AskAllAsync(deadline.Token);
            await path.TurnAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"nothing was decided within {Patience.TotalSeconds:0} s");
            return CheckCommand.ExitFailed;
        }
        var plan = Readings.Plan(
            path.View!,
            engine.Services.GetRequiredService<LearnedDurations>().Known,
            settings.Power
        );
        foreach (var line in PlanTable.Of(plan))
            await output.WriteLineAsync(ControlCharacters.Escaped(line));
        return 0;
    }

    private static async Task<bool> IsReadAsync(ICluster cluster, CancellationToken cancellationToken)
    {
        try
        {
            for (var known = cluster.Known; !known.Synced; known = cluster.Known)
                await cluster.WaitForChangeAsync(known, cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
