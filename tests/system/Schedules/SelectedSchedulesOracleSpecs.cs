using System.Text.Json.Nodes;
using Ebb.Calendars;
using Ebb.Core.Time.Sizing;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Schedules;
using Ebb.Tests.Harness;
using static Ebb.Tests.Harness.RandomSelection;

namespace Ebb.Tests.Schedules;

/// <summary>
/// Random Schedules, labels and namespaces that come and go: every workload is under exactly the Schedules that a slow
/// count over all of them names.
/// </summary>
public sealed class SelectedSchedulesOracleSpecs
{
    private const int Steps = 25;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [LongTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Whatever_comes_and_goes_every_workload_is_under_exactly_the_Schedules_that_mean_it(int seed)
    {
        var random = new Random(seed);
        await using var world = await World.StartAsync(
            string.Concat(Places.Select(Manifests.Namespace)),
            options => options with { EnforceRbac = false }
        );
        world.Cluster.ControllersRun = false;
        using var api = new KubernetesApi(
            Kubeconfig.Read([world.Kubeconfig], null, TimeProvider.System),
            TimeProvider.System
        );
        await using var watches = new ClusterWatches(api);
        await using var cluster = new ScheduleCluster(api, watches);
        var index = new ScheduleIndex(
            (place, name) => cluster.Find("ConfigMap", place, name),
            (map, key, name, use) => CalendarFile.Read(map.Data![key], name, use),
            cluster.Select,
            [Admin]
        );
        Begin(world, random);
        for (var i = 0; i < 5; i++)
            world.Cluster.Store.Apply(Schedule(Pick(random, Places), $"s{i}", Reference(random)));
        // One that stays and means all of its namespace, so that there is always something to be told apart.
        world.Cluster.Store.Apply(Schedule("shop", "stays", new JsonObject { ["selector"] = new JsonObject() }));
        var met = 0;
        for (var step = 0; step < Steps; step++)
        {
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                Change(
                    world,
                    random,
                    step,
                    Manifests.SchedulesResource,
                    (place, name) => Schedule(place, name, Reference(random))
                );
            var expected = Expected(world);
            met += expected.Count;
            using var deadline = new CancellationTokenSource(Patience);
            for (var known = cluster.Known; !Found(index, known).SequenceEqual(expected); known = cluster.Known)
            {
                try
                {
                    await cluster.WaitForChangeAsync(known, deadline.Token);
                }
                catch (OperationCanceledException)
                {
                    Assert.Equal(expected, Found(index, cluster.Known));
                }
            }
        }
        Assert.True(met > Steps, "hardly anything was selected");
    }

    /// <summary>Each workload with a Schedule that it is under.</summary>
    private static List<string> Found(ScheduleIndex index, ScheduleObjects known)
    {
        if (known.Synced)
            index.Update(known);
        return
        [
            .. index
                .Entries.OfType<TargetEntry>()
                .SelectMany(entry =>
                    entry.Members.Select(member =>
                        $"{entry.Namespace}/{entry.Name} {member.Seen.Ref.Namespace}/{member.Seen.Ref.Name}"
                    )
                )
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The slow count. What is named need not exist.</summary>
    private static List<string> Expected(World world)
    {
        var places = world.Cluster.Store.List("namespaces").ToDictionary(Name, Labels);
        List<string> all = [];
        foreach (var schedule in world.Cluster.Store.List(Manifests.SchedulesResource))
        {
            var reference = schedule["spec"]!["scaleTargetRef"]!;
            if ((string?)reference["name"] is { } named)
                all.Add($"{Place(schedule)}/{named} {Place(schedule)}/{Name(schedule)}");
            else
                foreach (var workload in world.Cluster.Store.List(Deployments))
                    if (Means(schedule, reference, workload, places[Place(workload)]))
                        all.Add($"{Place(workload)}/{Name(workload)} {Place(schedule)}/{Name(schedule)}");
        }
        return [.. all.Order(StringComparer.Ordinal)];
    }

    private static JsonObject Schedule(string place, string name, JsonObject reference)
    {
        reference["kind"] = "Deployment";
        return new JsonObject
        {
            ["apiVersion"] = "autoscaling.d-kuro.github.io/v1",
            ["kind"] = "Schedule",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = place },
            ["spec"] = new JsonObject
            {
                ["scaleTargetRef"] = reference,
                ["type"] = "Daily",
                ["startTime"] = "20:00",
                ["endTime"] = "06:00",
                ["maxReplicas"] = 0,
            },
        };
    }
}
