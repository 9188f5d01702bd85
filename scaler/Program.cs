using System.Security.Cryptography;
using Ebb.Kubernetes;
using Ebb.Scaler;
using Ebb.Scaler.Settings;

var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
var (settings, faults) = ScalerSettingsReader.Read(configuration);
if (settings is null)
{
    foreach (var fault in faults) Console.Error.WriteLine(fault);
    return 2;
}

try
{
    var connection = settings.Cluster.Connect(TimeProvider.System);
    await using var app = ScalerHost.Build(settings, connection, TimeProvider.System, TimeProvider.System);
    await app.StartAsync();
    app.Services.GetRequiredService<ILogger<Program>>().Listens(settings.GrpcUrl.ToString(), settings.HttpUrl.ToString(), connection.ToString());
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception failure) when (failure is ConnectionException or IOException or CryptographicException or System.Net.Sockets.SocketException)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
