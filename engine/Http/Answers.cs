using Ebb.Core.Workloads;
using Ebb.Engine.Power;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Engine.Http;

/// <summary><c>GET /api/status</c>. What is not known is null, never 0.</summary>
internal sealed record StatusAnswer(
    Instant Now,
    ClusterAnswer Cluster,
    PowerAnswer Power,
    string Phase,
    WaveAnswer? Wave,
    CountsAnswer Workloads,
    string Reason,
    bool Leading,
    bool Acting,
    IReadOnlyList<string> Troubles,
    TimeZonesAnswer TimeZones,
    string Outlook,
    HoldAnswer? Hold,
    Instant? NextChange
);

/// <summary>A hold that stands: nothing is touched, whatever power does. Until null: until it is released.</summary>
internal sealed record HoldAnswer(string Reason, string? By, Instant? Until);

/// <summary>The versions of the time zone data in use, and of what this program was built with.</summary>
internal sealed record TimeZonesAnswer(string Version, string Shipped);

internal sealed record ClusterAnswer(string Mode, bool? Reachable);

internal sealed record PowerAnswer(
    string Mains,
    string Battery,
    bool ForcedShutdown,
    string Contact,
    Instant? Since,
    double? BudgetSeconds,
    string? BudgetBound,
    IReadOnlyList<SupplyAnswer> Supplies
);

internal sealed record SupplyAnswer(
    string Ups,
    string? Source,
    IReadOnlyList<string> Flags,
    double? Charge,
    double? RuntimeSeconds,
    double? Load,
    Instant? ReadAt,
    string Mains,
    string Battery,
    string Contact,
    IReadOnlyList<string> Notes
);

/// <summary>The wave that moves, and until when the next one waits for it at most; null: not known.</summary>
internal sealed record WaveAnswer(string Direction, int Priority, int Position, int Of, Instant? WaitedUntil);

internal sealed record CountsAnswer(int Total, int Awake, int Asleep, int Moving, int Late);

/// <summary><c>GET /api/workloads</c>.</summary>
internal sealed record WorkloadsAnswer(IReadOnlyList<WorkloadAnswer> Items);

internal sealed record WorkloadAnswer(
    string Kind,
    string Namespace,
    string Name,
    int? Size,
    int? Ready,
    int? Baseline,
    string State,
    bool Late,
    int? ShutdownPriority,
    int? ScaleUpPriority,
    DecisionAnswer Decision,
    IReadOnlyList<ClaimAnswer> Overruled,
    string Reason,
    string? UpsScaler
)
{
    /// <summary>What its turn waits for on battery, in words; null: it comes at once.</summary>
    public string? Stage { get; init; }

    /// <summary>One for each row, whether an UpsScaler names it or not.</summary>
    public string Key => UpsScaler ?? $"{Kind} {ObjectRef.Placed(Namespace, Name)}";
}

internal sealed record DecisionAnswer(
    string Effect,
    int? Value,
    string Source,
    string Reason,
    Instant? Until = null,
    int? Least = null,
    int? Most = null
);

internal sealed record ClaimAnswer(string Effect, int? Value, string Source, string Reason, Instant? Until = null);

/// <summary><c>GET /api/plan</c>: the waves as they would run now.</summary>
internal sealed record PlanAnswer(
    IReadOnlyList<PlannedWave> Down,
    IReadOnlyList<PlannedWave> Up,
    double? DownSeconds,
    double? UpSeconds,
    double? BudgetSeconds,
    bool? Fits,
    string Outlook,
    IReadOnlyList<PlanRefusal> Refused,
    IReadOnlyList<PlannedStage> Stages,
    PlannedPace Pace,
    IReadOnlyList<PlannedFailure> FailingAlone
);

/// <param name="AtOnce">So many workloads start at once at most on the way up; null: a whole wave.</param>
/// <param name="Because">Who limits it, or why nothing does.</param>
internal sealed record PlannedPace(int? AtOnce, string Because);

/// <summary>What becomes of the workloads when one supply that nodes name fails, and all others have mains.</summary>
/// <param name="Supply">Its name.</param>
/// <param name="Nodes">Those that have no power then.</param>
/// <param name="Whole">Too few supplies are left: all go to sleep, whatever feeds them.</param>
/// <param name="Asleep">What is put to sleep: kind, namespace and name.</param>
/// <param name="Running">What is left running.</param>
internal sealed record PlannedFailure(
    string Supply,
    IReadOnlyList<string> Nodes,
    bool Whole,
    IReadOnlyList<string> Asleep,
    IReadOnlyList<PlannedRunning> Running
);

/// <param name="Workload">Kind, namespace and name.</param>
/// <param name="Because">Why it is left running.</param>
internal sealed record PlannedRunning(string Workload, string Because);

/// <param name="Workload">Kind, namespace and name.</param>
/// <param name="Priority">Of its wave down.</param>
/// <param name="Condition">What it waits for.</param>
/// <param name="AfterSeconds">Expected so long after the mains has failed; null: the discharge alone does not bring
/// it.</param>
/// <param name="Because">What brings it.</param>
internal sealed record PlannedStage(
    string Workload,
    int Priority,
    string Condition,
    double? AfterSeconds,
    string Because
);

/// <param name="Priority">Its priority.</param>
/// <param name="ExpectedSeconds">What it takes; null: not known.</param>
/// <param name="WaitSeconds">How long it would be waited for on battery; null: on the way up.</param>
/// <param name="Workloads">What moves in it.</param>
internal sealed record PlannedWave(
    int Priority,
    double? ExpectedSeconds,
    double? WaitSeconds,
    IReadOnlyList<PlannedWorkload> Workloads
);

internal sealed record PlannedWorkload(string Kind, string Namespace, string Name, double? ExpectedSeconds);

internal sealed record PlanRefusal(string UpsScaler, string Reason);

/// <summary><c>GET /api/outages</c>.</summary>
internal sealed record OutagesAnswer(IReadOnlyList<OutageSummary> Items);

internal sealed record OutageSummary(
    string Id,
    Instant Began,
    Instant? Ended,
    string Cause,
    bool Drill,
    int Workloads,
    int Late
);

/// <summary>What became of something that was asked for.</summary>
/// <param name="Asked">The verb.</param>
/// <param name="Reason">Why, as it was given.</param>
/// <param name="Order">The PowerOrder that was stored; after a release those that were released; null: there was
/// none.</param>
internal sealed record AskedAnswer(string Asked, string Reason, string? Order);

/// <summary>The body of <c>POST /api/power/…</c>.</summary>
internal sealed record PowerRequest(string? Reason, string? For = null, string? Until = null);

/// <summary>The body of <c>POST /api/session</c>.</summary>
internal sealed record SignInRequest(string? Key);

/// <summary>What whoever signed in may do: view or control.</summary>
internal sealed record SignInAnswer(string May);

/// <summary><c>GET /api</c>.</summary>
internal sealed record RouteListAnswer(IReadOnlyList<RouteAnswer> Routes);

/// <summary>One route; what stands in braces is part of the address.</summary>
internal sealed record RouteAnswer(string Method, string Path);

/// <summary>RFC 9457.</summary>
internal sealed record Problem(string Type, string Title, int Status, string Detail);
