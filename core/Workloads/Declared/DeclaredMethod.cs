namespace Ebb.Core.Workloads.Declared;

/// <summary>How workloads of one kind sleep, as a SleepMethod says.</summary>
/// <param name="Name">Of the SleepMethod, for messages.</param>
/// <param name="ApiVersion">Of the kind: <c>group/version</c>, <c>core/v1</c> for the core group.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Sleep">What its fields are given; empty: it is scaled to 0.</param>
/// <param name="Pods">Which pods are its own; null: it has none, or it is not said.</param>
/// <param name="Asleep">What says that it is asleep, beside its fields.</param>
/// <param name="Awake">What says that it is awake again, beside its fields.</param>
public sealed record DeclaredMethod(
    string Name,
    string ApiVersion,
    string Kind,
    IReadOnlyList<FieldValue> Sleep,
    OwnPods? Pods,
    WorkloadSignals Asleep,
    WorkloadSignals Awake
)
{
    /// <summary>Through the scale subresource, as a kind that no SleepMethod names.</summary>
    public bool IsScaled => Sleep.Count == 0;
}

/// <summary>What the status of a workload, or its pods, must show; all of it.</summary>
/// <param name="Pods">Asleep: none is left. Awake: as many are ready as there were before.</param>
/// <param name="Fields">Fields with their values.</param>
/// <param name="Conditions">Conditions of its status.</param>
public sealed record WorkloadSignals(
    bool Pods,
    IReadOnlyList<FieldValue> Fields,
    IReadOnlyList<ConditionValue> Conditions
)
{
    /// <summary>Nothing but its fields.</summary>
    public static readonly WorkloadSignals None = new(false, [], []);

    /// <summary>There is something to look at.</summary>
    public bool Any => Pods || Fields.Count + Conditions.Count > 0;

    /// <summary>The status shows it all; null: it cannot be told, since a condition is not there.</summary>
    public bool? Shown(ObjectFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        if (!Fields.All(fields.Has))
            return false;
        var stand = Conditions.Select(fields.Stands).ToList();
        return stand.Contains(false) ? false
            : stand.Contains(null) ? null
            : true;
    }
}

/// <summary>Which pods are a workload's own: by labels, or by a selector that stands in the workload.</summary>
/// <param name="Labels">Labels of its pods; <see cref="NameMark"/> in a value stands for its name.</param>
/// <param name="Selector">Where its selector is; null: there is none.</param>
public sealed record OwnPods(IReadOnlyDictionary<string, string> Labels, FieldPath? Selector)
{
    /// <summary>Stands for the name of the workload.</summary>
    public const string NameMark = "{name}";

    /// <summary>The labels that the pods of a workload of this name have.</summary>
    public IReadOnlyDictionary<string, string> Of(string name) =>
        Labels.ToDictionary(one => one.Key, one => one.Value.Replace(NameMark, name, StringComparison.Ordinal));
}
