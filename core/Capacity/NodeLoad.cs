namespace Ebb.Core.Capacity;

/// <summary>One node: what is known of it and what its pods take.</summary>
internal sealed class NodeLoad(string name, int place)
{
    public string Name { get; } = name;

    public int Place { get; } = place;

    /// <summary>Null: pods name a node that is not known.</summary>
    public NodeFacts? Facts { get; set; }

    /// <summary>Its pods, in no order.</summary>
    public List<PodFacts> Pods { get; } = [];

    /// <summary>A pod went: that instance, or else one that says the same.</summary>
    public void Remove(PodFacts pod)
    {
        var at = Pods.FindIndex(one => ReferenceEquals(one, pod));
        if (at < 0)
            at = Pods.FindIndex(one => one.Name == pod.Name && one.SaysTheSame(pod));
        if (at < 0)
            throw new InvalidOperationException($"{pod.Namespace}/{pod.Name} was not on node {Name}");
        // The order does not matter.
        Pods[at] = Pods[^1];
        Pods.RemoveAt(Pods.Count - 1);
    }

    /// <summary>Pods of harvesters that stay are on it.</summary>
    public bool HasHarvest => HarvestPods > 0;

    public int HarvestPods { get; set; }

    /// <summary>How many of its pods repel others.</summary>
    public int Repelling { get; set; }

    /// <summary>Its pods changed since the plan was last looked at.</summary>
    public bool IsDirty { get; set; }

    /// <summary>What all pods request.</summary>
    public ResourceSums Requested { get; } = new();

    /// <summary>The part of it that harvesters hold and would keep.</summary>
    public ResourceSums Harvested { get; } = new();

    /// <summary>The part of it that harvesters hold and are giving back.</summary>
    public ResourceSums Leaving { get; } = new();
}
