using Ebb.Core.Ports;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Engine.Power;

/// <summary>
/// Tells of what applies workloads from Git and is held back with them. There is no UpsScaler whose status would say
/// so:
/// the log, the API and Events on the object itself do. What was told is remembered by this process alone.
/// </summary>
internal sealed class OwnerReporter(ICluster cluster, ILogger log)
{
    private readonly Dictionary<string, (WorkloadPhase Phase, string? ChangedBy)> _told = new(StringComparer.Ordinal);

    /// <summary>What may not hold although it is asked, each as a sentence.</summary>
    public static IEnumerable<string> Doubts(Plan? plan) =>
        (plan?.Workloads ?? [])
            .Where(state => state.Member.Scaler.Doubt is not null)
            .Select(state => $"{state.Member}: {state.Member.Scaler.Doubt}");

    public async Task TellAsync(Plan plan, CancellationToken cancellationToken)
    {
        foreach (var state in plan.Workloads.Where(state => state.Member.Scaler.Implied))
        {
            var (member, uid) = (state.Member, state.Member.Scaler.Uid);
            var known = _told.TryGetValue(uid, out var told);
            if (known && told == (state.Phase, state.ChangedBy))
                continue;
            // One that is as it wants to be, or is not read yet, is no news at the start.
            if (!known && state is { Phase: WorkloadPhase.Awake or WorkloadPhase.Unknown, Member.Scaler.Doubt: null })
            {
                _told[uid] = (state.Phase, state.ChangedBy);
                continue;
            }
            var undone = state.ChangedBy is not null && state.ChangedBy != told.ChangedBy;
            var (warning, reason) = state.Phase switch
            {
                _ when undone => (true, "Undone"),
                WorkloadPhase.Refused => (true, "Refused"),
                WorkloadPhase.Unknown => (true, "NotKnown"),
                WorkloadPhase.Asleep => (state.Member.Scaler.Doubt is not null, "Suspended"),
                WorkloadPhase.Awake when known => (false, "Resumed"),
                WorkloadPhase.Awake => (true, "MayNotHold"),
                _ => (false, ""),
            };
            if (reason.Length > 0)
                await cluster.AnnounceAsync(
                    new Announcement(
                        member.Scaler.Ref,
                        member.Workload?.Uid,
                        warning,
                        reason,
                        "Power",
                        $"{member}: {state.Reason}"
                    ),
                    cancellationToken
                );
            log.Stands(
                PowerLog.LevelOf(state.Phase, isNew: true, state.ChangedBy is not null),
                member.ToString(),
                Wording.Of(state.Phase),
                state.Reason
            );
            // Only now: what is cut short by the next wave is told in the next turn.
            _told[uid] = (state.Phase, state.ChangedBy);
        }
        foreach (var gone in _told.Keys.Except(plan.Workloads.Select(state => state.Member.Scaler.Uid)).ToList())
            _told.Remove(gone);
    }
}
