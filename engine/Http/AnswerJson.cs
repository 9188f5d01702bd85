using System.Text.Json.Serialization;
using Ebb.Core.Outages;
using Ebb.Engine.Json;
using Ebb.Kubernetes.Api;

namespace Ebb.Engine.Http;

/// <summary>Every shape that goes in or out as JSON, known at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(InstantConverter), typeof(DurationConverter)]
)]
[JsonSerializable(typeof(OutageReport))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(WorkloadsAnswer))]
[JsonSerializable(typeof(WorkloadAnswer))]
[JsonSerializable(typeof(PlanAnswer))]
[JsonSerializable(typeof(OutagesAnswer))]
[JsonSerializable(typeof(AskedAnswer))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(PowerRequest))]
internal sealed partial class AnswerJson : JsonSerializerContext;
