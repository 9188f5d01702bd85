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
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(SignInAnswer))]
[JsonSerializable(typeof(RouteListAnswer))]
internal sealed partial class AnswerJson : JsonSerializerContext;
