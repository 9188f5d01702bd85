using Ebb.Core.Gates;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// A member waits at its gates until they are open or their deadline is over. What cannot be read is not known, and
/// waits as well.
/// </summary>
internal static class GateWait
{
    /// <summary>Whether a gate of this way holds the member, and with it its wave.</summary>
    /// <param name="input">What is known and asked.</param>
    /// <param name="turn">Where it is told what is waited for.</param>
    /// <param name="member">Whose gates.</param>
    /// <param name="down">Which way.</param>
    /// <param name="began">When its wave began.</param>
    public static bool Holds(PlanInput input, DirectionPlan turn, Member member, bool down, Instant began)
    {
        var holds = false;
        foreach (var gate in member.Gates.Where(gate => gate.Down == down))
        {
            var key = new GateKey(member.Scaler.Uid, gate);
            var answer =
                gate.Kind == GateKind.NodesReady
                    ? Nodes(input, gate)
                    : input.Gates.GetValueOrDefault(key) ?? GateAnswer.Unread;
            if (answer.Open == true)
                continue;
            var deadline = began + gate.Deadline;
            if (input.Now >= deadline)
            {
                turn.Passed[member] = $"its gate was passed after {Spoken(gate.Deadline)}: {answer.Sentence}";
                continue;
            }
            if (gate.Kind != GateKind.NodesReady)
                turn.Asked.Add(new AskedGate(key, member));
            turn.Gates.TryAdd(member, $"waits at its gate: {answer.Sentence}");
            turn.LookAgainAt(deadline);
            holds = true;
        }
        return holds;
    }

    /// <summary>How long gates may hold a wave on its way up, beside what it takes itself.</summary>
    public static Duration AtMost(IEnumerable<Member> members) =>
        members
            .SelectMany(member => member.Gates)
            .Where(gate => !gate.Down)
            .Select(gate => gate.Deadline)
            .DefaultIfEmpty(Duration.Zero)
            .Max();

    private static GateAnswer Nodes(PlanInput input, Gate gate)
    {
        if (input.Cluster.Nodes is not { } nodes)
            return new GateAnswer(null, "the nodes cannot be read");
        var usable = nodes.Where(n => n is { Ready: true, Schedulable: true }).Select(n => n.Name).ToHashSet();
        if (gate.Nodes is { } wanted)
            return new GateAnswer(
                usable.Count >= wanted,
                $"{usable.Count} of {wanted} nodes are ready and schedulable"
            );
        var before = input.Progress.NodesBefore ?? [.. nodes.Select(n => n.Name)];
        var missing = before.Where(name => !usable.Contains(name)).Order(StringComparer.Ordinal).ToList();
        return new GateAnswer(
            missing.Count == 0,
            $"not ready and schedulable: {string.Join(", ", missing.Take(5))}"
                + (missing.Count > 5 ? $" and {missing.Count - 5} more" : "")
        );
    }

    private static string Spoken(Duration duration) =>
        duration < Duration.FromMinutes(2)
            ? FormattableString.Invariant($"{duration.TotalSeconds:0} s")
            : FormattableString.Invariant($"{duration.TotalMinutes:0.#} min");
}
