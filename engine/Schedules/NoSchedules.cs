using Ebb.Core.Ports;
using Ebb.Core.Selection;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Workloads;

namespace Ebb.Engine.Schedules;

/// <summary>
/// In place of the cluster where <c>Schedules__Enabled</c> is false: nothing is read, nothing is asked.
/// </summary>
internal sealed class NoSchedules(ICluster cluster) : IScheduleCluster
{
    private const string Off = "Schedules__Enabled is false";

    public ScheduleObjects Known { get; } = new(true, [], [], [], [], [], []);

    public IBaselines Baselines => cluster.Baselines;

    public Task WaitForChangeAsync(ScheduleObjects seen, CancellationToken cancellationToken) =>
        Task.Delay(Timeout.Infinite, cancellationToken);

    public ObjectLookup Find(string kind, string @namespace, string name) => new ObjectLookup.Unknown(Off, true);

    public WorkloadLookup Find(WorkloadType type, string @namespace, string name) =>
        new WorkloadLookup.Unknown(Off) { IsLasting = true };

    public SelectedWorkloads Select(WorkloadSelection selection, string @namespace) => new([], Off);

    public StoredBaseline? BaselineOf(BaselineKey key) => null;

    public bool TryGovernorOf(ObjectRef workload, out string? governor)
    {
        governor = null;
        return false;
    }

    public Task<WriteResult> WriteAsync(ScheduleWrite write, CancellationToken cancellationToken) =>
        Task.FromResult(new WriteResult(WriteOutcome.Invalid, Off));

    public Task<WriteResult> AnnounceAsync(Announcement announcement, CancellationToken cancellationToken) =>
        Task.FromResult(new WriteResult(WriteOutcome.Invalid, Off));
}
