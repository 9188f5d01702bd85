using Ebb.Core.Workloads.Declared;
using NodaTime;

namespace Ebb.Core.Workloads;

/// <summary>
/// What an object was before Ebb changed it. Written once, before the first write to it; only the members that its type
/// and who changes it need are there, all others are null.
/// </summary>
/// <param name="Uid">The UID of the workload it belongs to; null: a person wrote it without one.</param>
/// <param name="CapturedAt">When it was captured; null likewise.</param>
/// <param name="Replicas">Desired replicas, 0 when it was empty already.</param>
/// <param name="Suspended">Whether it was suspended, or by its fields asleep, already.</param>
/// <param name="Annotations">The annotations that Ebb is about to change, on the workload or on its ScaledObject; value
/// null: it was not there.</param>
/// <param name="Automated">Argo CD's <c>spec.syncPolicy.automated</c> as JSON; null: there was none.</param>
/// <param name="ScaledObject">The name of the ScaledObject that scaled it, in its namespace.</param>
/// <param name="SuspendStated">Whether <c>spec.suspend</c> was written out; false: it was absent, and goes
/// again.</param>
/// <param name="Ready">How many of them were ready: it is waited for no more than these. Null: not known, all of
/// them.</param>
/// <param name="Bounds">The bounds of what scales it, or its own when it is that; null: there were none.</param>
/// <param name="Scales">Kind and name of the workload that it scales, as in <c>Deployment/web</c>.</param>
/// <param name="Fields">The fields that Ebb is about to change because a SleepMethod names them.</param>
public sealed record Baseline(
    string? Uid,
    Instant? CapturedAt,
    int? Replicas = null,
    bool? Suspended = null,
    IReadOnlyList<AnnotationValue>? Annotations = null,
    string? Automated = null,
    string? ScaledObject = null,
    bool? SuspendStated = null,
    int? Ready = null,
    AutoscalerView? Bounds = null,
    string? Scales = null,
    IReadOnlyList<FieldValue>? Fields = null
)
{
    /// <summary>
    /// The one integer of the original contract: the replicas; for what has none, 0 when it was asleep already and 1
    /// when it was not. Never -1, which says that nothing is captured.
    /// </summary>
    public int SpecReplicas => Replicas ?? (Suspended == true || Hibernated || NeverAutomated ? 0 : 1);

    private bool Hibernated =>
        Annotations?.Any(a => a is { Name: WellKnown.HibernationAnnotation, Value: "on" }) == true;

    private bool NeverAutomated => Suspended is null && Annotations is null && Replicas is null && Automated is null;

    /// <summary>
    /// The nodes that its pods were on; null: not known, or no node named a supply. It says which supply it waits for.
    /// </summary>
    public IReadOnlyList<string>? Nodes { get; init; }

    /// <summary>How many must be ready before it is its own again, of <paramref name="size"/>.</summary>
    public int ReadyOf(int size) => Ready is { } ready && !(ready >= Replicas) ? Math.Min(ready, size) : size;

    /// <summary>The same of something without a size as if it had not been asleep.</summary>
    internal Baseline Running =>
        this with
        {
            Suspended = Suspended is null ? null : false,
            Annotations = Annotations is null
                ? null
                :
                [
                    .. Annotations.Select(a =>
                        a is { Name: WellKnown.HibernationAnnotation, Value: "on" } ? a with { Value = null } : a
                    ),
                ],
        };

    /// <summary>The value that an annotation had; null when it had none or was not captured.</summary>
    public string? Annotation(string name) => Annotations?.FirstOrDefault(a => a.Name == name)?.Value;
}

/// <summary>An annotation as it was.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Value">Null: it was not there.</param>
public sealed record AnnotationValue(string Name, string? Value);
