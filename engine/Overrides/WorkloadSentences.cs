using Ebb.Core.Claims;
using Ebb.Core.Overrides;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Claims;
using Ebb.Engine.Power;
using NodaTime;

namespace Ebb.Engine.Overrides;

/// <summary>
/// The sentence on a workload, for whoever speaks of it under another name: the status of a Schedule, an Event, the
/// log. It is the one
/// that <c>/api/workloads/…</c> gives at that instant.
/// </summary>
internal sealed class WorkloadSentences
{
    private readonly PowerPath _power;
    private readonly UnlistedWorkloads _unlisted;
    private readonly IEnumerable<IClaims> _claims;
    private volatile ByName? _index;
    private int _version;

    public WorkloadSentences(PowerPath power, UnlistedWorkloads unlisted, IEnumerable<IClaims> claims)
    {
        (_power, _unlisted, _claims) = (power, unlisted, claims);
        power.Changed += _ =>
        {
            Interlocked.Increment(ref _version);
            Changed?.Invoke();
        };
    }

    /// <summary>Raised after a decision of the power path has changed.</summary>
    public event Action? Changed;

    /// <summary>Another one after each <see cref="Changed"/>.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>
    /// For whoever has read the workload, even where the power path has not yet. Null: nobody asks anything of it, or
    /// it is no workload. And whether power has it in hand, when there are more
    /// urgent writes than this.
    /// </summary>
    public (string? Sentence, bool InHand) Of(WorkloadType? type, string @namespace, string name, Instant now) =>
        type is not null && _power.View is { } view
            ? (
                Of(view, type, @namespace, name, read: true, now),
                Listed(view, type, @namespace, name) is { } state && IsInHand(state)
            )
            : (null, false);

    /// <summary>The same for an override, of which no more is known than the power path knows.</summary>
    public string? Of(Override asked, Instant now) =>
        WorkloadType.Parse(asked.Kind) is { } type && _power.View is { } view
            ? Of(view, type, asked.Namespace, asked.Name, read: false, now)
            : null;

    private string? Of(PowerView view, WorkloadType type, string @namespace, string name, bool read, Instant now)
    {
        var state = Listed(view, type, @namespace, name);
        if (state is null)
        {
            return _unlisted.Of(_unlisted.Find(type, @namespace, name), now) is not { Decision.Winner: not null } other
                    ? null
                : read && other.Phase == WorkloadPhase.Unknown ? DecisionText.Of("as it wants to be", other.Decision)
                : other.Reason;
        }

        if (IsInHand(state) || !(state.Phase == WorkloadPhase.Awake || (read && state.Phase == WorkloadPhase.Unknown)))
            return state.Reason;
        // The last turn of the power path may be of before the boundary that is being told of.
        var decision = Arbiter.Decide(
            [.. ClaimBook.Of(_claims, [state.Member], now).Values.SelectMany(all => all)],
            now
        );
        return decision.Winner is null ? null : DecisionText.Of("as it wants to be", decision);
    }

    private WorkloadState? Listed(PowerView view, WorkloadType type, string @namespace, string name)
    {
        if (_index is not { } index || !ReferenceEquals(index.Of, view.Plan))
            _index = index = new ByName(view.Plan);
        return index.Find(type, @namespace, name);
    }

    /// <summary>The workloads of one plan by what names them; of several that name the same, the first.</summary>
    private sealed class ByName(Plan of)
    {
        private readonly ILookup<(string?, string, string?), WorkloadState> _states = of.Workloads.ToLookup(w =>
            (w.Member.Type?.Name, w.Member.Scaler.TargetNamespace, w.Member.Scaler.TargetName)
        );

        public Plan Of { get; } = of;

        public WorkloadState? Find(WorkloadType type, string @namespace, string name) =>
            _states[(type.Name, @namespace, name)].FirstOrDefault();
    }

    private static bool IsInHand(WorkloadState state) =>
        state.Decision.Winner?.Source == ClaimSource.Power || state.Member.Scaler.Baseline is not null;
}
