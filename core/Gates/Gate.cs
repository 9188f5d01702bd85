using Ebb.Core.Time.Specs;
using NodaTime;

namespace Ebb.Core.Gates;

/// <summary>What a gate looks at.</summary>
public enum GateKind
{
    /// <summary>No VolumeAttachment is left for the volumes of the workload.</summary>
    VolumesDetached,

    /// <summary>A condition of any object.</summary>
    Condition,

    /// <summary>Nodes are ready and schedulable.</summary>
    NodesReady,

    /// <summary>A Service leads to a pod that is ready.</summary>
    EndpointsReady,

    /// <summary>Which webhooks guard what is woken; always open once it was read.</summary>
    Webhooks,
}

/// <summary>What must hold before the waves go on (down), or before the workload is woken (up).</summary>
/// <param name="Kind">What is looked at.</param>
/// <param name="Down">On the way down; false: up.</param>
/// <param name="Deadline">It is passed after this, counted from when its wave began.</param>
public sealed record Gate(GateKind Kind, bool Down, Duration Deadline)
{
    /// <summary>None.</summary>
    public static readonly Parsed<IReadOnlyList<Gate>> None = new([], []);

    /// <summary>How many nodes must be ready; null: all that were when the outage began.</summary>
    public int? Nodes { get; init; }

    /// <summary>The Service; null: another kind.</summary>
    public string? Service { get; init; }

    /// <summary>Where that is, since a webhook is served there; null: in the namespace of the UpsScaler.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object and its condition; null: another kind.</summary>
    public GateCondition? Condition { get; init; }
}

/// <summary>A condition that an object must have.</summary>
/// <param name="ApiVersion">Group and version.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Namespace">Where; empty: it lives in no namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Of the condition.</param>
/// <param name="Status">True, False or Unknown.</param>
public sealed record GateCondition(
    string ApiVersion,
    string Kind,
    string Namespace,
    string Name,
    string Type,
    string Status
);

/// <summary>What was read of a gate.</summary>
/// <param name="Open">Null: it is not known.</param>
/// <param name="Sentence">What it waits for.</param>
public sealed record GateAnswer(bool? Open, string Sentence)
{
    /// <summary>What was read of the webhooks; null: another kind, or Ebb may not read them.</summary>
    public WebhookReadings? Webhooks { get; init; }

    /// <summary>Not read yet.</summary>
    public static readonly GateAnswer Unread = new(null, "it has not been read yet");
}

/// <summary>A gate that is waited at. One that is edited is another one, wherever it stands in the list.</summary>
/// <param name="Uid">The UID of the UpsScaler; empty: it is not one of an UpsScaler, and all wait at it.</param>
/// <param name="Gate">What it waits for.</param>
public readonly record struct GateKey(string Uid, Gate Gate);
