using System.Diagnostics;

namespace Ebb.Functions.Worker;

/// <summary>
/// Ends the worker when its stream to the host has ended, which it does when the host dies, too. The worker's library
/// goes on without
/// a host: such an orphan would lead, poll and write beside the next worker. The gRPC client has an activity for each
/// call, which
/// stops with the call.
/// </summary>
internal sealed partial class HostStream : IHostedService, IDisposable
{
    private const string Method = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";
    private readonly ActivityListener _listener;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<HostStream> _log;

    public HostStream(IHostApplicationLifetime lifetime, ILogger<HostStream> log)
    {
        (_lifetime, _log) = (lifetime, log);
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Grpc.Net.Client",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = Stopped,
        };
        // Before any hosted service starts, and with that before the stream begins.
        ActivitySource.AddActivityListener(_listener);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    private void Stopped(Activity call)
    {
        if (call.GetTagItem("grpc.method") as string != Method || _lifetime.ApplicationStopping.IsCancellationRequested)
            return;
        Gone(_log);
        _lifetime.StopApplication();
    }

    [LoggerMessage(70, LogLevel.Warning, "the stream to the Functions host has ended: this worker ends")]
    private static partial void Gone(ILogger log);
}
