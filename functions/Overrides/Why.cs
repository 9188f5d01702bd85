using Ebb.Core.Planning;
using Ebb.Core.Planning.Claims;
using Ebb.Core.Planning.Overrides;
using Ebb.Core.Planning.Waves;
using Ebb.Core.Schedules;
using Ebb.Functions.Power;
using Ebb.Functions.Schedules;
using NodaTime;

namespace Ebb.Functions.Overrides;

/// <summary>
/// The sentence on a workload, for whoever speaks of it under another name: the status of a Schedule, an Event, the log. It is the one
/// that <c>/api/workloads/…</c> gives at that instant.
/// </summary>
internal sealed class Why(PowerPath power, Unlisted unlisted, IEnumerable<IClaims> claims)
{
    /// <summary>Null: nobody asks anything of it, or it is no workload. And whether power has it in hand, when there are more urgent writes than this.</summary>
    public (string? Sentence, bool InHand) Of(ScheduleItemTarget target, string @namespace, Instant now) =>
        WorkloadType.Known.FirstOrDefault(type => type.Kind == target.Kind) is { } type && power.View is { } view
            ? (Of(view, type, @namespace, target.Name, now), Listed(view, type, @namespace, target.Name) is { } state && IsInHand(state)) : (null, false);

    /// <summary>The same for an override.</summary>
    public string? Of(Override asked, Instant now) =>
        WorkloadType.Parse(asked.Kind) is { } type && power.View is { } view ? Of(view, type, asked.Namespace, asked.Name, now) : null;

    private string? Of(PowerView view, WorkloadType type, string @namespace, string name, Instant now)
    {
        var state = Listed(view, type, @namespace, name);
        if (state is null) return unlisted.Of(unlisted.Find(type, @namespace, name), now) is { Decision.Winner: not null } other ? other.Reason : null;
        if (IsInHand(state) || state.Phase != WorkloadPhase.Awake) return state.Reason;
        // The last turn of the power path may be of before the boundary that is being told of.
        var decision = Arbiter.Decide([.. ClaimBook.Of(claims, [state.Member], now).Values.SelectMany(all => all)], now);
        return decision.Winner is null ? null : Sentence.Of("as it wants to be", decision);
    }

    private static WorkloadState? Listed(PowerView view, WorkloadType type, string @namespace, string name) => view.Plan.Workloads.FirstOrDefault(w =>
        w.Member.Type?.Name == type.Name && w.Member.Scaler.TargetNamespace == @namespace && w.Member.Scaler.TargetName == name);

    private static bool IsInHand(WorkloadState state) => state.Decision.Winner?.Source == ClaimSource.Power || state.Member.Scaler.Baseline is not null;
}
