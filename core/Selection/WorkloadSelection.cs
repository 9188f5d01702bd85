using Ebb.Core.Time.Specs;

namespace Ebb.Core.Selection;

/// <summary>Many objects of one kind, by their labels.</summary>
/// <param name="ApiVersion">The version in which Ebb reads the kind.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Labels">Of the objects.</param>
/// <param name="Namespaces">Of the namespaces that they are in; null: only one.</param>
/// <param name="Excluded">Names, or <c>namespace/name</c>, of those that are not meant.</param>
/// <param name="ExcludedLabels">Labels of those that are not meant; null: none.</param>
public sealed record WorkloadSelection(
    string ApiVersion,
    string Kind,
    LabelQuery Labels,
    LabelQuery? Namespaces,
    IReadOnlySet<string> Excluded,
    LabelQuery? ExcludedLabels
)
{
    /// <summary>Whether a reference selects instead of naming.</summary>
    internal static bool IsWritten(SpecReader reference) =>
        reference.Member("selector") is not null || reference.Member("namespaceSelector") is not null;

    internal static WorkloadSelection? Read(SpecReader reference)
    {
        var kind = ScheduleTarget.ReadKind(reference);
        if (reference.Text("name") is { } name)
            reference.Fault("name", "a name or a selector, not both", SpecFault.Quoted(name));
        var read = Of(
            kind?.ApiVersion ?? "",
            kind?.Kind ?? "",
            reference.Object("selector", required: true),
            reference.Member("namespaceSelector") is null
                ? null
                : reference.Object("namespaceSelector", required: true),
            reference.Object("exclude", required: false)
        );
        return kind is null ? null : read;
    }

    /// <summary>Of a kind, by what was written.</summary>
    internal static WorkloadSelection Of(
        string apiVersion,
        string kind,
        SpecReader selector,
        SpecReader? namespaceSelector,
        SpecReader exclude
    )
    {
        var labels = LabelQuery.Read(selector);
        var namespaces = namespaceSelector is null ? null : LabelQuery.Read(namespaceSelector);
        foreach (var other in exclude.Names().Except(["names", "selector"]))
            exclude.Fault(other, "names or selector", SpecFault.Quoted(other));
        HashSet<string> excluded = [.. exclude.Texts("names").Select(text => text.Text)];
        var excludedLabels = exclude.Member("selector") is null
            ? null
            : LabelQuery.Read(exclude.Object("selector", required: true));
        return new WorkloadSelection(apiVersion, kind, labels, namespaces, excluded, excludedLabels);
    }

    /// <summary>Whether an object of the kind is meant, in a namespace that is.</summary>
    public bool Selects(string @namespace, string name, IReadOnlyDictionary<string, string> labels) =>
        Labels.Selects(labels)
        && !Excluded.Contains(name)
        && !Excluded.Contains($"{@namespace}/{name}")
        && ExcludedLabels?.Selects(labels) != true;
}

/// <summary>What a selection means now. The same instance as long as that is the same.</summary>
/// <param name="Items">In order of namespace and name.</param>
/// <param name="Unknown">Why that is not known; null: it is.</param>
public sealed record SelectedWorkloads(IReadOnlyList<(string Namespace, string Name)> Items, string? Unknown = null)
{
    /// <summary>It is being read for the first time, and nothing is wrong: there is nothing to tell yet.</summary>
    public bool IsPending { get; init; }

    /// <inheritdoc/>
    public bool Equals(SelectedWorkloads? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
