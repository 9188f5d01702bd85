using Ebb.Core.Claims;
using Ebb.Core.Gates;
using Ebb.Core.Outages;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Claims;
using Ebb.Engine.Clocks;
using Ebb.Engine.Gates;
using Ebb.Engine.Hooks;
using Ebb.Engine.Instruments;
using Ebb.Engine.Journal;
using Ebb.Engine.Loops;
using Ebb.Engine.Rights;
using Ebb.Engine.Settings;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Engine.Power;

/// <summary>Everything that was decided last, for whoever looks.</summary>
internal sealed record PowerView(
    Instant At,
    ClusterView Cluster,
    PowerState Power,
    Plan Plan,
    OutageReport? Outage,
    Outlook Outlook
);

/// <summary>
/// Decide, act, remember. One turn at a time; who calls and how often makes no difference to what comes out.
/// </summary>
internal sealed class PowerPath(
    EbbSettings settings,
    Supplies supplies,
    ICluster cluster,
    ILeadership leadership,
    LeadingTerm term,
    PowerRecords records,
    StoredOrders orders,
    ProtectedWorkloads neverAsleep,
    EngineClocks clocks,
    ILogger<PowerPath> log,
    ScheduledSizes? clock = null,
    IEnumerable<IClaims>? claims = null,
    LearnedDurations? learned = null,
    ActJournal? journal = null,
    HookRunner? hooks = null,
    GateWatch? gates = null,
    RightsWatch? rights = null,
    ZoneDifferences? zones = null
) : IDisposable
{
    /// <summary>Steps of one turn at most; each is decided anew on what the one before has changed.</summary>
    private const int MostSteps = 64;

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Cancelled with this: what runs beside the turns ends with the process.</summary>
    private readonly CancellationTokenSource _life = new();
    private readonly WaveWriter _writer = new(cluster, hooks, clocks.World);
    private readonly Reporter _reporter = new(cluster, clocks, settings.Act, settings.AdminNamespaces, log);
    private readonly SleepMethodReporter _methods = new(cluster, clocks, log);
    private readonly Dictionary<string, Attempt> _attempts = new(StringComparer.Ordinal);
    private (ClusterView Cluster, SizesAtWaking Sizes, IReadOnlyList<Member> Members)? _roster;
    private (IReadOnlyList<Member> Members, DurationHistory Learned, SleepForecast Sleep)? _forecast;
    private OutageProgress _progress = OutageProgress.None;
    private OutageReport? _outage;
    private readonly System.Collections.Concurrent.ConcurrentQueue<PersonAction> _acts = new();
    private object? _recalled;

    /// <summary>What the leader before has left was not held against the workloads yet.</summary>
    private bool _isTakenOver;
    private bool _knowsHosts;

    /// <summary>The latest instant that was remembered and had not come by this clock; null: there is none.</summary>
    private Instant? _ahead;
    private volatile PowerView? _view;

    /// <summary>Null until the first turn.</summary>
    public PowerView? View => _view;

    /// <summary>Raised after every turn whose outcome differs from the one before.</summary>
    public event Action<PowerView>? Changed;

    /// <summary>What could not be stored last, and why; null: everything could.</summary>
    public string? StorageTrouble => records.Trouble ?? orders.Trouble;

    /// <summary>What a person should know of this replica; empty: nothing.</summary>
    public IReadOnlyList<string> Troubles
    {
        get
        {
            List<string> troubles = [];
            if (!Leads && leadership.Problem is { } problem)
                troubles.Add($"this replica cannot lead: {problem}");
            if (term.Trouble is { } trouble)
                troubles.Add(trouble);
            if (StorageTrouble is { } storage)
                troubles.Add($"state: {storage}");
            troubles.AddRange(rights?.Troubles ?? []);
            troubles.AddRange(neverAsleep.Risks(View?.Plan.Workloads.Select(w => w.Member) ?? []));
            if (View is { } view)
                troubles.AddRange(PowerDomains.Troubles(view.Cluster, view.Power.Supplies));
            troubles.AddRange(OwnerReporter.Doubts(View?.Plan));
            if (_ahead is { } ahead && ahead > clocks.World.Now())
                troubles.Add($"this clock is behind: {InstantPattern.General.Format(ahead)} was remembered as past");
            troubles.AddRange(zones?.Told ?? []);
            return troubles;
        }
    }

    /// <summary>Whether this replica writes.</summary>
    public bool Leads => term.Acts;

    /// <summary>
    /// A person did something: it belongs into the report of the outage that goes on or is about to begin.
    /// </summary>
    public void Note(PersonAction act)
    {
        const int most = 64;
        _acts.Enqueue(act);
        while (_acts.Count > most)
            _acts.TryDequeue(out _);
    }

    /// <summary>
    /// One turn: decide on what is known now, act, decide again on what that changed, remember, report.
    /// </summary>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        using var turn = Measures.Turn("power");
        try
        {
            await term.BeginAsync(cancellationToken);
            Recall();
            var before = _view;
            var plan = Decide();
            Dictionary<string, string> passed = [];
            for (var i = 0; i < MostSteps && plan.Steps.Count > 0 && settings.Act && Leads; i++)
            {
                foreach (var state in plan.Workloads.Where(state => state.Passed is not null))
                    passed[state.Member.Scaler.Uid] = state.Passed!;
                await CarryOutAsync(plan.Steps[0], plan.Direction, cancellationToken);
                plan = Decide();
            }
            if (Leads && settings.Act && _view is { Cluster.Synced: true })
            {
                hooks?.Step(cluster.Known.Scalers, plan.Reason, IsHeld(), _life.Token);
                gates?.Step(plan, _life.Token);
            }
            // Nothing is counted in durations now, so this is the moment to believe a clock that was set.
            if (plan.Phase == Phase.Normal && _view is { Power.Mains: Mains.On } && clocks.World is SteadyClock steady)
                steady.Agree();
            if (!Leads)
            {
                orders.Forget();
                records.Forget();
            }
            else
            {
                await orders.WriteAsync(cluster.Known.Orders, cancellationToken);
                await cluster.Baselines.SettleAsync(cancellationToken);
                // Until then it would tell of everything that it was not read yet.
                if (_view is { Cluster.Synced: true } && !settings.Release)
                {
                    await _reporter.TellAsync(Telling(plan, passed), before?.Plan, cancellationToken);
                    if (plan.Phase != Phase.GoingToSleep)
                        await _methods.TellAsync(cancellationToken);
                }
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

    /// <summary>
    /// What has begun to wake waits at no gate any more: only the decision before says that a gate was passed.
    /// </summary>
    private static Plan Telling(Plan plan, Dictionary<string, string> passed) =>
        passed.Count == 0
            ? plan
            : plan with
            {
                Workloads =
                [
                    .. plan.Workloads.Select(state =>
                        state.Passed is null && passed.GetValueOrDefault(state.Member.Scaler.Uid) is { } told
                            ? state with
                            {
                                Passed = told,
                                Reason = $"{state.Reason}; {told}",
                            }
                            : state
                    ),
                ],
            };

    private Plan Decide()
    {
        var (now, wall) = (clocks.World.Now(), clocks.Wall.Now());
        var known = cluster.Known;
        var scheduled = clock?.Now ?? ScheduledSizes.Nothing;
        if (
            _roster is not { } cached
            || !ReferenceEquals(cached.Cluster, known)
            || !ReferenceEquals(cached.Sizes.Scheduled, scheduled)
            || wall >= cached.Sizes.Until
        )
        {
            var sizes = new SizesAtWaking(
                settings.Release ? known with { Overrides = [] } : known,
                scheduled,
                settings.AdminNamespaces,
                wall
            );
            _roster = (
                known,
                sizes,
                UpsScalerValidation.Of(
                    settings.Release ? [.. known.Scalers.Select(s => s with { Deleting = true })] : known.Scalers,
                    neverAsleep.Targets,
                    settings.AdminNamespaces,
                    sizes.Of,
                    settings.GitOps
                )
            );
        }
        if (_isTakenOver)
        {
            (_progress, _isTakenOver) = (RecalledWaves.Of(_progress, _roster.Value.Members), false);
            foreach (var (uid, attempt) in RecalledAttempts.Of(_progress, _outage, _roster.Value.Members, now))
                _attempts.TryAdd(uid, attempt);
        }
        var stored =
            settings.Release ? []
            : Leads ? orders.Of(known.Orders)
            : known.Orders ?? [];
        var forecast = Forecast(_roster.Value.Members);
        var power = PowerState.Of(
            supplies.Now(),
            settings.Power,
            Orders.Of(stored, wall).Acknowledged,
            forecast.AtLeast,
            now
        );
        if (Leads && !settings.Release)
        {
            orders.Admit(stored, power, _progress, wall);
            stored = orders.Of(known.Orders);
        }
        var asked = Orders.Of(stored, wall);
        var plan = Planner.Decide(
            new PlanInput
            {
                Cluster = known,
                Members = _roster.Value.Members,
                Power = power,
                Domains = PowerDomains.Of(
                    known,
                    _roster.Value.Members,
                    power,
                    settings.Power,
                    asked,
                    forecast.AtLeast,
                    now
                ),
                Orders = asked,
                Progress = _progress,
                Attempts = _attempts,
                Settings = settings.Power,
                SchedulesAreUnknown = settings.FollowsSchedules && clock is { IsKnown: false },
                WakeLimit = (learned?.Pace ?? LearnedPace.Nothing).Limit(settings.Power, known),
                Needed = forecast.Needs,
                Gates = gates?.Known ?? new Dictionary<GateKey, GateAnswer>(),
                Acts = settings.Act,
                Claims = ClaimBook.Of(claims, _roster.Value.Members, wall),
                Now = now,
            }
        );
        if (Leads)
        {
            _progress = plan.Progress;
            orders.Take(stored, plan, power, wall);
        }
        // Before the cluster was read there is nothing to tell but that.
        if (known.Synced)
            _outage = Leads
                ? OutageReportBuilder.After(
                    _outage,
                    plan,
                    power,
                    now,
                    [.. StoredOrders.Actions(stored), .. OverrideActions.Of(known.Overrides ?? []), .. _acts],
                    _attempts
                )
                : records.Present;
        var budget = power.Budget?.Remaining ?? power.Supplies.Select(s => s.Budget?.Remaining).Max();
        var outlook = Outlook.Of(
            forecast,
            budget,
            settings.Power.WaveTimeout,
            AssumedBudget.Of(power, now) ?? (power.Supplies.Count > 0 ? AssumedBudget.Whole : null)
        );
        _view = new PowerView(now, known, power, plan, _outage, outlook);
        if (Leads)
            records.Take(_view);
        return plan;
    }

    /// <summary>How long the way down takes at least, as far as the outages before have shown.</summary>
    private SleepForecast Forecast(IReadOnlyList<Member> members)
    {
        var known = learned?.Known ?? DurationHistory.Nothing;
        if (
            _forecast is not { } cached
            || !ReferenceEquals(cached.Members, members)
            || !ReferenceEquals(cached.Learned, known)
        )
            _forecast = (members, known, SleepForecast.Of(members, known));
        return _forecast.Value.Sleep;
    }

    private async Task CarryOutAsync(WaveSteps order, Direction direction, CancellationToken cancellationToken)
    {
        // Those that were deleted are woken, whichever way the others go.
        var way = order.Priority is null ? Direction.Up : direction;
        foreach (var again in order.Captures.Where(c => c.Member.Scaler.IsBaselineDeleted))
        {
            log.Recreated(again.Member.ToString());
            journal?.Record("power", "create its Baseline again", again.Member.ToString(), "it was deleted", "asked");
        }
        var results = await _writer.CarryOutAsync(order, way, IsHeld, cancellationToken);
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
                    written.Writes,
                    written.Member.Workload,
                    written.Result.Outcome is WriteOutcome.Forbidden or WriteOutcome.Invalid,
                    written.Took
                );
            if (!written.Released || failure is not null)
                journal?.Record(
                    "power",
                    written.Released ? "forget what it was"
                        : way == Direction.Down ? "put to sleep"
                        : "wake",
                    written.Member.ToString(),
                    _view?.Plan.Reason ?? "",
                    failure ?? "done"
                );
            if (failure is not null)
            {
                // A conflict is decided again at once; only one that repeats is logged.
                var first = written.Result.Outcome == WriteOutcome.Conflict && before?.Failure is null;
                if (!first && failure != before?.Failure)
                    log.WriteFailed(written.Member.ToString(), way, failure);
            }
            else if (written.Released)
            {
                _reporter.Released(written.Member);
                if (written.Member is { Type.Method: SleepMethod.RunHook, Scaler.Deleting: true })
                    log.HookForgotten(written.Member.ToString());
                else
                    log.Released(written.Member.ToString());
            }
            else
                log.Asked(written.Member.ToString(), way == Direction.Down ? "sleep" : "wake");
        }
    }

    /// <summary>A term begins with what the leader before has left.</summary>
    private void Recall()
    {
        if (!_knowsHosts && cluster.Known.Synced)
        {
            records.RecallHosts();
            _knowsHosts = true;
        }
        var current = term.Current;
        if (ReferenceEquals(current, _recalled))
            return;
        _recalled = null;
        // Until it is read nothing is decided, unless it cannot be read at all.
        if (current is null || !cluster.Known.Synced)
            return;
        _recalled = current;
        var now = clocks.World.Now();
        var (past, outage) = records.Recall();
        supplies.Recall(past.Select(memory => RememberedInstant.At(memory, now)));
        _progress = RememberedInstant.At(outage?.Progress ?? OutageProgress.None, now);
        _isTakenOver = true;
        _ahead = past.SelectMany(m =>
                new[] { m.Since, m.ForcedSince, m.OrderedAt, m.OffSince, m.LostSince, m.DoubtSince }
            )
            .Concat((outage?.Progress.Waves ?? []).Select(w => (Instant?)w.Began))
            .Where(at => at > now)
            .Max();
        _outage = outage?.Report;
        cluster.Baselines.BeginTerm();
        foreach (var lost in LostBaselines.Of(cluster.Known.Scalers, outage?.Baselines ?? []))
            cluster.Baselines.Remember(lost.Key, lost.Before);
    }

    /// <summary>A hold stops what is left of a wave, too.</summary>
    private bool IsHeld() =>
        !settings.Release && Orders.Of(cluster.Known.Orders ?? [], clocks.Wall.Now()).Hold is not null;

    public void Dispose()
    {
        _life.Cancel();
        _life.Dispose();
        _gate.Dispose();
    }
}
