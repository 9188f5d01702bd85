using Ebb.Core.Capacity;
using Ebb.Core.Gates;
using Ebb.Core.Hooks;
using Ebb.Core.Outages;
using Ebb.Core.Power;
using Ebb.Core.Tests.Power;
using Ebb.Core.Time.Specs;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Planning;

/// <summary>
/// A cluster in memory: it does what the plan says, and its pods take their seconds to start and stop. A whole outage
/// runs on it, second by second, without a socket.
/// </summary>
internal sealed class FakeCluster
{
    private sealed class FakeWorkload
    {
        public required string Name { get; init; }
        public required string Type { get; init; }
        public int Down { get; init; }
        public int Up { get; init; }
        public double StopSeconds { get; init; }
        public double StartSeconds { get; init; }
        public bool Deletes { get; init; }
        public string Uid { get; set; } = Guid.NewGuid().ToString();
        public bool Gone { get; set; }
        public int Replicas { get; set; }
        public double SettledAt { get; set; }
        public int PodsBefore { get; set; }
        public bool? Suspended { get; set; }
        public bool Stated { get; set; } = true;
        public Baseline? Baseline { get; set; }
        public bool ScalerDeleting { get; set; }
        public bool ScalerGone { get; set; }
        public string? Pause { get; set; }
        public bool Scaled { get; set; }

        /// <summary>minReplicas of its HPA; null: it has none.</summary>
        public int? Least { get; set; }
        public string? SizedBy { get; set; }

        /// <summary>Pods that stay for ever, on a node that is not ready.</summary>
        public List<StrandedPod> Stranded { get; } = [];

        public bool Hangs { get; set; }

        /// <summary>Why it cannot be read; null: it can.</summary>
        public string? Hidden { get; set; }
        public Func<UpsScalerView, UpsScalerView>? Stage { get; init; }
        public HookSpec? Hook { get; set; }
        public HookRun? Run { get; set; }

        /// <summary>The nodes that its pods are on when there are any; null: not known.</summary>
        public string[]? Nodes { get; set; } = [];

        public Placement? Placement { get; set; }

        /// <summary>No UpsScaler names it.</summary>
        public bool Implied { get; init; }

        /// <summary>The Kustomization that applies it.</summary>
        public string? AppliedBy { get; set; }

        /// <summary>A pod of it that no node takes.</summary>
        public string? Unscheduled { get; set; }

        /// <summary>The annotations of a database; null: it is none.</summary>
        public Dictionary<string, string>? Notes { get; init; }

        /// <summary>So many of its pods become ready at most; null: all.</summary>
        public int? MostReady { get; set; }
    }

    private readonly List<FakeWorkload> _workloads = [];
    private readonly Dictionary<string, Attempt> _attempts = [];

    public UpsScenario Ups { get; }

    public PowerSettings Settings { get; }

    /// <summary>What is stored in the cluster: another process finds it.</summary>
    private readonly List<PowerOrder> _orders = [];

    public Orders Orders => Orders.Of(_orders, At.Second(Now));

    public void Ask(OrderAction action, string reason, double? until = null)
    {
        Instant? end = until is { } second ? At.Second(second) : null;
        var name = $"{_orders.Count:000}";
        _orders.Add(new PowerOrder(name, name, "1", action, At.Second(Now), reason, end, null, OrderStatus.Pending));
    }

    public OutageProgress Progress { get; set; } = OutageProgress.None;

    public double Now { get; private set; }

    public Plan Plan { get; private set; } = null!;

    /// <summary>The outage so far, or the last one.</summary>
    public OutageReport? Report { get; private set; }

    /// <summary>Everything that was written, as <c>second name what</c>.</summary>
    public List<string> Writes { get; } = [];

    public List<NodeView>? Nodes { get; set; }

    public bool Reachable { get; set; } = true;

    public bool Acts { get; init; } = true;

    /// <summary>Why every write to a workload is refused, by its name.</summary>
    public Dictionary<string, string> Refusals { get; } = [];

    private readonly Dictionary<string, string> _guards = [];

    /// <summary>The outages before.</summary>
    public List<OutageReport> Kept { get; } = [];

    /// <summary>What the outages before have shown of each wave down.</summary>
    public Dictionary<int, Duration> Needed { get; } = [];

    /// <summary>Why it cannot be read whole; null: it was.</summary>
    public string? Unread { get; set; }

    public FakeCluster(PowerSettings? settings = null, string ups = "ups")
    {
        Settings = settings ?? new PowerSettings();
        Ups = new UpsScenario(Settings, ups);
    }

    public FakeCluster With(
        string name,
        int down,
        int up,
        int replicas = 3,
        double stop = 5,
        double start = 5,
        string type = "deployment",
        bool deletes = false,
        bool keda = false,
        Func<UpsScalerView, UpsScalerView>? stage = null
    )
    {
        _workloads.Add(
            new FakeWorkload
            {
                Name = name,
                Type = type,
                Down = down,
                Up = up,
                Replicas = replicas,
                PodsBefore = replicas,
                StopSeconds = stop,
                StartSeconds = start,
                Deletes = deletes,
                Scaled = keda,
                Stage = stage,
                SettledAt = -1e6,
            }
        );
        return this;
    }

    public FakeCluster WithCronJob(string name, int down, int up, bool suspended)
    {
        _workloads.Add(
            new FakeWorkload
            {
                Name = name,
                Type = "cronjob",
                Down = down,
                Up = up,
                Suspended = suspended,
                SettledAt = -1e6,
            }
        );
        return this;
    }

    /// <summary>A CloudNativePG cluster that never gets healthy enough to hibernate.</summary>
    public FakeCluster WithDatabase(string name, int down, int up)
    {
        _workloads.Add(
            new FakeWorkload
            {
                Name = name,
                Type = "cluster",
                Down = down,
                Up = up,
                Notes = [],
                SettledAt = -1e6,
            }
        );
        return this;
    }

    public FakeCluster WithNode(string name, int down, int up, bool? cordoned = false, bool? stated = null)
    {
        _workloads.Add(
            new FakeWorkload
            {
                Name = name,
                Type = "node",
                Down = down,
                Up = up,
                Suspended = cordoned,
                Stated = stated ?? cordoned == true,
                SettledAt = -1e6,
            }
        );
        return this;
    }

    /// <summary>A Kustomization that no UpsScaler names and that applies these.</summary>
    public FakeCluster WithOwner(string name, params string[] applies)
    {
        _workloads.Add(
            new FakeWorkload
            {
                Name = name,
                Type = "kustomization",
                Suspended = false,
                SettledAt = -1e6,
                Implied = true,
            }
        );
        foreach (var applied in applies)
            Of(applied).AppliedBy = name;
        return this;
    }

    public void Apply(string name, string by) => Of(name).AppliedBy = by;

    public void Suspend(string name, bool suspended) => Of(name).Suspended = suspended;

    public FakeCluster WithHook(string name, int down, int up, HookSpec hook)
    {
        _workloads.Add(
            new FakeWorkload
            {
                Name = name,
                Type = "hook",
                Down = down,
                Up = up,
                Hook = hook,
            }
        );
        return this;
    }

    /// <summary>A person writes another hook into its UpsScaler.</summary>
    public void Change(string name, HookSpec hook) => Of(name).Hook = hook;

    /// <summary>Its kind cannot be read any more, or again.</summary>
    public void Hide(string name, string? why) => Of(name).Hidden = why;

    public HookRun? RunOf(string name) => Of(name).Run;

    /// <summary>What a process that runs hooks would store.</summary>
    public FakeCluster End(string name, HookOutcome outcome, string detail)
    {
        Of(name).Run = Of(name).Run! with { Outcome = outcome, Detail = detail };
        return this;
    }

    /// <summary>What was read of gates.</summary>
    public Dictionary<GateKey, GateAnswer> GateAnswers { get; } = [];

    /// <summary>UPSes beside the first, and what they say.</summary>
    public Dictionary<UpsScenario, string> Beside { get; } = [];

    /// <summary>Where its pods are, and where its template lets them go.</summary>
    public FakeCluster Place(string name, string[]? nodes, Placement? placement = null)
    {
        (Of(name).Nodes, Of(name).Placement) = (nodes, placement);
        return this;
    }

    public int ReplicasOf(string name) => Of(name).Replicas;

    public bool? SuspendedOf(string name) => Of(name).Suspended;

    public string? PauseOf(string name) => Of(name).Pause;

    public Baseline? BaselineOf(string name) => Of(name).Baseline;

    public WorkloadState StateOf(string name) => Plan.Workloads.Single(s => s.Member.Scaler.TargetName == name);

    public bool HasScaler(string name) => !Of(name).ScalerGone;

    public void Scale(string name, int replicas, string? by = null)
    {
        Resize(Of(name), replicas);
        Of(name).SizedBy = by;
    }

    /// <summary>An HPA with this minReplicas scales it.</summary>
    public FakeCluster WithAutoscaler(string name, int least)
    {
        Of(name).Least = least;
        return this;
    }

    public int? LeastOf(string name) => Of(name).Least;

    /// <summary>From now on a ScaledObject is seen that scales it.</summary>
    public void ShowScaledObject(string name) => Of(name).Scaled = true;

    public void Crash(string name, int ready) => Of(name).MostReady = ready;

    public void Strand(string name, params string[] pods) =>
        Of(name).Stranded.AddRange(pods.Select(pod => new StrandedPod(pod, "node n3 is not ready")));

    /// <summary>Its pods do not end however long they are asked to.</summary>
    public void Hang(string name) => Of(name).Hangs = true;

    /// <summary>Those that end when they are asked to, and have not yet.</summary>
    public int PodsOf(string name) => Pods(Of(name));

    public void Unhang(string name) => Of(name).Hangs = false;

    public IEnumerable<(string Name, int Replicas)> Workloads => _workloads.Select(w => (w.Name, w.Replicas));

    /// <summary>It is ready but for one pod that no node takes.</summary>
    public void Unschedule(string name, string pod) => (Of(name).Unscheduled, Of(name).MostReady) = (pod, 0);

    public void MakeAnew(string name, int replicas)
    {
        var t = Of(name);
        t.Uid = Guid.NewGuid().ToString();
        t.Replicas = t.PodsBefore = replicas;
        t.SettledAt = Now;
    }

    public void Delete(string name) => Of(name).Gone = true;

    public void DeleteScaler(string name) => Of(name).ScalerDeleting = true;

    /// <summary>Another process with nothing in its memory.</summary>
    public void Restart()
    {
        Progress = OutageProgress.None;
        _attempts.Clear();
    }

    /// <summary>Another process that finds what was stored.</summary>
    public void TakeOver(OutageProgress stored)
    {
        _attempts.Clear();
        var input = Input();
        Progress = RecalledWaves.Of(stored, input.Members);
        foreach (var (uid, attempt) in RecalledAttempts.Of(Progress, Report, input.Members, input.Now))
            _attempts[uid] = attempt;
    }

    /// <summary>Somebody sets the clock; how long pods take is no matter of that.</summary>
    public void SetClock(double by)
    {
        Now += by;
        foreach (var workload in _workloads)
            workload.SettledAt += by;
    }

    /// <summary>The clock is set while no process runs, and the next one finds what was stored.</summary>
    public void TakeOverWithClockSet(double by)
    {
        SetClock(by);
        Ups.Recall(Now);
        TakeOver(RememberedInstant.At(Progress, At.Second(Now)));
    }

    /// <summary>
    /// Writes to it are refused as the API server does while nothing of its webhook's server is ready.
    /// </summary>
    public FakeCluster Guard(string name, string server)
    {
        _guards[name] = server;
        return this;
    }

    private string? RefusedByWebhook(string name) =>
        _guards.GetValueOrDefault(name) is { } server && (Of(server).Replicas == 0 || Now < Of(server).SettledAt)
            ? $"Failed: Internal error occurred: failed calling webhook \"v{name}.example.com\": failed to call webhook: "
                + $"Post \"https://{server}-webhook.shop.svc:443/validate?timeout=10s\": no endpoints available for "
                + $"service \"{server}-webhook\""
            : null;

    /// <summary>Lets time pass with one status, a turn each second.</summary>
    public FakeCluster Run(
        double seconds,
        string status,
        double? charge = 100,
        Action<double>? each = null,
        Func<double, double>? runtime = null
    )
    {
        for (var end = Now + seconds; Now < end; )
        {
            Now++;
            Ups.Says(Now, status, charge, runtime?.Invoke(Now));
            foreach (var (other, says) in Beside)
                other.Says(Now, says);
            each?.Invoke(Now);
            Turn();
        }
        return this;
    }

    public FakeCluster Silence(double seconds)
    {
        for (var end = Now + seconds; Now < end; )
        {
            Now++;
            Ups.IsSilent(Now);
            Turn();
        }
        return this;
    }

    public Plan Turn()
    {
        for (var i = 0; i < 50; i++)
        {
            var input = Input();
            Plan = Planner.Decide(input);
            Progress = Plan.Progress;
            var failing = input.Power.Verdict.Wish == PowerWish.Sleep;
            foreach (var (order, status) in OrderResults.Of([.. _orders], Plan.Orders, failing, input.Now))
                _orders[_orders.FindIndex(o => o.Uid == order.Uid)] = order with { Status = status };
            Report = OutageReportBuilder.After(Report, Plan, input.Power, input.Now, attempts: _attempts) ?? Report;
            if (Plan.Steps.Count == 0)
                return Plan;
            CarryOut(Plan.Steps[0], Plan.Steps[0].Priority is null ? Direction.Up : Plan.Direction);
        }
        return Plan;
    }

    public PlanInput Input()
    {
        var view = new ClusterView(
            Unread is null,
            At.Second(Now),
            Reachable,
            [.. _workloads.Where(t => !t.ScalerGone).Select(View)],
            Nodes,
            _orders,
            Unread is null ? [] : [Unread]
        )
        {
            Services =
            [
                .. _guards.Values.Select(server => new ServiceView(
                    "shop",
                    $"{server}-webhook",
                    new Dictionary<string, string> { ["app"] = server },
                    [],
                    [443],
                    []
                )),
            ],
        };
        var members = UpsScalerValidation.Of(view.Scalers, []);
        var now = At.Second(Now);
        List<Supply> supplies = [Ups.Supply(Now), .. Beside.Keys.Select(other => other.Supply(Now))];
        var power = PowerState.Of(supplies, Settings, Orders.Acknowledged, null, now);
        return new PlanInput
        {
            Cluster = view,
            Members = members,
            Power = power,
            Domains = PowerDomains.Of(view, members, power, Settings, Orders, null, now),
            Orders = Orders,
            Progress = Progress,
            Attempts = _attempts,
            Settings = Settings,
            WakeLimit = LearnedPace.Of(Kept).Limit(Settings, view),
            Needed = Needed,
            Gates = GateAnswers,
            Acts = Acts,
            Now = At.Second(Now),
        };
    }

    private void CarryOut(WaveSteps order, Direction direction)
    {
        foreach (var capture in order.Captures)
        {
            var workload = Of(capture.Member.Scaler.TargetName!);
            Assert.Null(workload.Baseline);
            workload.Baseline = capture.Baseline;
            Writes.Add($"{Now} {workload.Name} capture {capture.Baseline.SpecReplicas}");
        }
        foreach (var move in order.Moves)
        {
            var workload = Of(move.Member.Scaler.TargetName!);
            Assert.NotNull(workload.Baseline);
            if ((RefusedByWebhook(workload.Name) ?? Refusals.GetValueOrDefault(workload.Name)) is { } refusal)
            {
                _attempts[move.Member.Scaler.Uid] = Attempt.After(
                    _attempts.GetValueOrDefault(move.Member.Scaler.Uid),
                    direction,
                    At.Second(Now),
                    refusal,
                    move.Writes,
                    refused: refusal.Split(':')[0] is "Forbidden" or "Invalid"
                );
                Writes.Add($"{Now} {workload.Name} refused");
                continue;
            }
            _attempts[move.Member.Scaler.Uid] = Attempt.After(
                _attempts.GetValueOrDefault(move.Member.Scaler.Uid),
                direction,
                At.Second(Now),
                null,
                move.Writes,
                move.Member.Workload
            );
            foreach (var write in move.Writes)
                Apply(workload, write);
        }
        foreach (var member in order.Releases)
        {
            var workload = Of(member.Scaler.TargetName!);
            (workload.Baseline, workload.Run) = (null, null);
            if (workload.ScalerDeleting)
                workload.ScalerGone = true;
            _attempts.Remove(member.Scaler.Uid);
            Writes.Add($"{Now} {workload.Name} release");
        }
    }

    private void Apply(FakeWorkload workload, Write write)
    {
        switch (write)
        {
            case Write.Scale scale:
                Resize(workload, scale.Replicas);
                Writes.Add($"{Now} {workload.Name} scale {scale.Replicas}");
                break;
            case Write.Suspend suspend:
                workload.Suspended = suspend.Suspended ?? false;
                Writes.Add($"{Now} {workload.Name} suspend {suspend.Suspended}");
                break;
            case Write.Cordon cordon:
                (workload.Suspended, workload.Stated) = (cordon.Cordoned ?? false, cordon.Cordoned is not null);
                Writes.Add($"{Now} {workload.Name} cordon {cordon.Cordoned}");
                break;
            case Write.Annotate annotate when workload.Notes is { } notes:
                foreach (var (name, value) in annotate.Annotations.Select(a => (a.Name, a.Value)))
                {
                    if (value is null)
                        notes.Remove(name);
                    else
                        notes[name] = value;
                    Writes.Add($"{Now} {workload.Name} {name} {value ?? "no more"}");
                }
                break;
            case Write.Annotate annotate:
                workload.Pause = annotate.Annotations[0].Value;
                Writes.Add($"{Now} {workload.Name} pause {workload.Pause ?? "no more"}");
                break;
            case Write.Bound bound:
                workload.Least = bound.Least;
                Writes.Add($"{Now} {workload.Name} least {bound.Least}");
                break;
            case Write.RunHook run:
                Assert.False(workload.Run is { IsOpen: true });
                workload.Run = new HookRun(run.Number, run.Down, At.Second(Now), At.Second(Now + 60), "me");
                Writes.Add($"{Now} {workload.Name} run {run.Number} {workload.Run.Direction}");
                break;
            default:
                throw new InvalidOperationException($"{write}");
        }
    }

    private void Resize(FakeWorkload workload, int replicas)
    {
        if (workload.Replicas == replicas)
            return;
        workload.PodsBefore = Pods(workload);
        workload.SettledAt = Now + (replicas < workload.Replicas ? workload.StopSeconds : workload.StartSeconds);
        workload.Replicas = replicas;
    }

    private int Pods(FakeWorkload workload) =>
        Now >= workload.SettledAt && !(workload.Hangs && workload.Replicas == 0)
            ? workload.Replicas
            : Math.Max(workload.PodsBefore, workload.Replicas);

    private FakeWorkload Of(string name) => _workloads.Single(t => t.Name == name);

    private UpsScalerView View(FakeWorkload workload)
    {
        var target =
            workload.Type == "node" ? new ObjectRef("v1", "Node", "", workload.Name)
            : workload.Notes is not null ? new ObjectRef("postgresql.cnpg.io/v1", "Cluster", "shop", workload.Name)
            : workload.Implied ? new ObjectRef("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "shop", workload.Name)
            : new ObjectRef(
                "apps/v1",
                workload.Type == "statefulset" ? "StatefulSet" : "Deployment",
                "shop",
                workload.Name
            );
        var view = new UpsScalerView
        {
            Ref = new ObjectRef("ups-scaler.io/v1alpha1", "UpsScaler", "shop", workload.Name),
            Uid = "scaler-" + workload.Name,
            ResourceVersion = "1",
            Type = workload.Type,
            TargetNamespace = target.Namespace,
            TargetName = workload.Name,
            Implied = workload.Implied,
            ShutdownPriority = workload.Implied ? null : workload.Down,
            ScaleUpPriority = workload.Implied ? null : workload.Up,
            Baseline = workload.Baseline,
            Hook = workload.Hook is { } runs ? new Parsed<HookSpec>(runs, []) : null,
            SpecReplicas = workload.Baseline?.SpecReplicas,
            Deleting = workload.ScalerDeleting,
            Target =
                workload.Gone ? new WorkloadLookup.Absent(target.ToString())
                : workload.Hidden is { } why ? new WorkloadLookup.Unknown(why)
                : new WorkloadLookup.Found(
                    new WorkloadView
                    {
                        Ref = target,
                        Uid = workload.Uid,
                        ResourceVersion = "1",
                        Replicas = workload is { Suspended: null, Notes: null } ? workload.Replicas : null,
                        Annotations = workload.Notes?.ToDictionary() ?? [],
                        Instances = workload.Notes is null ? null : 2,
                        ReadyInstances =
                            workload.Notes is null ? null
                            : workload.Notes.ContainsKey(WellKnown.FencingAnnotation) ? 0
                            : 2,
                        ReadyReplicas = Math.Min(
                            workload.MostReady ?? int.MaxValue,
                            Now >= workload.SettledAt
                                ? workload.Replicas
                                : Math.Min(workload.PodsBefore, workload.Replicas)
                        ),
                        Labels = workload.AppliedBy is { } owner
                            ? new Dictionary<string, string>
                            {
                                ["kustomize.toolkit.fluxcd.io/name"] = owner,
                                ["kustomize.toolkit.fluxcd.io/namespace"] = "shop",
                            }
                            : new Dictionary<string, string>(),
                        PodLabels = new Dictionary<string, string> { ["app"] = workload.Name },
                        RunsOn = Pods(workload) > 0 ? workload.Nodes : [],
                        Placement = workload.Placement,
                        PodsLeft = Math.Max(Pods(workload), workload.Stranded.Count),
                        Stranded = workload.Stranded,
                        Unstartable =
                            workload is { Unscheduled: { } pod, Replicas: > 0 } && Nodes?.All(n => n.Ready) == false
                                ? [new StrandedPod(pod, "no node takes it")]
                                : [],
                        Suspended = workload.Suspended,
                        Hook = workload.Hook is { } hook ? new HookView(hook, workload.Run) : null,
                        SuspendStated = workload.Stated,
                        ActiveJobs = workload.Suspended is null ? null : workload.Stranded.Count,
                        DeletesClaimsWhenScaled = workload.Deletes,
                        SizedBy = workload.SizedBy,
                        HorizontalPodAutoscaler = workload.Least is null ? null : workload.Name,
                        Autoscaler = workload.Least is { } least
                            ? new AutoscalerView(
                                new ObjectRef("autoscaling/v2", "HorizontalPodAutoscaler", "shop", workload.Name),
                                "hpa",
                                least,
                                10
                            )
                            : null,
                        ScaledObject = workload.Scaled
                            ? new ScaledObjectView(
                                new ObjectRef("keda.sh/v1alpha1", "ScaledObject", "shop", workload.Name),
                                "so",
                                "1",
                                workload.Pause is null
                                    ? new Dictionary<string, string>()
                                    : new() { [WellKnown.PausedReplicasAnnotation] = workload.Pause }
                            )
                            : null,
                    }
                ),
        };
        return workload.Stage?.Invoke(view) ?? view;
    }
}
