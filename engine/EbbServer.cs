using System.Reflection;
using Ebb.Calendars;
using Ebb.Core.Ports;
using Ebb.Core.Settings;
using Ebb.Core.Time.Windows;
using Ebb.Engine.Clocks;
using Ebb.Engine.Commands;
using Ebb.Engine.Http;
using Ebb.Engine.Loops;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;
using Ebb.Engine.Terminal;
using Ebb.Kubernetes.Connection;

namespace Ebb.Engine;

/// <summary>
/// The engine behind a web server of its own, and what every program that runs the engine has in common.
/// </summary>
internal static class EbbServer
{
    /// <summary>The settings are wrong.</summary>
    public const int ExitSettings = 2;

    /// <summary>It could not start.</summary>
    private const int ExitStart = 1;

    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(30);

    /// <summary>A program that is nothing but the engine and its web server.</summary>
    public static Task<int> RunAloneAsync(
        WebApplicationBuilder builder,
        EbbSettings settings,
        EngineEnvironment environment,
        Action<IEndpointRouteBuilder>? moreRoutes = null,
        Action? started = null
    )
    {
        builder.AddServerDefaults();
        builder.Listen(settings.HttpUrl);
        builder.Services.AddEbb(settings, environment);
        var app = builder.Build();
        app.UseEbb();
        app.MapEbb(moreRoutes);
        return RunAsync(
            app,
            environment,
            started ?? (() => StartSummary.Write(Console.Out, Version, settings, environment))
        );
    }

    /// <summary>A web server whose files and addresses come from nowhere but the settings.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        // Settings are read once, so nothing watches files for changes.
        WebApplication.CreateSlimBuilder(
            new WebApplicationOptions
            {
                Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
                ContentRootPath = AppContext.BaseDirectory,
            }
        );

    /// <summary>Null: something is wrong with them, and all of it was printed.</summary>
    public static EbbSettings? ReadSettings(
        IConfiguration configuration,
        EngineHost host,
        Command command = Command.Run,
        Action<SettingsReader>? readMore = null
    )
    {
        var (settings, faults) = EbbSettingsReader.Read(
            configuration,
            host,
            readMore,
            releases: command == Command.ReleaseAll
        );
        foreach (var fault in faults)
            Console.Error.WriteLine(fault);
        if (settings?.ZoneData is { } zones)
            TimeZones.Use(zones);
        return settings;
    }

    /// <summary>Answers what needs no settings; null: the command is one that does.</summary>
    public static int? Answer(CommandLine line, string program)
    {
        if (line.Fault is { } fault)
        {
            Console.Error.WriteLine(fault);
            return ExitSettings;
        }
        if (line.Command == Command.Version)
        {
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(line.Settings);
            return ZoneDataFile.TellVersion($"ebb {Version}", configuration.Build().AsEnumerable()) ? 0 : ExitSettings;
        }
        if (line.Command != Command.Help)
            return null;
        Console.WriteLine(HelpText.Of(program));
        return 0;
    }

    /// <summary>Of this build, without the commit.</summary>
    private static string Version =>
        typeof(EbbServer)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>Everything that is asked of an engine with settings; the exit code of the process.</summary>
    /// <param name="command">What.</param>
    /// <param name="builder">Of the web server.</param>
    /// <param name="settings">All of them.</param>
    /// <param name="environment">What the engine runs in.</param>
    /// <param name="run">Runs until it is told to stop.</param>
    public static Task<int> CarryOutAsync(
        Command command,
        WebApplicationBuilder builder,
        EbbSettings settings,
        EngineEnvironment environment,
        Func<Task<int>> run
    ) =>
        command switch
        {
            Command.Check => CheckCommand.RunAsync(builder, settings, environment, Console.Out),
            Command.Plan => PlanCommand.RunAsync(builder, settings, environment, Console.Out),
            Command.ReleaseAll => ReleaseAll.RunAsync(builder, settings, environment),
            _ => run(),
        };

    /// <summary>A real cluster, by the settings. Files and keys are read while the rest is put together.</summary>
    public static EngineEnvironment Real(ClusterSettings cluster) =>
        new(
            Task.Run(() => cluster.Connect(TimeProvider.System)),
            new EngineClocks(new SteadyClock(TimeProvider.System), TimeProvider.System)
        );

    /// <summary>Runs until the host is told to stop; the exit code of the process.</summary>
    /// <param name="host">It has the engine.</param>
    /// <param name="environment">What the engine was given.</param>
    /// <param name="started">Called once when it listens.</param>
    public static async Task<int> RunAsync(IHost host, EngineEnvironment environment, Action? started = null)
    {
        using var starting = new CancellationTokenSource(StartsWithin);
        // What cannot be reached or read is found before anything starts.
        await environment.Connection.WaitAsync(starting.Token);
        _ = new WaveDisplay(host.Services.GetRequiredService<PowerPath>());
        await host.StartAsync(starting.Token);
        host.Services.GetRequiredService<StartState>().Started = true;
        host.Services.GetRequiredService<StartupGate>().Listens(environment.Clocks.Deadlines);
        started?.Invoke();
        await host.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>
    /// Prints in its own words what keeps a program from starting; anything else is a fault of the program.
    /// </summary>
    public static async Task<int> TellFailureAsync(Func<Task<int>> program)
    {
        try
        {
            return await program();
        }
        catch (Exception failure)
            when (failure is ConnectionException or IOException or System.Net.Sockets.SocketException)
        {
            Console.Error.WriteLine(ControlCharacters.Escaped(failure.Message));
            return ExitStart;
        }
    }
}
