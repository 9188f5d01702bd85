using Ebb.Engine;
using Ebb.Engine.Settings;
using Microsoft.Azure.Functions.Worker.Builder;

namespace Ebb.Functions.Worker;

/// <summary>
/// This process as a worker of the Functions host. Only this folder knows the worker's libraries, so that nothing else
/// loads them.
/// </summary>
internal static class FunctionsWorker
{
    /// <summary>The host always says where it is; nobody else starts this process with that.</summary>
    public static bool IsStartedByHost(string[] args) => args.Contains("--functions-uri");

    public static IHostApplicationBuilder CreateBuilder(string[] args, Action<IEndpointRouteBuilder>? more)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication();
        // The host drops every line that belongs to no invocation, and most lines of the engine belong to none.
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.AddSingleton(services => new RouteTable(services, more)).AddHostedService<HostStream>();
        return builder;
    }

    /// <summary>Runs until the host tells it to stop, or is gone.</summary>
    public static async Task<int> RunAsync(
        IHostApplicationBuilder builder,
        EbbSettings settings,
        EngineEnvironment environment
    )
    {
        builder.AddServerDefaults();
        builder.Services.AddEbb(settings, environment);
        using var worker = ((FunctionsApplicationBuilder)builder).Build();
        return await EbbServer.RunAsync(worker, environment);
    }
}
