namespace Ebb.Core.Capacity;

/// <summary>One node: what is known of it and what its pods take.</summary>
internal sealed class NodeLoad(string name, int place)
{
    public string Name { get; } = name;

    public int Place { get; } = place;

    /// <summary>Null: pods name a node that is not known.</summary>
    public NodeFacts? Facts { get; set; }

    public int Pods { get; set; }

    /// <summary>What all pods request.</summary>
    public ResourceSums Requested { get; } = new();

    /// <summary>The part of it that harvesters hold and would keep.</summary>
    public ResourceSums Harvested { get; } = new();

    /// <summary>The part of it that harvesters hold and are giving back.</summary>
    public ResourceSums Leaving { get; } = new();
}
