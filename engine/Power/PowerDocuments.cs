using System.Text.Json.Serialization;
using Ebb.Core.Outages;
using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Engine.Json;
using NodaTime;

namespace Ebb.Engine.Power;

/// <summary>The status of an Outage.</summary>
/// <param name="Progress">Where it stands, for the next leader.</param>
/// <param name="Report">What is told of it.</param>
/// <param name="Baselines">What workloads were that have a Baseline, should somebody delete that.</param>
internal sealed record OutageDocument(
    OutageProgress Progress,
    OutageReport Report,
    IReadOnlyList<RecordedBaseline>? Baselines = null
)
{
    /// <summary>
    /// Everything that is read later is there; false: somebody else has written it, and it tells nothing.
    /// </summary>
    [JsonIgnore]
    public bool IsWhole =>
        (Progress, Report) is ({ }, { Id.Length: > 0, Cause: not null })
        && Report.Workloads.All(w => w?.Name is not null)
        && Report.Workloads.DistinctBy(w => w.Name).Count() == Report.Workloads.Count
        && Report.Waves.All(w => w is not null)
        && Report.Lines.All(l => l?.Text is not null)
        && Report.People.All(p => p?.What is not null)
        && Progress.Waves.All(w => w is not null)
        && (Baselines ?? []).All(b => b is { Type: not null, Namespace: not null, Name: not null, Before: not null });

    /// <summary>The name of the object.</summary>
    [JsonIgnore]
    public string Name => Report.Id.ToLowerInvariant();

    /// <summary>Whether nothing has happened in between.</summary>
    public bool SaysTheSameAs(OutageDocument other) =>
        ReferenceEquals(Report, other.Report)
        && Progress with { Waves = [], NodesBefore = null } == other.Progress with { Waves = [], NodesBefore = null }
        && Progress.Waves.SequenceEqual(other.Progress.Waves)
        && (Progress.NodesBefore ?? []).SequenceEqual(other.Progress.NodesBefore ?? []);

    /// <summary>Another one at each wave boundary, turn and end, which are written at once.</summary>
    [JsonIgnore]
    public (string, Direction, int, int, Instant?) Boundary =>
        (Report.Id, Progress.Direction, Report.Waves.Count, Report.Waves.Count(w => w.Ended is not null), Report.Ended);
}

/// <summary>The status of the Power.</summary>
internal sealed record PowerStatus(
    string Mains,
    string Battery,
    string Contact,
    Instant? Since,
    string Phase,
    string Reason,
    double? BudgetSeconds,
    IReadOnlyList<StoredSupply> Supplies,
    IReadOnlyList<StoredHost>? Hosts
)
{
    /// <summary>Everything that is read later is there; false: somebody else has written it.</summary>
    [JsonIgnore]
    public bool IsWhole => Supplies?.All(s => s?.Ups is not null) == true && Hosts?.Contains(null!) != true;

    /// <summary>What others decide on.</summary>
    [JsonIgnore]
    public string Decisive =>
        $"{Mains} {Battery} {Contact} {Phase} {Since} "
        + string.Join(
            ", ",
            Supplies.Select(s =>
                $"{s.Ups} {s.LastKnown} {s.Since} {s.ForcedSince} {s.OrderedAt} {s.OffSince} "
                + $"{s.LostSince} {s.DoubtSince} {s.ChargeMoved} {s.RuntimeMoved}"
            )
        )
        + string.Concat((Hosts ?? []).Select(h => $", {h.Host} {string.Join(' ', h.Addresses)}"));

    public static PowerStatus Of(
        PowerView view,
        IReadOnlyList<SupplyMemory> supplies,
        IReadOnlyList<StoredHost> hosts
    ) =>
        new(
            Wording.Of(view.Power.Mains),
            Wording.Of(view.Power.Battery),
            view.Power.Fresh ? "fresh" : "lost",
            view.Power.Since,
            Wording.Of(view.Plan.Phase),
            view.Plan.Reason,
            view.Power.Budget?.Remaining.TotalSeconds,
            [.. supplies.Select(StoredSupply.Of)],
            hosts.Count > 0 ? hosts : null
        );
}

/// <summary>A host of the sources, with the addresses at which it answered last.</summary>
internal sealed record StoredHost(string Host, IReadOnlyList<string> Addresses);

/// <summary>One UPS, with since when it is as it is.</summary>
internal sealed record StoredSupply(
    string Ups,
    string LastKnown,
    Instant? Since,
    Instant? ForcedSince,
    Instant? OrderedAt,
    Instant? OffSince,
    double? Charge,
    double? RuntimeSeconds,
    double? Load,
    bool ChargeMoved = false,
    bool RuntimeMoved = false,
    Instant? LostSince = null,
    Instant? DoubtSince = null
)
{
    public static StoredSupply Of(SupplyMemory memory) =>
        new(
            memory.Ups,
            Wording.Of(memory.LastKnown),
            memory.Since,
            memory.ForcedSince,
            memory.OrderedAt,
            memory.OffSince,
            memory.Reading?.Charge,
            memory.Reading?.Runtime?.TotalSeconds,
            memory.Reading?.Load,
            memory.ChargeMovement.Moved,
            memory.RuntimeMovement.Moved,
            memory.LostSince,
            memory.DoubtSince
        );

    public SupplyMemory ToMemory() =>
        new()
        {
            Ups = Ups,
            LastKnown = LastKnown switch
            {
                "on" => Mains.On,
                "battery" => Mains.Battery,
                _ => Mains.Unknown,
            },
            Since = Since,
            ForcedSince = ForcedSince,
            OrderedAt = OrderedAt,
            OffSince = OffSince,
            LostSince = LostSince,
            DoubtSince = DoubtSince,
            ChargeMovement = Movement.None with { Moved = ChargeMoved },
            RuntimeMovement = Movement.None with { Moved = RuntimeMoved },
        };
}

/// <summary>Members that are null are left out: a report is long.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    Converters = [typeof(InstantConverter), typeof(DurationConverter)]
)]
[JsonSerializable(typeof(OutageDocument))]
[JsonSerializable(typeof(PowerStatus))]
internal sealed partial class PowerJson : JsonSerializerContext;
