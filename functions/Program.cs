using Ebb.Engine;
using Ebb.Engine.Commands;
using Ebb.Engine.Settings;
using Ebb.Functions.Simulated;
using Ebb.Functions.Worker;

var hosted = FunctionsWorker.IsStartedByHost(args);
var line = hosted ? new CommandLine(Command.Run, args) : CommandLine.Read(args);
if (EbbServer.Answer(line, "Ebb.Functions") is { } answered)
    return answered;
DemoWorld? demo = null;
Action<IEndpointRouteBuilder> demoRoutes = api =>
{
    if (demo is not null)
        api.MapDemo(demo);
};
var builder = hosted ? FunctionsWorker.CreateBuilder(args, demoRoutes) : EbbServer.CreateBuilder(line.Settings);
DemoSettings? simulation = null;
var settings = EbbServer.ReadSettings(
    builder.Configuration,
    hosted ? EngineHost.FunctionsHost : EngineHost.Alone,
    line.Command,
    reader => simulation = DemoSettings.Read(reader)
);
if (settings is null)
    return EbbServer.ExitSettings;
return await EbbServer.TellFailureAsync(async () =>
{
    await using var world = demo = settings.Cluster is null
        ? await DemoWorld.StartAsync(simulation!, settings.StateNamespace)
        : null;
    var environment = settings.Cluster is { } cluster ? EbbServer.Real(cluster) : demo!.Environment;
    return builder is WebApplicationBuilder alone
        ? await EbbServer.CarryOutAsync(
            line.Command,
            alone,
            settings,
            environment,
            () =>
                EbbServer.RunAloneAsync(
                    alone,
                    settings,
                    environment,
                    demoRoutes,
                    demo is null ? null : () => demo.Announce(Console.Out, settings.HttpUrl)
                )
        )
        : await FunctionsWorker.RunAsync(builder, settings, environment);
});
