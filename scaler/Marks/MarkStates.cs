using System.Collections.Concurrent;

namespace Ebb.Scaler.Marks;

/// <summary>What was last done about the pods of each workload that marks them, in words.</summary>
internal sealed class MarkStates
{
    private readonly ConcurrentDictionary<(string Namespace, string Name), string> _words = new();

    /// <summary>For a ScaledObject.</summary>
    public string Of(string @namespace, string name) =>
        _words.GetValueOrDefault(
            (@namespace, name),
            "the replica that holds the Lease marks pods, or none is to be marked yet"
        );

    public void Set(string @namespace, string name, string words) => _words[(@namespace, name)] = words;

    /// <summary>Only these are still asked about.</summary>
    public void Keep(IReadOnlySet<(string Namespace, string Name)> present)
    {
        foreach (var key in _words.Keys)
            if (!present.Contains(key))
                _words.TryRemove(key, out _);
    }
}
