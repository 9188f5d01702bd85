using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Selectors;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Pods that others wait for, as an annotation says it: <c>[namespace ]selector[ count]</c>, several after commas.
/// </summary>
/// <param name="Namespace">Null: where the annotation stands.</param>
/// <param name="Selector">Their labels.</param>
/// <param name="Ready">How many must be ready; null: it does not say.</param>
internal sealed record PodNeed(string? Namespace, LabelMatcher Selector, int? Ready)
{
    public static IReadOnlyList<PodNeed> All(JsonObject tree, string annotation) =>
        tree.Annotation(annotation) is not { } text
            ? []
            :
            [
                .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(need => need.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Select(words => new PodNeed(
                        words[0].Contains('=', StringComparison.Ordinal) ? null : words[0],
                        LabelMatcher.Parse(words.First(word => word.Contains('=', StringComparison.Ordinal))),
                        int.TryParse(words[^1], CultureInfo.InvariantCulture, out var count) ? count : null
                    )),
            ];

    public bool IsMet(ObjectStore store, string ns, int otherwise) =>
        store
            .All(PodResource.Type, Namespace ?? ns)
            .Count(pod => Selector.Matches(pod.Tree.Object("metadata", "labels")) && PodResource.IsReady(pod.Tree))
        >= (Ready ?? otherwise);
}
