using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Selectors;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Which nodes other pods keep a pod from, or it keeps itself from: required anti-affinity in both directions, required
/// affinity, and enforced topology spread.
/// </summary>
internal sealed class PodNeighbours(ObjectStore store)
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";

    /// <summary>Whether a pod repels others.</summary>
    public static bool Repels(JsonObject pod) => Terms(pod, "podAntiAffinity").Any();

    /// <summary>Whether it looks at other pods.</summary>
    public static bool Looks(JsonObject pod) => Repels(pod) || Terms(pod, "podAffinity").Any() || Spreads(pod).Any();

    /// <summary>Why a node is none for a pod; null: it is one.</summary>
    public string? Refusal(JsonObject pod, JsonObject node, Func<JsonObject, bool> isChosen)
    {
        var placed = store
            .All(PodResource.Type)
            .Select(stored => stored.Tree)
            .Where(other => other.Text("spec", "nodeName") is not null && !PodResource.IsOver(other))
            .ToList();
        foreach (var term in Terms(pod, "podAntiAffinity"))
        {
            if (placed.Any(other => Selects(term, pod, other) && Shares(term, node, other)))
            {
                return "node(s) didn't match pod anti-affinity rules";
            }
        }

        foreach (var other in placed)
        {
            if (Terms(other, "podAntiAffinity").Any(term => Selects(term, other, pod) && Shares(term, node, other)))
            {
                return "node(s) didn't satisfy existing pods anti-affinity rules";
            }
        }

        foreach (var term in Terms(pod, "podAffinity"))
        {
            // The first of pods that want to be together goes anywhere.
            var first = Selects(term, pod, pod) && !placed.Any(other => Selects(term, pod, other));
            if (!first && !placed.Any(other => Selects(term, pod, other) && Shares(term, node, other)))
            {
                return "node(s) didn't match pod affinity rules";
            }
        }

        return Spreads(pod).Any(spread => !IsEven(spread, pod, node, placed, isChosen))
            ? "node(s) didn't match pod topology spread constraints"
            : null;
    }

    private bool IsEven(
        JsonObject spread,
        JsonObject pod,
        JsonObject node,
        List<JsonObject> placed,
        Func<JsonObject, bool> isChosen
    )
    {
        var key = spread.Text("topologyKey") ?? "";
        if (node.Text("metadata", "labels", key) is not { } domain)
        {
            return false;
        }

        var selector = LabelMatcher.OfObject(spread.Object("labelSelector"));
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (var one in store.All(NodeResource.Type).Select(stored => stored.Tree).Where(isChosen))
        {
            if (one.Text("metadata", "labels", key) is { } name)
            {
                counts[name] =
                    counts.GetValueOrDefault(name)
                    + placed.Count(other =>
                        other.Text("spec", "nodeName") == one.Name()
                        && other.Namespace() == pod.Namespace()
                        && !other.IsTerminating()
                        && selector.Matches(other.Object("metadata", "labels"))
                    );
            }
        }

        var least = counts.Count == 0 || counts.Count < (spread.Whole("minDomains") ?? 1) ? 0 : counts.Values.Min();
        var own = selector.Matches(pod.Object("metadata", "labels")) ? 1 : 0;
        return counts.GetValueOrDefault(domain) + own - least <= (spread.Whole("maxSkew") ?? 1);
    }

    private bool Shares(JsonObject term, JsonObject node, JsonObject other)
    {
        var key = term.Text("topologyKey") ?? "";
        return node.Text("metadata", "labels", key) is { } domain
            && store.Find(NodeResource.Type, "", other.Text("spec", "nodeName")!)?.Tree.Text("metadata", "labels", key)
                == domain;
    }

    private static bool Selects(JsonObject term, JsonObject of, JsonObject pod) =>
        (
            term.Object("namespaceSelector") is not null
            || (
                term.Items("namespaces") is { Count: > 0 } spaces
                    ? spaces.Any(space => space?.ToString() == pod.Namespace())
                    : of.Namespace() == pod.Namespace()
            )
        )
        && term.Object("labelSelector") is { } selector
        && LabelMatcher.OfObject(selector).Matches(pod.Object("metadata", "labels"));

    private static IEnumerable<JsonObject> Terms(JsonObject pod, string kind) =>
        pod.Objects("spec", "affinity", kind, Required);

    private static IEnumerable<JsonObject> Spreads(JsonObject pod) =>
        pod.Objects("spec", "topologySpreadConstraints")
            .Where(one => one.Text("whenUnsatisfiable") != "ScheduleAnyway");
}
