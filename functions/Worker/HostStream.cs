using System.Diagnostics.Tracing;

namespace Ebb.Functions.Worker;

/// <summary>
/// Ends the worker when its stream to the host has ended, which it does when the host dies, too. The worker's library goes on without
/// a host: such an orphan would lead, poll and write beside the next worker. The stream is its only gRPC call, and the gRPC client
/// tells the end of each call through its event source.
/// </summary>
internal sealed partial class HostStream : EventListener, IHostedService
{
    private const string Client = "Grpc.Net.Client";
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<HostStream> _log;

    public HostStream(IHostApplicationLifetime lifetime, ILogger<HostStream> log) =>
        (_lifetime, _log) = (lifetime, log);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = StopWithItAsync();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Client)
            EnableEvents(eventSource, EventLevel.Verbose);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name == Client && eventData.EventName is "CallStop" or "CallFailed")
            _ended?.TrySetResult();
    }

    private async Task StopWithItAsync()
    {
        await _ended.Task;
        if (_lifetime.ApplicationStopping.IsCancellationRequested)
            return;
        Gone(_log);
        _lifetime.StopApplication();
    }

    [LoggerMessage(70, LogLevel.Warning, "the stream to the Functions host has ended: this worker ends")]
    private static partial void Gone(ILogger log);
}
