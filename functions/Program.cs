using Ebb.Engine;
using Ebb.Engine.Settings;
using Ebb.Functions.Simulated;
using Ebb.Functions.Worker;

if (EbbServer.TellVersion(args, Console.Out))
    return 0;
var hosted = FunctionsWorker.IsStartedByHost(args);
DemoWorld? demo = null;
Action<IEndpointRouteBuilder> demoRoutes = api =>
{
    if (demo is not null)
        api.MapDemo(demo);
};
var builder = hosted ? FunctionsWorker.CreateBuilder(args, demoRoutes) : EbbServer.CreateBuilder(args);
DemoSettings? simulation = null;
var settings = EbbServer.ReadSettings(
    builder.Configuration,
    hosted ? EngineHost.FunctionsHost : EngineHost.Alone,
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
        ? await EbbServer.RunAloneAsync(
            alone,
            settings,
            environment,
            demoRoutes,
            () => demo?.Announce(Console.Out, settings.HttpUrl)
        )
        : await FunctionsWorker.RunAsync(builder, settings, environment);
});
