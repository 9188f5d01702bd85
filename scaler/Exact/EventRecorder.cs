using System.Threading.Channels;
using Ebb.Core.Ports;
using Ebb.Kubernetes.Capacity;

namespace Ebb.Scaler.Exact;

/// <summary>Records Events in the background: no call waits for the API server.</summary>
internal sealed class EventRecorder(ScalerCluster cluster, ILogger<EventRecorder> log) : BackgroundService
{
    private readonly Channel<(string Namespace, string Name, string Reason, string Note)> _queue =
        Channel.CreateBounded<(string, string, string, string)>(
            new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest }
        );

    /// <summary>Queues an Event on the ScaledObject; where 1000 are waiting the oldest is dropped.</summary>
    public void Record(string @namespace, string name, string reason, string note) =>
        _queue.Writer.TryWrite((@namespace, name, reason, note));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (@namespace, name, reason, note) in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            log.EventQueued(@namespace, name, note);
            if (cluster.ScaledObject(@namespace, name).It is not { } scaled)
                continue;
            var result = await cluster.AnnounceAsync(
                new Announcement(scaled.Ref, scaled.Uid, true, reason, "Answer", note),
                stoppingToken
            );
            if (result.Outcome != WriteOutcome.Done)
                log.EventNotRecorded(@namespace, name, result.Detail);
        }
    }
}
