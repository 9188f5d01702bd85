using Ebb.Core.Ports;
using Ebb.Core.Rights;
using Ebb.Engine.Clocks;
using Ebb.Engine.Journal;
using Ebb.Engine.Rights;
using Ebb.Engine.Settings;
using Ebb.Kubernetes.Api;
using Ebb.Nut;

namespace Ebb.Engine.Commands;

/// <summary><c>check</c>: everything that a start would need, asked once and told line by line.</summary>
internal static class CheckCommand
{
    /// <summary>Something cannot be reached.</summary>
    public const int ExitFailed = 1;

    /// <summary>A right, a definition or the namespace is missing.</summary>
    public const int ExitMissing = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

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
        await TellAsync(new Finding(Severity.Fine, "settings", "all are right"), output);
        var worst = Severity.Fine;
        try
        {
            foreach (var check in Checks(engine.Services))
            await foreach (var finding in check.FindAsync(deadline.Token))
            {
                await TellAsync(finding, output);
                worst = finding.Severity > worst ? finding.Severity : worst;
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            worst = Severity.Failed;
            await TellAsync(new Finding(worst, "check", $"not done within {Patience.TotalMinutes:0} min"), output);
        }
        return worst switch
        {
            Severity.Failed => ExitFailed,
            Severity.Missing => ExitMissing,
            _ => 0,
        };
    }

    private static Task TellAsync(Finding finding, TextWriter output) =>
        output.WriteLineAsync(ControlCharacters.Escaped(finding.ToString()));

    private static IReadOnlyList<ICheck> Checks(IServiceProvider services)
    {
        var (settings, api, clocks) = (
            services.GetRequiredService<EbbSettings>(),
            services.GetRequiredService<KubernetesApi>(),
            services.GetRequiredService<EngineClocks>()
        );
        var rights = OperatorRights.Of(settings.FollowsPower, settings.FollowsSchedules);
        var sources = UpsSources.Create(settings.Sources, clocks.World, clocks.Deadlines);
        return
        [
            new ClusterCheck(api, rights),
            new NamespaceCheck(api, settings.StateNamespace),
            new RightsCheck(new NeededRights(api, rights, settings.StateNamespace)),
            new UpsCheck(sources, settings.FollowsPower),
            new ArchiveCheck(services.GetRequiredService<ActJournal>()),
        ];
    }
}
