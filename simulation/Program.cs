using System.Globalization;
using System.Runtime.InteropServices;
using Ebb.Simulation;
using Ebb.Simulation.Clock;
using Ebb.Simulation.Ups;

// Reads settings, starts the cluster and the UPS, prints how to reach them, and runs until it is stopped.
var settings = SimulationSettings.Read(Environment.GetEnvironmentVariable);
var clock = new SimulationClock(DateTimeOffset.UtcNow, settings.Speed);
using var stop = new CancellationTokenSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

await using var cluster = await SimulatedCluster.StartAsync(
    new SimulationOptions
    {
        KubernetesPort = settings.KubernetesPort,
        UpsPort = settings.UpsPort,
        Clock = clock,
    },
    stop.Token
);

await using var ups = await SimulatedUps.StartAsync(settings.UpsPort, clock);
await settings.Announce(cluster, ups, Console.Out, stop.Token);

try
{
    await Task.Delay(Timeout.Infinite, stop.Token);
}
catch (OperationCanceledException)
{
    Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"Stopped after {cluster.Requests.Count} API requests.")
    );
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
