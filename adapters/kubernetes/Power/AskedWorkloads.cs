using Ebb.Core.Workloads;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// Workloads that were asked for by name, each as the same instance as long as nothing behind it changes. Used under
/// one lock.
/// </summary>
/// <param name="finder">Finds them.</param>
/// <param name="asker">Who asks.</param>
/// <param name="most">They are forgotten when they have grown to so many.</param>
internal sealed class AskedWorkloads(WorkloadFinder finder, Asker asker, int most)
{
    private readonly Dictionary<
        (WorkloadType Type, string Namespace, string Name),
        (WorkloadBehind Behind, WorkloadLookup Sighting)
    > _asked = [];

    public WorkloadLookup Find(WorkloadType type, string @namespace, string name)
    {
        finder.Refresh();
        if (_asked.Count >= most && !_asked.ContainsKey((type, @namespace, name)))
            _asked.Clear();
        Refresh((type, @namespace, name));
        return _asked[(type, @namespace, name)].Sighting;
    }

    /// <summary>Reads again everything that was asked for; whether any of it changed.</summary>
    public bool LookAgain()
    {
        finder.Refresh();
        var changed = false;
        foreach (var name in _asked.Keys.ToList())
            changed |= Refresh(name);
        return changed;
    }

    private bool Refresh((WorkloadType Type, string Namespace, string Name) name)
    {
        var behind = finder.Find(name.Type, name.Namespace, name.Name, asker);
        if (_asked.TryGetValue(name, out var known) && behind.IsSameAs(known.Behind))
            return false;
        _asked[name] = (behind, behind.Sighting());
        return true;
    }
}
