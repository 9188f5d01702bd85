using System.Text.Json.Serialization;
using Ebb.Core.Hooks;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Baselines;

/// <summary>A Baseline as the server sends it.</summary>
internal sealed record BaselineObject : IKubernetesObject
{
    private IReadOnlyList<StoredBaseline>? _holds;

    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }
    public BaselineSpec? Spec { get; init; }
    public BaselineStatus? Status { get; init; }

    /// <summary>
    /// As each of its holders has it, the same instances each time; without one it is held by who wrote it. Empty: it
    /// belongs to nothing that Ebb knows how to size.
    /// </summary>
    public IReadOnlyList<StoredBaseline> Holds => _holds ??= Spec is { } spec ? Read(spec) : [];

    /// <summary>Who holds it, in order.</summary>
    public IReadOnlyList<BaselineSource> Holders =>
        (Status?.HeldBy ?? []).Select(BaselineName.Source).OfType<BaselineSource>().Distinct().Order().ToList()
            is { Count: > 0 } holders
            ? holders
        : BaselineName.Source(Spec?.By ?? "power") is { } by ? [by]
        : [];

    private IReadOnlyList<StoredBaseline> Read(BaselineSpec spec)
    {
        var holders = Holders;
        var keys = holders.Select(holder => BaselineJson.Key(spec, holder)).OfType<BaselineKey>().ToList();
        if (keys.Count == 0)
            return [];
        var before = BaselineJson.Read(spec, keys[0]);
        var notes = new BaselineNotes(Status?.Sizes ?? [], Status?.EmptiedFrom) { Hook = Status?.Hook?.Run() };
        var type = Kinds.Baselines.Type;
        var on = new ObjectRef(type.ApiVersion, type.Kind, Metadata.Namespace, Metadata.Name);
        return
        [
            .. keys.Select(key => new StoredBaseline(key, before, notes, on, Metadata.Uid, Metadata.ResourceVersion)
            {
                Holders = holders,
            }),
        ];
    }
}

internal sealed record BaselineSpec(
    BaselineTarget? Target,
    Instant? CapturedAt,
    int? Replicas,
    int? Ready,
    bool? Suspended,
    bool? SuspendStated,
    BaselineAnnotation[]? Annotations,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Automated,
    [property: JsonConverter(typeof(LenientStringConverter))] string? ScaledObject,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Scales,
    [property: JsonConverter(typeof(LenientStringConverter))] string? By,
    BaselineBounds? Bounds,
    BaselineField[]? Fields = null,
    string[]? Nodes = null
);

internal sealed record BaselineStatus(
    int[]? Sizes,
    int? EmptiedFrom,
    BaselineHook? Hook = null,
    string?[]? HeldBy = null
);

internal sealed record BaselineHook(
    int? Number,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Direction,
    Instant? Begun,
    Instant? Deadline,
    [property: JsonConverter(typeof(LenientStringConverter))] string? By,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Outcome,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Detail
)
{
    /// <summary>Null: somebody else wrote it, and it tells nothing.</summary>
    public HookRun? Run() =>
        Number is { } number
        && Begun is { } begun
        && Deadline is { } deadline
        && Direction is "down" or "up"
        && Enum.TryParse<HookOutcome>(Outcome, out var outcome)
        && Enum.IsDefined(outcome)
            ? new HookRun(number, Direction == "down", begun, deadline, By ?? "", outcome, Detail)
            : null;
}

internal sealed record BaselineBounds(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Name,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Uid,
    int? MinReplicas,
    int? MaxReplicas
);

internal sealed record BaselineTarget(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Type,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Namespace,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Name,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Uid
);

internal sealed record BaselineField(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Path,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Value,
    [property: JsonConverter(typeof(LenientStringConverter))] string? AbsentFrom
);

internal sealed record BaselineAnnotation(string? Name, string? Value);
