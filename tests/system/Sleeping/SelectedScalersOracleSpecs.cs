using System.Text.Json.Nodes;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Power;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Sleeping;

/// <summary>
/// Random UpsScalers, labels and namespaces that come and go: every workload follows exactly the UpsScaler that a slow
/// count over all of them names.
/// </summary>
public sealed class SelectedScalersOracleSpecs
{
    private const string Scalers = "upsscalers.ups-scaler.io";
    private const string Deployments = "deployments.apps";
    private const string Admin = "ebb-system";
    private const int Steps = 25;

    private static readonly string[] Places = ["dev", "prod", "shop", Admin];
    private static readonly string[] Words = ["a", "b"];
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
        for (var i = 0; i < 24; i++)
            world.Cluster.Store.Apply(Deployment(Places[i % Places.Length], $"w{i % 9}", random));
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
                Change(world, random, step);
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
                .Where(scaler => Means(scaler, workload, places[Place(workload)]))
                .OrderBy(scaler => scaler["spec"]!["name"] is null)
                .ThenBy(scaler => (string)scaler["metadata"]!["creationTimestamp"]!, StringComparer.Ordinal)
                .ThenBy(scaler => $"{Place(scaler)}/{Name(scaler)}", StringComparer.Ordinal)
                .FirstOrDefault();
            if (first is not null)
                all.Add($"{Place(workload)}/{Name(workload)} {Place(first)}/{Name(first)}");
        }
        return [.. all.Order(StringComparer.Ordinal)];
    }

    private static bool Means(JsonObject scaler, JsonObject workload, IReadOnlyDictionary<string, string> place)
    {
        var spec = scaler["spec"]!;
        if (spec["namespaceSelector"] is { } wanted)
        {
            if (Place(scaler) != Admin || !Matches(wanted, place))
                return false;
        }
        else if (Place(scaler) != Place(workload))
            return false;
        if ((string?)spec["name"] is { } named)
            return named == Name(workload);
        return Matches(spec["selector"]!, Labels(workload))
            && !(spec["exclude"]?["names"]?.AsArray().Any(name => (string?)name == Name(workload)) ?? false)
            && !(spec["exclude"]?["selector"] is { } not && Matches(not, Labels(workload)));
    }

    /// <summary>A LabelSelector as the documentation of the API has it: every requirement must hold.</summary>
    private static bool Matches(JsonNode selector, IReadOnlyDictionary<string, string> labels)
    {
        foreach (var (key, value) in selector["matchLabels"]?.AsObject() ?? [])
            if (labels.GetValueOrDefault(key) != (string)value!)
                return false;
        foreach (var one in selector["matchExpressions"]?.AsArray() ?? [])
        {
            var has = labels.TryGetValue((string)one!["key"]!, out var value);
            var among = has && one["values"]?.AsArray().Any(v => (string)v! == value) == true;
            var holds = (string)one["operator"]! switch
            {
                "In" => among,
                "NotIn" => !among,
                "Exists" => has,
                "DoesNotExist" => !has,
                var other => throw new InvalidOperationException(other),
            };
            if (!holds)
                return false;
        }
        return true;
    }

    private static void Change(World world, Random random, int step)
    {
        var store = world.Cluster.Store;
        var place = Pick(random, Places);
        switch (random.Next(6))
        {
            case 0:
                store.Patch("namespaces", null, place, Relabelled(random));
                break;
            case 1 when store.List(Deployments) is { Count: > 0 } workloads:
                var changed = workloads[random.Next(workloads.Count)];
                store.Patch(Deployments, Place(changed), Name(changed), Relabelled(random));
                break;
            case 2 when store.List(Deployments) is { Count: > 3 } workloads:
                var gone = workloads[random.Next(workloads.Count)];
                store.Delete(Deployments, Place(gone), Name(gone));
                break;
            case 3 when store.List(Scalers).Where(scaler => Name(scaler) != "stays").ToList() is { Count: > 0 } others:
                var last = others[random.Next(others.Count)];
                store.Delete(Scalers, Place(last), Name(last));
                break;
            case 4:
                store.Apply(UpsScaler(place, $"s{random.Next(5)}", random));
                break;
            default:
                store.Apply(Deployment(place, $"w{step % 9}", random));
                break;
        }
    }

    private static JsonObject Deployment(string place, string name, Random random) =>
        new()
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = place,
                ["labels"] = RandomLabels(random),
            },
            ["spec"] = JsonNode.Parse(
                """
                {"replicas":1,"selector":{"matchLabels":{"app":"w"}},"template":{"metadata":{"labels":{"app":"w"}},
                "spec":{"containers":[{"name":"c","image":"example/w:1"}]}}}
                """
            ),
        };

    private static JsonObject UpsScaler(string place, string name, Random random)
    {
        var spec = new JsonObject
        {
            ["type"] = "deployment",
            ["shutdownPriority"] = 1,
            ["scaleUpPriority"] = 1,
        };
        if (random.Next(4) == 0)
            spec["name"] = $"w{random.Next(9)}";
        else
        {
            spec["selector"] = Selector(random);
            if (random.Next(2) == 0)
                spec["namespaceSelector"] = Selector(random);
            if (random.Next(3) == 0)
                spec["exclude"] =
                    random.Next(2) == 0
                        ? new JsonObject { ["names"] = new JsonArray($"w{random.Next(9)}") }
                        : new JsonObject { ["selector"] = Selector(random) };
        }
        return new JsonObject
        {
            ["apiVersion"] = "ups-scaler.io/v1alpha1",
            ["kind"] = "UpsScaler",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = place },
            ["spec"] = spec,
        };
    }

    private static JsonObject Selector(Random random)
    {
        if (random.Next(2) == 0)
            return new JsonObject { ["matchLabels"] = new JsonObject { [Pick(random, Words)] = Pick(random, Words) } };
        var word = Pick(random, ["In", "NotIn", "Exists", "DoesNotExist"]);
        var one = new JsonObject { ["key"] = Pick(random, Words), ["operator"] = word };
        if (word is "In" or "NotIn")
            one["values"] = new JsonArray(Pick(random, Words), Pick(random, Words));
        return new JsonObject { ["matchExpressions"] = new JsonArray(one) };
    }

    private static JsonObject RandomLabels(Random random)
    {
        var labels = new JsonObject();
        foreach (var word in Words)
            if (random.Next(4) > 0)
                labels[word] = Pick(random, Words);
        return labels;
    }

    private static JsonObject Relabelled(Random random)
    {
        var labels = RandomLabels(random);
        foreach (var word in Words)
            if (!labels.ContainsKey(word))
                labels[word] = null;
        return new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels } };
    }

    private static string Pick(Random random, string[] of) => of[random.Next(of.Length)];

    private static string Name(JsonObject on) => (string)on["metadata"]!["name"]!;

    private static string Place(JsonObject on) => (string)on["metadata"]!["namespace"]!;

    private static Dictionary<string, string> Labels(JsonObject on) =>
        (on["metadata"]!["labels"] as JsonObject)?.ToDictionary(one => one.Key, one => (string)one.Value!) ?? [];
}
