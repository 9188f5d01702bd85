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
    TimeZonesAnswer TimeZones
);

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

internal sealed record WaveAnswer(string Direction, int Priority, int Position, int Of);

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
    /// <summary>One for each row, whether an UpsScaler names it or not.</summary>
    public string Key => UpsScaler ?? $"{Kind} {Namespace}/{Name}";
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
    IReadOnlyList<PlanRefusal> Refused
);

internal sealed record PlannedWave(int Priority, double? ExpectedSeconds, IReadOnlyList<PlannedWorkload> Workloads);

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

/// <summary>RFC 9457.</summary>
internal sealed record Problem(string Type, string Title, int Status, string Detail);
