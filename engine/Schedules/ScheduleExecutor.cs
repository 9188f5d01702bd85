using Ebb.Core.Ports;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Workloads;
using Ebb.Engine.Claims;
using Ebb.Engine.Journal;
using Ebb.Engine.Overrides;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary>Brings one scaled object to what its schedules ask, step by step, and has its status told.</summary>
internal sealed class ScheduleExecutor(
    IScheduleCluster cluster,
    Duration tick,
    ILogger log,
    WorkloadSentences? why = null,
    ActJournal? journal = null,
    bool nobodyAsks = false
)
{
    /// <summary>No object needs more steps in one turn; the next turn goes on.</summary>
    private const int MostSteps = 8;

    private readonly ScheduleSituation _situation = new(cluster, nobodyAsks);
    private readonly ScheduleTelling _telling = new(cluster, tick, log);

    /// <param name="entry">The object.</param>
    /// <param name="state">What the clock says; null when nothing valid was ever seen.</param>
    /// <param name="progress">What is remembered of it.</param>
    /// <param name="sleepers">What power has asleep as of now; asked after the workload was read.</param>
    /// <param name="acts">False: write nothing but statuses; asked before each write.</param>
    /// <param name="leads">False: write nothing at all.</param>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task FollowAsync(
        IndexEntry entry,
        ScheduleState? state,
        ScheduleProgress progress,
        Func<SleepingTargets> sleepers,
        Func<bool> acts,
        bool leads,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        // Why it is as it is may change with nothing else, as when power lets go of it.
        var (kind, name) = ScheduledWorkload.Of(entry, cluster);
        var said = why?.Of(ScheduledWorkload.TypeOf(entry, kind), entry.Namespace, name, now) ?? (null, false);
        var inputs = _situation.Inputs(entry, state, sleepers(), acts(), leads, said);
        if (progress.IsAsBefore(inputs, now))
            return;
        // What this turn writes makes other inputs, so that the next one looks again.
        progress.Inputs = inputs;
        progress.Begin();
        var patched = false;
        BaselineKey? created = null;
        for (var i = 0; i < MostSteps; i++)
        {
            progress.Finding = _situation.Decide(entry, state, sleepers, now);
            if (progress.Finding.Steps is not [var step, ..])
            {
                progress.Settled();
                break;
            }

            // Power and overrides say what they have before they write: what they made is not taken for its own.
            if (!acts() || !leads || progress.Withholds(step, _situation.SizedBy(step), now, tick))
                break;
            var result = await cluster.WriteAsync(step, cancellationToken);
            // Somebody was faster than the first write: what was captured may be from before that.
            if (
                created is { } key
                && result.Outcome == WriteOutcome.Conflict
                && step.Statement is { } statement
                && _situation.Decide(entry, state, sleepers, now).Steps is [{ Statement: { } next }, ..]
                && next == statement
            )
                await cluster.Baselines.TakeBackAsync(key, cancellationToken);
            created = step is ScheduleWrite.Keep { Stored: null } keep && result == WriteResult.Done ? keep.Key : null;
            journal?.Record(
                "schedules",
                step.What,
                step.On.ToString(),
                said.Sentence ?? "",
                result.Outcome == WriteOutcome.Done ? "done" : $"{result.Outcome}: {result.Detail}"
            );
            if (
                result.Outcome != WriteOutcome.Done
                && !(step is ScheduleWrite.Delete && result.Outcome == WriteOutcome.Gone)
            )
            {
                log.WriteFailed(step.On.ToString(), step.What, $"{result.Outcome}: {result.Detail}");
                progress.Failed(step, result, now, tick);
                break;
            }

            log.Wrote(step.On.ToString(), step.What);
            progress.Did(step, now);
            patched |= step.On.Kind == ScheduleTarget.Hpa;
            if (step.Note is { } note)
                await cluster.AnnounceAsync(
                    new Announcement(
                        note.On.Ref,
                        note.On.Uid,
                        false,
                        note.Reason,
                        note.Action,
                        note.Text,
                        note.Controller
                    ),
                    cancellationToken
                );
            // What a step changed in the entry's own objects makes a new entry; the next turn comes at once.
            if (step.EndsTurn || IsOfSchedules(step.On))
                break;
        }

        if (leads && !progress.Finding.Waits)
            await _telling.TellAsync(entry, state, progress, patched, said, now, cancellationToken);
    }

    /// <summary>Tells of a Schedule that selects, after each of its workloads was followed.</summary>
    public Task TellAsync(
        SelectionEntry entry,
        IReadOnlyDictionary<string, string> troubles,
        ScheduleProgress progress,
        Instant now,
        CancellationToken cancellationToken
    ) => _telling.TellAsync(entry, troubles, progress, now, cancellationToken);

    /// <summary>Whether entries are read from objects of its kind.</summary>
    private static bool IsOfSchedules(ObjectRef on) =>
        on.Kind is "ServiceScaler" or "Schedule" or ScheduleTarget.Autoscaler or "ConfigMap";
}
