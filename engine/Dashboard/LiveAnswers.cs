using System.Text.Json.Serialization;
using Ebb.Engine.Http;
using Ebb.Engine.Json;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Engine.Dashboard;

/// <summary>
/// <c>GET /api/live?since=…</c>: the status, and of the workloads only those that changed since. The token is opaque;
/// one of another
/// process gets everything.
/// </summary>
internal sealed record LiveAnswer(
    string Token,
    bool Whole,
    StatusAnswer Status,
    IReadOnlyList<LiveWorkload> Workloads,
    IReadOnlyList<string> Gone,
    IReadOnlyList<OverrideAnswer> Overrides,
    LiveOutage? Outage,
    LiveDemo? Demo
);

/// <summary>
/// A workload as the page shows it, and no more: a thousand of them are one answer. What is not known is left out.
/// </summary>
internal sealed record LiveWorkload(string Key, string Kind, string Namespace, string Name, string State, string Reason)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Size { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Baseline { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Down { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Up { get; init; }

    /// <summary>Who decides; left out: nobody.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Source { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Late { get; init; }

    /// <summary>What its turn waits for on battery, in words; left out: its turn comes at once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Stage { get; init; }

    public static LiveWorkload Of(WorkloadAnswer answer) =>
        new(answer.Key, answer.Kind, answer.Namespace, answer.Name, answer.State, answer.Reason)
        {
            Size = answer.Size,
            Baseline = answer.Baseline,
            Down = answer.ShutdownPriority,
            Up = answer.ScaleUpPriority,
            Source = answer.Decision.Source == "none" ? null : answer.Decision.Source,
            Late = answer.Late,
            Stage = answer.Stage,
        };
}

/// <summary>The outage that goes on, or the last one of this process.</summary>
internal sealed record LiveOutage(string Id, Instant Began, Instant? Ended);

/// <summary>Only in the simulation.</summary>
internal sealed record LiveDemo(double Speed, bool OnMains);

/// <summary><c>GET /api/history</c>: the last hours in even steps, oldest first.</summary>
internal sealed record HistoryAnswer(double StepSeconds, IReadOnlyList<HistorySample> Samples);

/// <summary>Null is no data.</summary>
internal sealed record HistorySample(
    Instant At,
    string Mains,
    double? Charge,
    double? Load,
    int Awake,
    int Asleep,
    int Total
);

/// <summary>The body of <c>POST /api/demo/speed</c>.</summary>
internal sealed record SpeedRequest(double? Speed);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(InstantConverter), typeof(DurationConverter)]
)]
[JsonSerializable(typeof(LiveAnswer))]
[JsonSerializable(typeof(HistoryAnswer))]
[JsonSerializable(typeof(SpeedRequest))]
internal sealed partial class DashboardJson : JsonSerializerContext;
