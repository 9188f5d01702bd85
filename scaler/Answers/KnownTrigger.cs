using System.Text;
using NodaTime;

namespace Ebb.Scaler.Answers;

/// <summary>
/// A trigger as it was asked about, or what is wrong with it. Its words lie in one piece: among ten thousand each look at another place of
/// the memory costs more than all else that a call does.
/// </summary>
internal sealed class KnownTrigger
{
    private readonly Dictionary<string, string> _written;

    public KnownTrigger(string @namespace, string name, Dictionary<string, string> written)
    {
        (Namespace, Name, _written) = (@namespace, name, written);
        Packed = ReferenceBytes.Pack(@namespace, name, written);
        Hash = ReferenceBytes.Hash(Encoding.UTF8.GetBytes(@namespace), Encoding.UTF8.GetBytes(name));
    }

    /// <summary>What it was asked with, for <see cref="ReferenceBytes.Says"/>.</summary>
    public byte[] Packed { get; }

    /// <summary>The last answer to GetMetrics; null: none, or it must be asked for each time.</summary>
    public SaidCount? Said { get; set; }

    /// <summary>When it was last asked about, as a timestamp.</summary>
    public long Asked { get; set; }

    /// <summary>Null: see <see cref="Refusal"/>.</summary>
    public Trigger? Trigger { get; init; }

    /// <summary>What is wrong with it; null: nothing.</summary>
    public string? Refusal { get; init; }

    /// <summary>Of namespace and name.</summary>
    public int Hash { get; }

    public string Namespace { get; }

    public string Name { get; }

    /// <summary>The refusal that was told last; null: none was.</summary>
    public string? Told;

    public bool Says(Google.Protobuf.Collections.MapField<string, string> metadata)
    {
        if (metadata.Count != _written.Count)
            return false;
        foreach (var (key, value) in metadata)
            if (!_written.TryGetValue(key, out var known) || known != value)
                return false;
        return true;
    }
}

/// <summary>An answer that holds until something changes.</summary>
/// <param name="Framed">As it is sent, with its prefix; never changed.</param>
/// <param name="Version">It holds as long as the cluster is at this version.</param>
/// <param name="Until">And until then, excluded; null: for good.</param>
internal sealed record SaidCount(byte[] Framed, long Version, Instant? Until);
