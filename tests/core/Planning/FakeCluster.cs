using Ebb.Core.Outages;
using Ebb.Core.Power;
using Ebb.Core.Tests.Power;
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
        public Baseline? Baseline { get; set; }
        public bool ScalerDeleting { get; set; }
        public bool ScalerGone { get; set; }
        public string? Pause { get; set; }
        public bool Scaled { get; init; }
        public string? SizedBy { get; set; }

        /// <summary>Pods that stay for ever, on a node that is not ready.</summary>
        public List<StrandedPod> Stranded { get; } = [];

        /// <summary>A pod of it that no node takes.</summary>
        public string? Unscheduled { get; set; }

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

    /// <summary>Why every write to a workload is refused, by its name.</summary>
    public Dictionary<string, string> Refusals { get; } = [];

    /// <summary>What the outages before have shown of each wave down.</summary>
    public Dictionary<int, Duration> Needed { get; } = [];

    /// <summary>Why it cannot be read whole; null: it was.</summary>
    public string? Unread { get; set; }

    public FakeCluster(PowerSettings? settings = null)
    {
        Settings = settings ?? new PowerSettings();
        Ups = new UpsScenario(Settings);
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
        bool keda = false
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

    public void Crash(string name, int ready) => Of(name).MostReady = ready;

    public void Strand(string name, params string[] pods) =>
        Of(name).Stranded.AddRange(pods.Select(pod => new StrandedPod(pod, "node n3 is not ready")));

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
            Report = OutageReportBuilder.After(Report, Plan, input.Power, input.Now) ?? Report;
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
        );
        return new PlanInput
        {
            Cluster = view,
            Members = UpsScalerValidation.Of(view.Scalers, []),
            Power = PowerState.Of([Ups.Supply(Now)], Settings, Orders.Acknowledged, null, At.Second(Now)),
            Orders = Orders,
            Progress = Progress,
            Attempts = _attempts,
            Settings = Settings,
            Needed = Needed,
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
            if (Refusals.GetValueOrDefault(workload.Name) is { } refusal)
            {
                _attempts[move.Member.Scaler.Uid] = Attempt.After(
                    _attempts.GetValueOrDefault(move.Member.Scaler.Uid),
                    direction,
                    At.Second(Now),
                    refusal,
                    refused: true
                );
                Writes.Add($"{Now} {workload.Name} refused");
                continue;
            }
            _attempts[move.Member.Scaler.Uid] = Attempt.After(
                _attempts.GetValueOrDefault(move.Member.Scaler.Uid),
                direction,
                At.Second(Now),
                null,
                move.Member.Workload?.SizedBy
            );
            foreach (var write in move.Writes)
                Apply(workload, write);
        }
        foreach (var member in order.Releases)
        {
            var workload = Of(member.Scaler.TargetName!);
            workload.Baseline = null;
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
            case Write.Annotate annotate:
                workload.Pause = annotate.Annotations[0].Value;
                Writes.Add($"{Now} {workload.Name} pause {workload.Pause ?? "no more"}");
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
        Now >= workload.SettledAt ? workload.Replicas : Math.Max(workload.PodsBefore, workload.Replicas);

    private FakeWorkload Of(string name) => _workloads.Single(t => t.Name == name);

    private UpsScalerView View(FakeWorkload workload)
    {
        var target = new ObjectRef("apps/v1", "Deployment", "shop", workload.Name);
        return new UpsScalerView
        {
            Ref = new ObjectRef("ups-scaler.io/v1alpha1", "UpsScaler", "shop", workload.Name),
            Uid = "scaler-" + workload.Name,
            ResourceVersion = "1",
            Type = workload.Type,
            TargetNamespace = "shop",
            TargetName = workload.Name,
            ShutdownPriority = workload.Down,
            ScaleUpPriority = workload.Up,
            Baseline = workload.Baseline,
            SpecReplicas = workload.Baseline?.SpecReplicas,
            Deleting = workload.ScalerDeleting,
            Target = workload.Gone
                ? new WorkloadLookup.Absent(target.ToString())
                : new WorkloadLookup.Found(
                    new WorkloadView
                    {
                        Ref = target,
                        Uid = workload.Uid,
                        ResourceVersion = "1",
                        Replicas = workload.Suspended is null ? workload.Replicas : null,
                        ReadyReplicas = Math.Min(
                            workload.MostReady ?? int.MaxValue,
                            Now >= workload.SettledAt
                                ? workload.Replicas
                                : Math.Min(workload.PodsBefore, workload.Replicas)
                        ),
                        PodsLeft = Math.Max(Pods(workload), workload.Stranded.Count),
                        Stranded = workload.Stranded,
                        Unstartable =
                            workload is { Unscheduled: { } pod, Replicas: > 0 } && Nodes?.All(n => n.Ready) == false
                                ? [new StrandedPod(pod, "no node takes it")]
                                : [],
                        Suspended = workload.Suspended,
                        SuspendStated = true,
                        ActiveJobs = workload.Suspended is null ? null : workload.Stranded.Count,
                        DeletesClaimsWhenScaled = workload.Deletes,
                        SizedBy = workload.SizedBy,
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
    }
}
