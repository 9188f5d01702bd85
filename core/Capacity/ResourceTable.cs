namespace Ebb.Core.Capacity;

/// <summary>
/// Numbers the resources that are met, so that amounts are arrays and not dictionaries. Safe from several threads; a
/// number never changes.
/// </summary>
public sealed class ResourceTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private volatile string[] _names = [];
    private volatile bool[] _ports = [];

    /// <summary>Every pod takes one of these, which no manifest says.</summary>
    public int Pods { get; }

    /// <summary>
    /// Host ports are resources named <c>hostPort/protocol/number</c>, of which every node has one. A port at one
    /// address of the host conflicts with the same port at all addresses, so the address is left out.
    /// </summary>
    public const string HostPort = "hostPort/";

    /// <summary>Begins with the resource <c>pods</c>.</summary>
    public ResourceTable() => Pods = IdOf("pods");

    /// <summary>How many have been met.</summary>
    public int Count => _names.Length;

    /// <summary>The number of a resource; a new one is added.</summary>
    public int IdOf(string resource)
    {
        lock (_lock)
        {
            if (_ids.TryGetValue(resource, out var id))
                return id;
            id = _names.Length;
            _ids[resource] = id;
            _ports = [.. _ports, resource.StartsWith(HostPort, StringComparison.Ordinal)];
            _names = [.. _names, resource];
            return id;
        }
    }

    /// <summary>What a node has of a resource.</summary>
    internal long On(NodeFacts node, int id) =>
        _ports[id] ? 1 : Math.Min(node.Allocatable.Of(id), FreeCapacity.MostOfNode);

    /// <summary>The name behind a number.</summary>
    public string this[int id] => _names[id];
}
