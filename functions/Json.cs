using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Planning.Outages;
using Ebb.Functions.Api;
using Ebb.Functions.Power;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Functions;

/// <summary>Every shape that goes in or out as JSON, known at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    Converters = [typeof(InstantConverter), typeof(DurationConverter)]
)]
[JsonSerializable(typeof(Remembered))]
[JsonSerializable(typeof(OutageReport))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(WorkloadsAnswer))]
[JsonSerializable(typeof(WorkloadAnswer))]
[JsonSerializable(typeof(PlanAnswer))]
[JsonSerializable(typeof(OutagesAnswer))]
[JsonSerializable(typeof(AskedAnswer))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(InvocationAnswer))]
[JsonSerializable(typeof(PowerRequest))]
internal sealed partial class Json : JsonSerializerContext;

/// <summary>RFC 3339 in UTC.</summary>
internal sealed class InstantConverter : JsonConverter<Instant>
{
    public override Instant Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        InstantPattern.ExtendedIso.Parse(reader.GetString() ?? "") is { Success: true } parsed
            ? parsed.Value
            : throw new JsonException("expected an instant such as 2026-01-31T12:00:00Z");

    public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) =>
        writer.WriteStringValue(InstantPattern.ExtendedIso.Format(value));
}

/// <summary>Seconds.</summary>
internal sealed class DurationConverter : JsonConverter<Duration>
{
    public override Duration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Duration.FromSeconds(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.TotalSeconds);
}
