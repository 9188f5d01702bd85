using Ebb.Core.Outages;
using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Claims;
using Ebb.Engine.Clocks;
using Ebb.Engine.Instruments;
using Ebb.Engine.Settings;
using NodaTime;

namespace Ebb.Engine.Power;

/// <summary>Everything that was decided last, for whoever looks.</summary>
internal sealed record PowerView(Instant At, ClusterView Cluster, PowerState Power, Plan Plan, OutageReport? Outage);

/// <summary>
/// Decide, act, remember. One turn at a time; who calls and how often makes no difference to what comes out.
/// </summary>
internal sealed class PowerPath(
    EbbSettings settings,
    Supplies supplies,
    ICluster cluster,
    ILeadership leadership,
    PowerStore store,
    ProtectedWorkloads guarded,
    EngineClocks clocks,
    ILogger<PowerPath> log,
    ClockWishes? clock = null,
    IEnumerable<IClaims>? claims = null,
    LearnedDurations? learned = null
) : IDisposable
{
    /// <summary>Orders carried out in one turn at most; each is decided anew on what the one before has changed.</summary>
    private const int MostOrders = 64;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly WaveWriter _actor = new(cluster);
    private readonly Reporter _reporter = new(cluster, clocks, log);
    private readonly Dictionary<string, Attempt> _attempts = new(StringComparer.Ordinal);
    private (
        ClusterView Cluster,
        IReadOnlyDictionary<WorkloadName, WakingSize> Clock,
        IReadOnlyList<Member> Members
    )? _roster;
    private (IReadOnlyList<Member> Members, DurationHistory Learned, Duration? Sleep)? _forecast;
    private Orders _asks = Orders.None;
    private OutageProgress _episode = OutageProgress.None;
    private PowerMemory _kept = PowerMemory.Nothing;
    private OutageReport? _outage;
    private OutageReport? _savedOutage;
    private readonly System.Collections.Concurrent.ConcurrentQueue<PersonAction> _acts = new();
    private bool _recalled;
    private volatile PowerView? _view;

    /// <summary>Null until the first turn.</summary>
    public PowerView? View => _view;

    /// <summary>Raised after every turn whose outcome differs from the one before.</summary>
    public event Action<PowerView>? Changed;

    /// <summary>Whether this replica writes.</summary>
    public bool Leads => leadership.HeldUntil is not null;

    /// <summary>What people have asked and what still stands.</summary>
    public Orders Asks => _asks;

    /// <summary>A person did something: it belongs into the report of the outage that goes on or is about to begin.</summary>
    public void Note(PersonAction act)
    {
        const int most = 64;
        _acts.Enqueue(act);
        while (_acts.Count > most)
            _acts.TryDequeue(out _);
    }

    /// <summary>Asks of a person; kept in the store before the answer, when the store is there.</summary>
    public async Task<bool> AskAsync(Func<Orders, Orders> change, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        bool kept;
        try
        {
            await RecallAsync(cancellationToken);
            _asks = change(_asks);
            kept = await KeepAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
        await TurnAsync(cancellationToken);
        return kept;
    }

    /// <summary>One turn: decide on what is known now, act, decide again on what that changed, remember, report.</summary>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        using var turn = Measures.Turn("power");
        try
        {
            await RecallAsync(cancellationToken);
            var before = _view;
            var plan = Decide();
            for (var i = 0; i < MostOrders && plan.Steps.Count > 0 && settings.Act && Leads; i++)
            {
                await CarryOutAsync(plan.Steps[0], plan.Direction, cancellationToken);
                plan = Decide();
            }
            // Nothing is counted in durations now, so this is the moment to believe a clock that was set.
            if (plan.Phase == Phase.Normal && _view is { Power.Mains: Mains.On } && clocks.World is SteadyClock steady)
                steady.Agree();
            if (Leads)
            {
                await KeepAsync(cancellationToken);
                // Until then it would tell of everything that it was not read yet.
                if (_view is { Cluster.Synced: true })
                    await TellAsync(plan, before, cancellationToken);
            }
            if (
                _view is { } view
                && (
                    before is null
                    || !before
                        .Plan.Workloads.Select(w => (w.Phase, w.Late))
                        .SequenceEqual(view.Plan.Workloads.Select(w => (w.Phase, w.Late)))
                    || before.Plan.Phase != view.Plan.Phase
                    || before.Plan.Wave != view.Plan.Wave
                    || before.Power.Mains != view.Power.Mains
                    || before.Plan.Reason != view.Plan.Reason
                )
            )
                Changed?.Invoke(view);
        }
        finally
        {
            _gate.Release();
        }
    }

    private Plan Decide()
    {
        var now = clocks.World.Now();
        var known = cluster.Known;
        var wishes = clock?.Now ?? ClockWishes.Nothing;
        if (
            _roster is not { } cached
            || !ReferenceEquals(cached.Cluster, known)
            || !ReferenceEquals(cached.Clock, wishes)
        )
            _roster = (
                known,
                wishes,
                UpsScalerValidation.Of(
                    known.Scalers,
                    guarded.Targets,
                    (type, scaler) => ClockWishes.Of(wishes, type, scaler)
                )
            );
        var power = PowerState.Of(
            supplies.Now(),
            settings.Power,
            _asks.Acknowledged,
            Needed(_roster.Value.Members),
            now
        );
        var plan = Planner.Decide(
            new PlanInput
            {
                Cluster = known,
                Members = _roster.Value.Members,
                Power = power,
                Orders = _asks,
                Progress = _episode,
                Attempts = _attempts,
                Settings = settings.Power,
                Claims = ClaimBook.Of(claims, _roster.Value.Members, now),
                Now = now,
            }
        );
        if (Leads)
            (_asks, _episode) = (plan.Orders, plan.Progress);
        // Before the cluster was read there is nothing to tell but that.
        if (known.Synced)
            _outage = OutageReportBuilder.After(_outage, plan, power, now, _acts);
        _view = new PowerView(now, known, power, plan, _outage);
        return plan;
    }

    /// <summary>How long a shutdown takes at least, as far as the outages before have shown; null: they have shown nothing.</summary>
    private Duration? Needed(IReadOnlyList<Member> members)
    {
        var known = learned?.Known ?? DurationHistory.Nothing;
        if (
            _forecast is not { } cached
            || !ReferenceEquals(cached.Members, members)
            || !ReferenceEquals(cached.Learned, known)
        )
            _forecast = (members, known, Forecast.SleepAtLeast(members, known));
        return _forecast.Value.Sleep;
    }

    private async Task CarryOutAsync(WaveSteps order, Direction direction, CancellationToken cancellationToken)
    {
        // Those that were deleted are woken, whichever way the others go.
        var way = order.Priority is null ? Direction.Up : direction;
        var results = await _actor.CarryOutAsync(order, way, cancellationToken);
        foreach (var written in results)
        {
            var uid = written.Member.Scaler.Uid;
            var failure =
                written.Result.Outcome == WriteOutcome.Done
                    ? null
                    : $"{written.Result.Outcome}: {written.Result.Detail}";
            var before = _attempts.GetValueOrDefault(uid);
            if (written.Released && failure is null)
                _attempts.Remove(uid);
            else
                _attempts[uid] = Attempt.After(
                    before,
                    way,
                    clocks.World.Now(),
                    failure,
                    written.Member.Workload?.SizedBy
                );
            if (failure is not null)
            {
                // A conflict is decided again at once; only one that repeats is logged.
                var first = written.Result.Outcome == WriteOutcome.Conflict && before?.Failure is null;
                if (!first && failure != before?.Failure)
                    log.WriteFailed(written.Member.ToString(), way, failure);
            }
            else if (written.Released)
                log.Released(written.Member.ToString());
            else
                log.Asked(written.Member.ToString(), way == Direction.Down ? "sleep" : "wake");
        }
    }

    /// <summary>Status and Events are written after the steps.</summary>
    private async Task TellAsync(Plan plan, PowerView? before, CancellationToken cancellationToken)
    {
        await _reporter.TellAsync(plan, before?.Plan, cancellationToken);
        if (
            _outage is { } outage
            && !ReferenceEquals(outage, _savedOutage)
            && (plan.Steps.Count == 0 || outage.Ended is not null)
            && await store.SaveAsync(outage, cancellationToken)
        )
            _savedOutage = outage;
    }

    private async Task RecallAsync(CancellationToken cancellationToken)
    {
        if (_recalled)
            return;
        // A store that is away now is not asked again in every turn of an emergency: what was not recalled is observed anew.
        _recalled = true;
        if (await store.LoadAsync(cancellationToken) is not { } past)
            return;
        _kept = past;
        _asks = past.Asks;
        _episode = past.Episode;
        supplies.Recall(past.Supplies.Select(s => s.ToMemory()));
        if (
            await store.OutagesAsync(cancellationToken) is { Count: > 0 } outages
            && outages[0].Ended is null
            && _episode.Began == outages[0].Began
        )
            _outage = _savedOutage = outages[0];
    }

    private async Task<bool> KeepAsync(CancellationToken cancellationToken)
    {
        var present = new PowerMemory(_asks, _episode, [.. supplies.Memory.Select(RememberedSupply.Of)]);
        if (present.Equals(_kept))
            return true;
        if (!await store.SaveAsync(present, cancellationToken))
            return false;
        _kept = present;
        return true;
    }

    public void Dispose() => _gate.Dispose();
}
