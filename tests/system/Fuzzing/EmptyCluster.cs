using Ebb.Core.Ports;
using Ebb.Core.Selection;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Workloads;

namespace Ebb.Tests.Fuzzing;

/// <summary>A cluster that was read and holds nothing: what a manifest says stands alone.</summary>
internal sealed class EmptyCluster : IScheduleCluster
{
    public ScheduleObjects Known { get; } = new(true, [], [], [], [], [], []);

    public IBaselines Baselines => throw new NotSupportedException("previews write nothing");

    public Task WaitForChangeAsync(ScheduleObjects seen, CancellationToken cancellationToken) =>
        Task.Delay(Timeout.Infinite, cancellationToken);

    public ObjectLookup Find(string kind, string @namespace, string name) => new ObjectLookup.Absent($"{kind} {name}");

    public WorkloadLookup Find(WorkloadType type, string @namespace, string name) => new WorkloadLookup.Absent(name);

    public SelectedWorkloads Select(WorkloadSelection selection, string @namespace) => new([("shop", "web")]);

    public StoredBaseline? BaselineOf(BaselineKey key) => null;

    public bool TryGovernorOf(ObjectRef workload, out string? governor)
    {
        governor = null;
        return true;
    }

    public Task<WriteResult> WriteAsync(ScheduleWrite write, CancellationToken cancellationToken) =>
        throw new NotSupportedException("previews write nothing");

    public Task<WriteResult> AnnounceAsync(Announcement announcement, CancellationToken cancellationToken) =>
        throw new NotSupportedException("previews write nothing");
}
