using Ebb.Core.Planning;
using Ebb.Core.Planning.Outages;
using Ebb.Core.Planning.Waves;
using Ebb.Core.Power;
using Ebb.Core.Tests.Power;

namespace Ebb.Core.Tests.Planning;

/// <summary>
/// A cluster on paper: it does what the orders say, and its pods take their seconds. With it a whole outage is decided, second by
/// second, without a socket.
/// </summary>
internal sealed class PaperCluster
{
    private sealed class Thing
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
    }

    private readonly List<Thing> _things = [];
    private readonly Dictionary<string, Attempt> _attempts = [];

    public Watched Ups { get; }

    public PowerSettings Settings { get; }

    public Orders Asks { get; set; } = Orders.None;

    public OutageProgress Episode { get; set; } = OutageProgress.None;

    public double Now { get; private set; }

    public Plan Plan { get; private set; } = null!;

    /// <summary>The outage so far, or the last one.</summary>
    public OutageReport? Report { get; private set; }

    /// <summary>Everything that was written, as <c>second name what</c>.</summary>
    public List<string> Writes { get; } = [];

    public List<NodeView>? Nodes { get; set; }

    /// <summary>Why it cannot be read whole; null: it was.</summary>
    public string? Unread { get; set; }

    public PaperCluster(PowerSettings? settings = null)
    {
        Settings = settings ?? new PowerSettings();
        Ups = new Watched(Settings);
    }

    public PaperCluster With(
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
        _things.Add(
            new Thing
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

    public PaperCluster WithCronJob(string name, int down, int up, bool suspended)
    {
        _things.Add(
            new Thing
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
        Episode = OutageProgress.None;
        Asks = Orders.None;
        _attempts.Clear();
    }

    /// <summary>Lets time pass with one status, a turn each second.</summary>
    public PaperCluster Run(double seconds, string status, double? charge = 100, Action<double>? each = null)
    {
        for (var end = Now + seconds; Now < end; )
        {
            Now++;
            Ups.Says(Now, status, charge);
            each?.Invoke(Now);
            Turn();
        }
        return this;
    }

    public PaperCluster Silence(double seconds)
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
            var situation = Situation();
            Plan = Planner.Decide(situation);
            (Asks, Episode) = (Plan.Orders, Plan.Progress);
            Report = OutageReportBuilder.After(Report, Plan, situation.Power, situation.Now) ?? Report;
            if (Plan.Steps.Count == 0)
                return Plan;
            CarryOut(Plan.Steps[0], Plan.Steps[0].Priority is null ? Direction.Up : Plan.Direction);
        }
        return Plan;
    }

    public PlanInput Situation()
    {
        var view = new ClusterView(
            Unread is null,
            At.Second(Now),
            true,
            [.. _things.Where(t => !t.ScalerGone).Select(View)],
            Nodes,
            Unread is null ? [] : [Unread]
        );
        return new PlanInput
        {
            Cluster = view,
            Members = UpsScalerValidation.Of(view.Scalers, []),
            Power = PowerState.Of([Ups.Supply(Now)], Settings, Asks.Acknowledged, null, At.Second(Now)),
            Orders = Asks,
            Progress = Episode,
            Attempts = _attempts,
            Settings = Settings,
            Now = At.Second(Now),
        };
    }

    private void CarryOut(WaveSteps order, Direction direction)
    {
        foreach (var capture in order.Captures)
        {
            var thing = Of(capture.Member.Scaler.TargetName!);
            Assert.Null(thing.Baseline);
            thing.Baseline = capture.Baseline;
            Writes.Add($"{Now} {thing.Name} capture {capture.Baseline.SpecReplicas}");
        }
        foreach (var move in order.Moves)
        {
            var thing = Of(move.Member.Scaler.TargetName!);
            Assert.NotNull(thing.Baseline);
            _attempts[move.Member.Scaler.Uid] = Attempt.After(
                _attempts.GetValueOrDefault(move.Member.Scaler.Uid),
                direction,
                At.Second(Now),
                null,
                move.Member.Workload?.SizedBy
            );
            foreach (var write in move.Writes)
                Apply(thing, write);
        }
        foreach (var member in order.Releases)
        {
            var thing = Of(member.Scaler.TargetName!);
            thing.Baseline = null;
            if (thing.ScalerDeleting)
                thing.ScalerGone = true;
            _attempts.Remove(member.Scaler.Uid);
            Writes.Add($"{Now} {thing.Name} release");
        }
    }

    private void Apply(Thing thing, Write write)
    {
        switch (write)
        {
            case Write.Scale scale:
                Resize(thing, scale.Replicas);
                Writes.Add($"{Now} {thing.Name} scale {scale.Replicas}");
                break;
            case Write.Suspend suspend:
                thing.Suspended = suspend.Suspended ?? false;
                Writes.Add($"{Now} {thing.Name} suspend {suspend.Suspended}");
                break;
            case Write.Annotate annotate:
                thing.Pause = annotate.Annotations[0].Value;
                Writes.Add($"{Now} {thing.Name} pause {thing.Pause ?? "no more"}");
                break;
            default:
                throw new InvalidOperationException($"{write}");
        }
    }

    private void Resize(Thing thing, int replicas)
    {
        if (thing.Replicas == replicas)
            return;
        thing.PodsBefore = Pods(thing);
        thing.SettledAt = Now + (replicas < thing.Replicas ? thing.StopSeconds : thing.StartSeconds);
        thing.Replicas = replicas;
    }

    private int Pods(Thing thing) =>
        Now >= thing.SettledAt ? thing.Replicas : Math.Max(thing.PodsBefore, thing.Replicas);

    private Thing Of(string name) => _things.Single(t => t.Name == name);

    private UpsScalerView View(Thing thing)
    {
        var workload = new ObjectRef("apps/v1", "Deployment", "shop", thing.Name);
        return new UpsScalerView
        {
            Ref = new ObjectRef("ups-scaler.io/v1alpha1", "UpsScaler", "shop", thing.Name),
            Uid = "scaler-" + thing.Name,
            ResourceVersion = "1",
            Type = thing.Type,
            TargetNamespace = "shop",
            TargetName = thing.Name,
            ShutdownPriority = thing.Down,
            ScaleUpPriority = thing.Up,
            Baseline = thing.Baseline,
            SpecReplicas = thing.Baseline?.SpecReplicas,
            Deleting = thing.ScalerDeleting,
            HasFinalizer = thing.Baseline is not null,
            Target = thing.Gone
                ? new WorkloadLookup.Absent(workload.ToString())
                : new WorkloadLookup.Found(
                    new WorkloadView
                    {
                        Ref = workload,
                        Uid = thing.Uid,
                        ResourceVersion = "1",
                        Replicas = thing.Suspended is null ? thing.Replicas : null,
                        ReadyReplicas =
                            Now >= thing.SettledAt ? thing.Replicas : Math.Min(thing.PodsBefore, thing.Replicas),
                        PodsLeft = Pods(thing),
                        Suspended = thing.Suspended,
                        SuspendStated = true,
                        ActiveJobs = thing.Suspended is null ? null : 0,
                        DeletesClaimsWhenScaled = thing.Deletes,
                        SizedBy = thing.SizedBy,
                        ScaledObject = thing.Scaled
                            ? new ScaledObjectView(
                                new ObjectRef("keda.sh/v1alpha1", "ScaledObject", "shop", thing.Name),
                                "so",
                                "1",
                                thing.Pause is null
                                    ? new Dictionary<string, string>()
                                    : new() { [WellKnown.PausedReplicasAnnotation] = thing.Pause }
                            )
                            : null,
                    }
                ),
        };
    }
}
