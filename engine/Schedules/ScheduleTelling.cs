using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Time.Windows;
using Ebb.Core.Workloads;
using Ebb.Engine.Overrides;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary>Writes what was found where kubectl shows it: statuses, and Events when a condition changes.</summary>
internal sealed class ScheduleTelling(IScheduleCluster cluster, Duration tick, ILogger log)
{
    /// <summary>The status of every object that says something about the entry.</summary>
    /// <param name="entry">The object that is scaled.</param>
    /// <param name="state">What the clock says; null when nothing valid was ever seen.</param>
    /// <param name="progress">What was found of it.</param>
    /// <param name="patched">Its HPA was written in this turn.</param>
    /// <param name="said">Why it is as it is, and whether power has it in hand.</param>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task TellAsync(
        IndexEntry entry,
        ScheduleState? state,
        ScheduleProgress progress,
        bool patched,
        (string? Because, bool InHand) said,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        var trouble = progress.Finding.Trouble ?? progress.Failure;
        var changedBy = progress.ChangedBy(now);
        // The same sentence as everywhere; what people should know besides comes after it.
        var (because, inHand) = said;
        var words =
            because is null || progress.Finding.Hint is null
                ? because ?? progress.Finding.Hint
                : $"{because}; {progress.Finding.Hint}";
        // While power moves things, what is said of time alone can wait.
        string? Hint(ObjectView of, string condition) =>
            inHand && ScheduleConditions.Shown(of) == condition ? ScheduleConditions.Told(of) : words;
        switch (entry)
        {
            case ScalerEntry { Scaler: { Deleting: false } scaler } one:
                scaler = Find(scaler.Ref).It ?? scaler;
                var wrong = one.Faults.Count > 0 ? string.Join("; ", one.Faults) : trouble;
                await TellAsync(
                    scaler,
                    ServiceScalerDecision.Status(
                        scaler,
                        state,
                        patched,
                        wrong is null ? ScheduleConditions.Available : ScheduleConditions.Degraded,
                        wrong ?? Hint(scaler, ScheduleConditions.Available) ?? "",
                        changedBy,
                        now
                    ),
                    wrong is null ? null : ScheduleConditions.Degraded,
                    wrong ?? "",
                    progress,
                    now,
                    cancellationToken
                );
                break;
            case TargetEntry one:
                if (one.Parent is { Deleting: false } parent)
                {
                    parent = Find(parent.Ref).It ?? parent;
                    var fault = one.Faults.Count > 0 ? string.Join("; ", one.Faults) : trouble;
                    var condition = fault is null ? ScheduleConditions.Available : ScheduleConditions.Degraded;
                    await TellAsync(
                        parent,
                        ScheduleConditions.Status(
                            parent,
                            condition,
                            fault ?? Hint(parent, condition) ?? "",
                            changedBy,
                            now
                        ),
                        condition,
                        fault ?? words ?? "in order",
                        progress,
                        now,
                        cancellationToken
                    );
                }

                foreach (
                    var member in one.Members.Where(member =>
                        member is { Seen: { Deleting: false, Ref.Kind: "Schedule" }, Selected: null }
                    )
                )
                {
                    // One whose only day is a day off is never in force, and over all the same.
                    if (member.Schedule?.Rule.Window.Over is { } over && over > now)
                        progress.Again(over);
                    TellAgain(member, progress, now);
                    var seen = Find(member.Seen.Ref).It ?? member.Seen;
                    var (condition, message) = ScheduleConditions.Of(member, trouble, words, now);
                    if (message == words)
                        message = Hint(seen, condition) ?? "";
                    await TellAsync(
                        seen,
                        ScheduleConditions.Status(
                            seen,
                            condition,
                            message,
                            changedBy,
                            now,
                            daysOff: ScheduleConditions.DaysOff(member, now)
                        ),
                        condition,
                        message,
                        progress,
                        now,
                        cancellationToken
                    );
                }

                foreach (
                    var member in one.Members.Where(member => member.Seen is { Deleting: false, Ref.Kind: "ConfigMap" })
                )
                {
                    // A ConfigMap has no status: its error is reported once, in an Event.
                    var fault = member.Faults.Count > 0 ? string.Join("; ", member.Faults) : trouble;
                    if (progress.IsNews(member.Seen.Uid, fault) && fault is not null)
                        await cluster.AnnounceAsync(
                            new Announcement(
                                member.Seen.Ref,
                                member.Seen.Uid,
                                true,
                                ScheduleConditions.Degraded,
                                "Schedule",
                                $"{member.Seen.Ref}: {fault}"
                            ),
                            cancellationToken
                        );
                }

                break;
        }
    }

    /// <summary>
    /// The status, and an Event when the condition is another than was shown, or when its reason is known at last.
    /// </summary>
    private async Task TellAsync(
        ObjectView seen,
        JsonObject? patch,
        string? condition,
        string message,
        ScheduleProgress progress,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        if (patch is null)
            return;
        var before = ScheduleConditions.Shown(seen);
        var write = new ScheduleWrite.Merge(seen.Ref, "status", seen.Uid, seen.ResourceVersion, patch, "status");
        if (progress.Withholds(write, seen.SizedBy, now, tick))
            return;
        var result = await cluster.WriteAsync(write, cancellationToken);
        if (result.Outcome != WriteOutcome.Done)
        {
            progress.Failed(write, result, now, tick);
            return;
        }

        progress.Did(write, now);
        if (message.Length > 0)
            log.Stands(seen.Ref.ToString(), condition ?? ScheduleConditions.Available, message);
        var reason = message.Length > 0 && string.IsNullOrEmpty(ScheduleConditions.Told(seen));
        if (condition is null || (condition == before && !reason))
            return;
        var text = message.Length == 0 ? $"{seen.Ref} is {condition}" : $"{seen.Ref} is {condition}: {message}";
        await cluster.AnnounceAsync(
            new Announcement(seen.Ref, seen.Uid, condition == ScheduleConditions.Degraded, condition, "Schedule", text),
            cancellationToken
        );
    }

    /// <summary>
    /// Tells of a Schedule that selects, after each of its workloads was followed: how many it means, and which of them
    /// cannot be as it asks.
    /// </summary>
    /// <param name="entry">The Schedule.</param>
    /// <param name="troubles">Of the workloads, by the key of their entry.</param>
    /// <param name="progress">What is remembered of it.</param>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public Task TellAsync(
        SelectionEntry entry,
        IReadOnlyDictionary<string, string> troubles,
        ScheduleProgress progress,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        var member = entry.Member;
        if (member.Seen.Deleting)
            return Task.CompletedTask;
        progress.Begin();
        var seen = Find(member.Seen.Ref).It ?? member.Seen;
        var (condition, message) = ScheduleConditions.Of(member, entry.Trouble(troubles), null, now);
        if (member.Schedule?.Rule.Window.Over is { } over && over > now)
            progress.Again(over);
        TellAgain(member, progress, now);
        return TellAsync(
            seen,
            ScheduleConditions.Status(
                seen,
                condition,
                message,
                null,
                now,
                entry,
                ScheduleConditions.DaysOff(member, now)
            ),
            condition,
            message,
            progress,
            now,
            cancellationToken
        );
    }

    /// <summary>On the next day the days off of the next 30 days may be others.</summary>
    private static void TellAgain(IndexMember member, ScheduleProgress progress, Instant now)
    {
        if (member.Schedule is { } schedule && UpcomingDaysOff.NextChange(schedule.Rule.Window, now) is { } next)
            progress.Again(next);
    }

    private ObjectLookup Find(ObjectRef on) => cluster.Find(on.Kind, on.Namespace, on.Name);
}
