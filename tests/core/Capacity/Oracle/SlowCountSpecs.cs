using Ebb.Core.Capacity;
using FsCheck;
using FsCheck.Fluent;

namespace Ebb.Core.Tests.Capacity.Oracle;

/// <summary>
/// Every number that is told, over random clusters, against a slow count that shares no code with it. 2,000 clusters
/// under EBB_LONG=1, 300 otherwise, the same every time.
/// </summary>
public sealed class SlowCountSpecs
{
    private static readonly int Clusters = Environment.GetEnvironmentVariable("EBB_LONG") == "1" ? 2000 : 300;

    [Fact]
    public void Every_number_is_what_a_count_replica_by_replica_says() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Clusters).WithReplay(1711, 2027),
            Prop.ForAll(
                Arb.From(Gen.Choose(0, int.MaxValue)),
                seed =>
                    string.Join('\n', Differences(seed)) is var wrong && wrong.Length == 0
                        ? true
                        : throw new InvalidOperationException(wrong)
            )
        );

    private static IEnumerable<string> Differences(int seed)
    {
        var cluster = new RandomCluster(seed);
        var counted = new CountedCluster(cluster, seed);
        var plan = new SlowPlan(cluster);
        foreach (var harvester in cluster.Harvesters)
        {
            var (room, slow) = (counted.Rooms[harvester.App], new SlowCount(cluster, plan, harvester));
            var numbers = room.Numbers;
            (string What, long Said, long Slow)[] pairs =
            [
                ("nodes", numbers.Nodes, slow.Nodes.Count(node => node.Takes)),
                ("allocatable", numbers.Allocatable, slow.Allocatable),
                ("requestedByOthers", numbers.Requested, slow.Requested),
                ("pending", numbers.Pending, slow.Pending),
                ("reserve", numbers.Reserve, slow.Reserve),
                ("remaining", numbers.Remaining, slow.Remaining),
                ("perReplica", numbers.PerReplica, slow.PerReplica),
                ("harvested", numbers.Held, slow.Held),
                ("givenBack", numbers.GivenBack, slow.GivenBack),
                ("fits", numbers.Fits, slow.Fits),
            ];
            foreach (var (what, said, expected) in pairs.Where(pair => pair.Said != pair.Slow))
                yield return $"seed {seed}, {harvester.App}: {what} {said}, counted slowly {expected}";
            var nodes = room.ByNode().OrderBy(node => node.Node, StringComparer.Ordinal).ToList();
            foreach (var (node, expected) in nodes.Zip(slow.Nodes))
            {
                var said = new SlowNodeCount(
                    node.Node,
                    node.Refusal is null,
                    node.Allocatable,
                    node.Requested,
                    node.Pending,
                    node.GivenBack,
                    node.Fits
                );
                if (said != expected)
                    yield return $"seed {seed}, {harvester.App}: {said}, counted slowly {expected}";
            }
        }

        var unmet = counted
            .Index.Unmet()
            .First.Select(one => Kind(one.Pod.Split('/')[1], one.Why.Contains("empty")))
            .ToList();
        var slowly = plan.Unmet.Select(one => Kind(one.Pod.Name, one.Nowhere)).ToList();
        // Twenty are named.
        var same =
            unmet.Count == Math.Min(20, slowly.Count)
            && unmet.CountBy(kind => kind).All(kind => kind.Value <= slowly.Count(kind.Key.Equals))
            && slowly
                .CountBy(kind => kind)
                .All(kind => slowly.Count > 20 || kind.Value == unmet.Count(kind.Key.Equals));
        if (!same)
            yield return $"seed {seed}: not demand {string.Join(',', unmet)}, counted slowly {string.Join(',', slowly)}";
    }

    // Of pods that are alike any may be named.
    private static string Kind(string pod, bool nowhere) => pod.Split('-')[0] + (nowhere ? "!" : "");
}
