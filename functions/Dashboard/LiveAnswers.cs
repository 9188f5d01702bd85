using System.Text.Json.Serialization;
using Ebb.Functions.Api;
using Ebb.Functions.Overrides;
using NodaTime;

namespace Ebb.Functions.Dashboard;

/// <summary>
/// <c>GET /api/live?since=…</c>: the status, and of the workloads only those that changed since. The token is opaque; one of another
/// process gets everything.
/// </summary>
internal sealed record LiveAnswer(
    string Token, bool Whole, StatusAnswer Status, IReadOnlyList<WorkloadAnswer> Workloads, IReadOnlyList<string> Gone, IReadOnlyList<OverrideAnswer> Overrides,
    LiveOutage? Outage, LiveDemo? Demo);

/// <summary>The outage that goes on, or the last one of this process.</summary>
internal sealed record LiveOutage(string Id, Instant Began, Instant? Ended);

/// <summary>Only in the simulation.</summary>
internal sealed record LiveDemo(double Speed, bool OnMains);

/// <summary><c>GET /api/history</c>: the last hours in even steps, oldest first.</summary>
internal sealed record HistoryAnswer(double StepSeconds, IReadOnlyList<HistorySample> Samples);

/// <summary>Null is no data.</summary>
internal sealed record HistorySample(Instant At, string Mains, double? Charge, double? Load, int Awake, int Asleep, int Total);

/// <summary>The body of <c>POST /api/demo/speed</c>.</summary>
internal sealed record SpeedRequest(double? Speed);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, Converters = [typeof(InstantConverter), typeof(DurationConverter)])]
[JsonSerializable(typeof(LiveAnswer))]
[JsonSerializable(typeof(HistoryAnswer))]
[JsonSerializable(typeof(SpeedRequest))]
internal sealed partial class DashboardJson : JsonSerializerContext;
