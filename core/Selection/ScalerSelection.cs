using System.Globalization;
using System.Text.Json;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;

namespace Ebb.Core.Selection;

/// <summary>What an UpsScaler says of many workloads in place of naming one.</summary>
/// <param name="Name"><c>spec.name</c>.</param>
/// <param name="Namespace"><c>spec.namespace</c>.</param>
/// <param name="Selector"><c>spec.selector</c>.</param>
/// <param name="NamespaceSelector"><c>spec.namespaceSelector</c>.</param>
/// <param name="Exclude"><c>spec.exclude</c>.</param>
public sealed record ScalerSelection(
    string? Name,
    string? Namespace,
    JsonElement? Selector,
    JsonElement? NamespaceSelector,
    JsonElement? Exclude
)
{
    /// <summary>The label of a workload that says its place in the order down.</summary>
    public const string ShutdownPriority = "ebb.dev/shutdown-priority";

    /// <summary>The label of a workload that says its place in the order up.</summary>
    public const string ScaleUpPriority = "ebb.dev/scale-up-priority";

    private const int Largest = 1_000_000;

    /// <summary>What it selects, or what is wrong with it.</summary>
    /// <param name="type">Of the workloads.</param>
    public Parsed<WorkloadSelection> Read(WorkloadType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        List<SpecFault> faults = [];
        if (type.IsClusterScoped && (Namespace ?? (NamespaceSelector is null ? null : "")) is { } place)
            faults.Add(
                new SpecFault(
                    Namespace is null ? "spec.namespaceSelector" : "spec.namespace",
                    $"none, since a {type.Name} lives in no namespace",
                    Namespace is null ? "one" : SpecFault.Quoted(place)
                )
            );
        if (Name is not null)
            faults.Add(new SpecFault("spec.name", "a name or a selector, not both", SpecFault.Quoted(Name)));
        if (Namespace is not null && NamespaceSelector is not null)
            faults.Add(new SpecFault("spec.namespace", "none with namespaceSelector", SpecFault.Quoted(Namespace)));
        if (Selector is null)
            faults.Add(new SpecFault("spec.selector", "a label selector with the rest", "nothing"));
        return Parsed<WorkloadSelection>.Of(
            WorkloadSelection.Of(
                type.ApiVersion,
                type.Kind,
                Object("selector", Selector),
                NamespaceSelector is null ? null : Object("namespaceSelector", NamespaceSelector),
                Object("exclude", Exclude)
            ),
            faults
        );

        SpecReader Object(string member, JsonElement? found)
        {
            if (found is { ValueKind: not JsonValueKind.Object } other)
                faults.Add(new SpecFault($"spec.{member}", "an object", other.ValueKind.ToString()));
            return new SpecReader(found, $"spec.{member}", faults);
        }
    }

    /// <summary>What a label of a workload says of its place; else what the UpsScaler says.</summary>
    /// <param name="labels">Of the workload.</param>
    /// <param name="label">Which one.</param>
    /// <param name="otherwise">What the UpsScaler says.</param>
    public static (int? Priority, string? Fault) Priority(
        IReadOnlyDictionary<string, string> labels,
        string label,
        int? otherwise
    )
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (!labels.TryGetValue(label, out var text))
            return (otherwise, null);
        return
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var found)
            && Math.Abs((long)found) <= Largest
            ? (found, null)
            : (otherwise, $"the label {label}: expected a whole number, found {SpecFault.Quoted(text)}");
    }
}
