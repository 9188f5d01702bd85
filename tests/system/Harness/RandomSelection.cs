using System.Text.Json.Nodes;

namespace Ebb.Tests.Harness;

/// <summary>
/// Labels, selectors, workloads and namespaces that come and go at random, and what a selector means, as slowly as the
/// documentation of the API says it.
/// </summary>
internal static class RandomSelection
{
    public const string Deployments = "deployments.apps";
    public const string Admin = "ebb-system";

    /// <summary>Those that may go, and those that stay.</summary>
    public static readonly string[] Places = ["dev", "prod", "shop", Admin];

    private const int Names = 9;
    private static readonly string[] Words = ["a", "b"];

    /// <summary>A cluster to begin with.</summary>
    public static void Begin(World world, Random random)
    {
        for (var i = 0; i < 24; i++)
            world.Cluster.Store.Apply(Deployment(Places[i % Places.Length], $"w{i % Names}", random));
    }

    /// <summary>Changes something of one kind of object that selects, or of what it selects.</summary>
    /// <param name="world">Whose.</param>
    /// <param name="random">What.</param>
    /// <param name="step">How many times it was changed before.</param>
    /// <param name="resource">Of the objects that select; one that is named <c>stays</c> stays.</param>
    /// <param name="make">Makes one of them, in a namespace and with a name.</param>
    public static void Change(
        World world,
        Random random,
        int step,
        string resource,
        Func<string, string, JsonObject> make
    )
    {
        var store = world.Cluster.Store;
        var place = Pick(random, Places);
        if (store.Get("namespaces", null, place) is null)
            store.Apply(Namespace(place, random));
        switch (random.Next(7))
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
            case 3 when store.List(resource).Where(one => Name(one) != "stays").ToList() is { Count: > 0 } others:
                var other = others[random.Next(others.Count)];
                store.Delete(resource, Place(other), Name(other));
                break;
            case 4:
                store.Apply(make(place, $"s{random.Next(5)}"));
                break;
            case 5 when place is "dev" or "prod":
                foreach (var kind in new[] { Deployments, resource })
                foreach (var one in store.List(kind).Where(one => Place(one) == place))
                    store.Delete(kind, place, Name(one));
                // At once: nobody finalizes it while no controller runs.
                var last = store.Get("namespaces", null, place)!;
                last["metadata"]!["resourceVersion"] = $"{store.ResourceVersion + 1}";
                store.Play(last, deleted: true);
                break;
            default:
                store.Apply(Deployment(place, $"w{step % Names}", random));
                break;
        }
    }

    /// <summary>What a selecting object says: <c>name</c>, or <c>selector</c> and what goes with it.</summary>
    public static JsonObject Reference(Random random)
    {
        if (random.Next(4) == 0)
            return new JsonObject { ["name"] = $"w{random.Next(Names)}" };
        var made = new JsonObject { ["selector"] = Selector(random) };
        if (random.Next(2) == 0)
            made["namespaceSelector"] = Selector(random);
        if (random.Next(3) == 0)
            made["exclude"] =
                random.Next(2) == 0
                    ? new JsonObject { ["names"] = new JsonArray($"w{random.Next(Names)}") }
                    : new JsonObject { ["selector"] = Selector(random) };
        return made;
    }

    /// <summary>Whether an object means a workload.</summary>
    /// <param name="on">The object that selects.</param>
    /// <param name="reference">What it says, as <see cref="Reference"/> makes it.</param>
    /// <param name="workload">The workload.</param>
    /// <param name="place">Labels of the workload's namespace.</param>
    public static bool Means(
        JsonObject on,
        JsonNode reference,
        JsonObject workload,
        IReadOnlyDictionary<string, string> place
    )
    {
        if (reference["namespaceSelector"] is { } wanted)
        {
            if (Place(on) != Admin || !Matches(wanted, place))
                return false;
        }
        else if (Place(on) != Place(workload))
            return false;
        if ((string?)reference["name"] is { } named)
            return named == Name(workload);
        return Matches(reference["selector"]!, Labels(workload))
            && !(reference["exclude"]?["names"]?.AsArray().Any(name => (string?)name == Name(workload)) ?? false)
            && !(reference["exclude"]?["selector"] is { } not && Matches(not, Labels(workload)));
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

    private static JsonObject Namespace(string name, Random random) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = RandomLabels(random) },
        };

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

    public static string Pick(Random random, string[] of) => of[random.Next(of.Length)];

    public static string Name(JsonObject on) => (string)on["metadata"]!["name"]!;

    public static string Place(JsonObject on) => (string)on["metadata"]!["namespace"]!;

    public static Dictionary<string, string> Labels(JsonObject on) =>
        (on["metadata"]!["labels"] as JsonObject)?.ToDictionary(one => one.Key, one => (string)one.Value!) ?? [];
}
