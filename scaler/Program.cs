using System.Net.Sockets;
using System.Security.Cryptography;
using Ebb.Calendars;
using Ebb.Core.Ports;
using Ebb.Core.Settings;
using Ebb.Core.Time.Windows;
using Ebb.Kubernetes.Connection;
using Ebb.Scaler;
using Ebb.Scaler.Settings;

if (args.Contains("--help"))
{
    Console.WriteLine(ScalerHelp.Text);
    return 0;
}

var configuration = new ConfigurationBuilder()
    .AddEnvironmentVariables()
    .AddCommandLine(SettingArguments.Of([.. args.Where(arg => arg != "--version")]))
    .Build();
if (args.Contains("--version"))
    return ZoneDataFile.TellVersion($"ebb-scaler {ScalerHelp.Version}", configuration.AsEnumerable()) ? 0 : 2;
var (settings, faults) = ScalerSettingsReader.Read(configuration);
if (settings is null)
{
    foreach (var fault in faults)
        Console.Error.WriteLine(fault);
    return 2;
}

if (settings.ZoneData is { } zones)
    TimeZones.Use(zones);

#if !SIMULATION
if (settings.FollowInput)
{
    Console.Error.WriteLine("Scaler__FollowInput: expected false, since this build has no simulation, found true");
    return 2;
}
#endif

try
{
    using var starting = new CancellationTokenSource(TimeSpan.FromSeconds(30));
    var world = TimeProvider.System;
#if SIMULATION
    var demo = settings.FollowInput ? await Demo.AttachAsync(Console.In, starting.Token) : null;
    world = demo?.Clock ?? world;
#endif
    var connection = settings.Cluster.Connect(TimeProvider.System);
    await using var app = ScalerHost.Build(settings, connection, world, TimeProvider.System);
    await app.StartAsync(starting.Token);
    app.Services.GetRequiredService<ILoggerFactory>()
        .CreateLogger("Ebb.Scaler")
        .Started(settings.GrpcUrl.ToString(), settings.HttpUrl.ToString(), connection.ToString());
#if SIMULATION
    // A read of standard input cannot be cancelled everywhere, so nobody waits for it but the end of the process.
    if (demo is not null)
        _ = demo.FollowAsync(CancellationToken.None)
            .ContinueWith(_ => app.Lifetime.StopApplication(), TaskScheduler.Default);
#endif
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception failure)
    when (failure is ConnectionException or IOException or CryptographicException or SocketException)
{
    Console.Error.WriteLine(ControlCharacters.Escaped(failure.Message));
    return 1;
}
