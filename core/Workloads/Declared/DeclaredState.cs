namespace Ebb.Core.Workloads.Declared;

/// <summary>A workload that sleeps by its fields, as it was last seen.</summary>
/// <param name="Fields">What it says.</param>
/// <param name="Method">How it sleeps; null: it cannot be put to sleep, only given back what it was.</param>
/// <param name="Fault">Why there is no method; null: there is one.</param>
public sealed record DeclaredState(ObjectFields Fields, DeclaredMethod? Method, string? Fault)
{
    /// <summary>
    /// A workload of which something is kept already may be given no value that is not kept: where the method has
    /// changed meanwhile, it is given back what it was before it sleeps by the new one.
    /// </summary>
    /// <param name="fields">What it says.</param>
    /// <param name="method">How its kind sleeps now; null: see <paramref name="fault"/>.</param>
    /// <param name="fault">Why its kind has no method; null: it has one.</param>
    /// <param name="kept">Its baselines.</param>
    public static DeclaredState Of(
        ObjectFields fields,
        DeclaredMethod? method,
        string? fault,
        IReadOnlyList<Baseline> kept
    )
    {
        ArgumentNullException.ThrowIfNull(kept);
        if (method is null)
            return new DeclaredState(fields, null, fault ?? "no SleepMethod names its kind any more");
        return kept.All(baseline => method.Sleep.All(field => baseline.Fields?.Any(f => f.Path == field.Path) == true))
            ? new DeclaredState(fields, method, null)
            : new DeclaredState(
                fields,
                null,
                $"SleepMethod {method.Name} has changed while it slept: it is made what it was before it sleeps again"
            );
    }

    /// <summary>Every field has the value that it sleeps with.</summary>
    public bool IsSet => Method is { } method && method.Sleep.All(Fields.Has);
}
