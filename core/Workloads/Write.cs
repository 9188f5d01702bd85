using Ebb.Core.Workloads.Declared;

namespace Ebb.Core.Workloads;

/// <summary>
/// One change to one object outside Ebb's own. It carries what it expects: when the object is not that one or has
/// changed since, nothing is written and the decision is made again.
/// </summary>
/// <param name="On">The object.</param>
/// <param name="Uid">Expected UID; null: not checked.</param>
/// <param name="ResourceVersion">Expected version; null: whatever it is.</param>
public abstract record Write(ObjectRef On, string? Uid, string? ResourceVersion)
{
    /// <summary>Whether another one asks the same of the same object, whatever it expects.</summary>
    public bool AsksTheSameAs(Write other) =>
        (this, other) switch
        {
            (Annotate one, Annotate two) => one.On == two.On && one.Annotations.SequenceEqual(two.Annotations),
            _ => this with { Uid = null, ResourceVersion = null } == other with { Uid = null, ResourceVersion = null },
        };

    /// <summary>
    /// Whether it asks again what another one asked, or a part of that: what is as it should be is not written again.
    /// </summary>
    public bool AsksAgain(Write before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return (this, before) switch
        {
            (Annotate now, Annotate then) => now.On == then.On && now.Annotations.Intersect(then.Annotations).Any(),
            (Merge now, Merge then) => now.On == then.On && FieldPatch.Overlap(now.Json, then.Json),
            // It is run again until it succeeds.
            (RunHook, _) => false,
            _ => AsksTheSameAs(before),
        };
    }

    /// <summary>Through the scale subresource.</summary>
    /// <param name="On">The object.</param>
    /// <param name="Uid">Expected UID.</param>
    /// <param name="ResourceVersion">Expected version.</param>
    /// <param name="Replicas">0 or more.</param>
    public sealed record Scale(ObjectRef On, string? Uid, string? ResourceVersion, int Replicas)
        : Write(On, Uid, ResourceVersion);

    /// <summary><c>spec.suspend</c>.</summary>
    /// <param name="On">The object.</param>
    /// <param name="Uid">Expected UID.</param>
    /// <param name="ResourceVersion">Expected version.</param>
    /// <param name="Suspended">The value; null: taken away.</param>
    public sealed record Suspend(ObjectRef On, string? Uid, string? ResourceVersion, bool? Suspended)
        : Write(On, Uid, ResourceVersion);

    /// <summary><c>spec.unschedulable</c> of a node.</summary>
    /// <param name="On">The object.</param>
    /// <param name="Uid">Expected UID.</param>
    /// <param name="ResourceVersion">Expected version.</param>
    /// <param name="Cordoned">The value; null: taken away.</param>
    public sealed record Cordon(ObjectRef On, string? Uid, string? ResourceVersion, bool? Cordoned)
        : Write(On, Uid, ResourceVersion);

    /// <summary>Annotations of the object; those not named stay.</summary>
    /// <param name="On">The object.</param>
    /// <param name="Uid">Expected UID.</param>
    /// <param name="ResourceVersion">Expected version.</param>
    /// <param name="Annotations">Value null: taken away.</param>
    public sealed record Annotate(
        ObjectRef On,
        string? Uid,
        string? ResourceVersion,
        IReadOnlyList<AnnotationValue> Annotations
    ) : Write(On, Uid, ResourceVersion);

    /// <summary>Argo CD's <c>spec.syncPolicy.automated</c>.</summary>
    /// <param name="On">The object.</param>
    /// <param name="Uid">Expected UID.</param>
    /// <param name="ResourceVersion">Expected version.</param>
    /// <param name="Json">A JSON object; null: taken away.</param>
    public sealed record Automate(ObjectRef On, string? Uid, string? ResourceVersion, string? Json)
        : Write(On, Uid, ResourceVersion);

    /// <summary>Any fields of the object, as a merge patch (RFC 7396).</summary>
    /// <param name="On">The object.</param>
    /// <param name="Uid">Expected UID.</param>
    /// <param name="ResourceVersion">Expected version.</param>
    /// <param name="Json">A JSON object.</param>
    public sealed record Merge(ObjectRef On, string? Uid, string? ResourceVersion, string Json)
        : Write(On, Uid, ResourceVersion);

    /// <summary><c>spec.minReplicas</c> and <c>spec.maxReplicas</c> of a HorizontalPodAutoscaler.</summary>
    /// <param name="On">The object.</param>
    /// <param name="Uid">Expected UID.</param>
    /// <param name="ResourceVersion">Expected version.</param>
    /// <param name="Least">1 or more; null: taken away.</param>
    /// <param name="Most">1 or more, not below <paramref name="Least"/>; null: left as it is.</param>
    public sealed record Bound(ObjectRef On, string? Uid, string? ResourceVersion, int? Least, int? Most)
        : Write(On, Uid, ResourceVersion);

    /// <summary>The next run of a hook is stored, and with that begun.</summary>
    /// <param name="On">The UpsScaler.</param>
    /// <param name="Uid">Expected UID.</param>
    /// <param name="ResourceVersion">Not used: the record of the runs carries what it expects.</param>
    /// <param name="Number">Of the run.</param>
    /// <param name="Down">On the way down; false: up.</param>
    public sealed record RunHook(ObjectRef On, string? Uid, string? ResourceVersion, int Number, bool Down)
        : Write(On, Uid, ResourceVersion);
}
