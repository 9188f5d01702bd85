using System.Text.Json.Serialization;
using Ebb.Core.Outages;
using Ebb.Engine.Json;
using NodaTime;

namespace Ebb.Engine.Journal;

/// <summary>One act: what Ebb did or a person asked.</summary>
/// <param name="At">When.</param>
/// <param name="Who">The source that asked, or the person.</param>
/// <param name="What">What was done or asked.</param>
/// <param name="Subject">To what: a workload, an order.</param>
/// <param name="Why">The reason, as the status gives it.</param>
/// <param name="Result">done, or why it was not.</param>
internal sealed record JournalEntry(Instant At, string Who, string What, string Subject, string Why, string Result);

/// <summary><c>GET /api/journal</c>, the youngest first.</summary>
/// <param name="Kept">archive: all that was archived; memory: what this replica did since it started.</param>
/// <param name="Items">The entries.</param>
/// <param name="Next">For <c>?after=</c>; null: there are no more.</param>
internal sealed record JournalAnswer(string Kept, IReadOnlyList<JournalEntry> Items, string? Next);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantConverter), typeof(DurationConverter)]
)]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(JournalAnswer))]
[JsonSerializable(typeof(OutageReport))]
internal sealed partial class JournalJson : JsonSerializerContext;
