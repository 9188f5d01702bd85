using System.Text.Json.Nodes;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Power;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;
using static Ebb.Tests.Harness.RandomSelection;

namespace Ebb.Tests.Sleeping;

/// <summary>
/// Random UpsScalers, labels and namespaces that come and go: every workload follows exactly the UpsScaler that a slow
/// count over all of them names.
/// </summary>
public sealed class SelectedScalersOracleSpecs
{
    private const string Scalers = "upsscalers.ups-scaler.io";
    private const int Steps = 25;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Whatever_comes_and_goes_every_workload_follows_exactly_the_UpsScaler_that_means_it(int seed)
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
        await using var cluster = new KubernetesCluster(api, watches);
        Begin(world, random);
        for (var i = 0; i < 5; i++)
            world.Cluster.Store.Apply(UpsScaler(Pick(random, Places), $"s{i}", random));
        // One that stays and means all of its namespace, so that there is always something to be told apart.
        var stays = UpsScaler("shop", "stays", random);
        stays["spec"] = JsonNode.Parse(
            """{"type":"deployment","shutdownPriority":1,"scaleUpPriority":1,"selector":{}}"""
        );
        world.Cluster.Store.Apply(stays);
        var met = 0;
        for (var step = 0; step < Steps; step++)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(random.Next(2)));
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                Change(world, random, step, Scalers, (place, name) => UpsScaler(place, name, random));
            var expected = Expected(world);
            met += expected.Count;
            var view = cluster.Known;
            using var deadline = new CancellationTokenSource(Patience);
            while (!Found(view).SequenceEqual(expected))
            {
                try
                {
                    await cluster.WaitForChangeAsync(view, deadline.Token);
                }
                catch (OperationCanceledException)
                {
                    Assert.Equal(expected, Found(view));
                }
                view = cluster.Known;
            }
        }
        Assert.True(met > Steps, "hardly anything was selected");
    }

    /// <summary>Each workload that power would put to sleep, with the UpsScaler that says so.</summary>
    private static List<string> Found(ClusterView view) =>
        [
            .. UpsScalerValidation
                .Of(view.Scalers, [], [Admin])
                .Where(member => member.Refusal is null && member.Workload is not null)
                .Select(member =>
                    $"{member.Scaler.TargetNamespace}/{member.Scaler.TargetName} {member.Scaler.Ref.Namespace}/"
                    + member.Scaler.Ref.Name
                )
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>
    /// The slow count. Of several the one that names the workload comes first, then the older, then the order of names.
    /// </summary>
    private static List<string> Expected(World world)
    {
        var scalers = world.Cluster.Store.List(Scalers);
        var places = world.Cluster.Store.List("namespaces").ToDictionary(Name, Labels);
        List<string> all = [];
        foreach (var workload in world.Cluster.Store.List(Deployments))
        {
            var first = scalers
                .Where(scaler => Means(scaler, scaler["spec"]!, workload, places[Place(workload)]))
                .OrderBy(scaler => scaler["spec"]!["name"] is null)
                .ThenBy(scaler => (string)scaler["metadata"]!["creationTimestamp"]!, StringComparer.Ordinal)
                .ThenBy(scaler => $"{Place(scaler)}/{Name(scaler)}", StringComparer.Ordinal)
                .FirstOrDefault();
            if (first is not null)
                all.Add($"{Place(workload)}/{Name(workload)} {Place(first)}/{Name(first)}");
        }
        return [.. all.Order(StringComparer.Ordinal)];
    }

    private static JsonObject UpsScaler(string place, string name, Random random)
    {
        var spec = Reference(random);
        spec["type"] = "deployment";
        spec["shutdownPriority"] = 1;
        spec["scaleUpPriority"] = 1;
        return new JsonObject
        {
            ["apiVersion"] = "ups-scaler.io/v1alpha1",
            ["kind"] = "UpsScaler",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = place },
            ["spec"] = spec,
        };
    }
}
