using System.Net;

namespace Ebb.Nut.Dialing;

/// <summary>
/// The addresses at which the hosts of the sources answered last, so that a name whose resolver sleeps with the cluster
/// still leads to the UPS. Safe to use from several threads.
/// </summary>
/// <param name="hosts">The hosts of the sources; what others had is not recalled.</param>
public sealed class KnownAddresses(IEnumerable<string> hosts)
{
    /// <summary>Addresses kept of one host.</summary>
    public const int Most = 8;

    private readonly HashSet<string> _sources = new(hosts, StringComparer.OrdinalIgnoreCase);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, IReadOnlyList<IPAddress>> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private IReadOnlyList<(string Host, IReadOnlyList<string> Addresses)>? _told;

    /// <summary>
    /// Each host that answered, with its addresses as text, in the order of their names. The same instance as long as
    /// that is the same.
    /// </summary>
    public IReadOnlyList<(string Host, IReadOnlyList<string> Addresses)> Hosts
    {
        get
        {
            lock (_lock)
                return _told ??= [
                    .. _hosts
                        .OrderBy(h => h.Key, StringComparer.Ordinal)
                        .Select(h => (h.Key, (IReadOnlyList<string>)[.. h.Value.Select(a => a.ToString())])),
                ];
        }
    }

    /// <summary>What an earlier process has seen; what this one has seen itself is newer. Texts that are no address are
    /// left out.</summary>
    public void Recall(string host, IEnumerable<string> addresses)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(addresses);
        var read = addresses
            .Select(text => IPAddress.TryParse(text, out var address) ? address : null)
            .OfType<IPAddress>()
            .Take(Most)
            .ToList();
        lock (_lock)
            if (read.Count > 0 && _sources.Contains(host) && _hosts.TryAdd(host, read))
                _told = null;
    }

    internal IReadOnlyList<IPAddress> Of(string host)
    {
        lock (_lock)
            return _hosts.GetValueOrDefault(host) ?? [];
    }

    /// <summary>
    /// The host answered at <paramref name="at"/>, one of those that it has. The same ones in another order are no
    /// news: a resolver that turns them round each time would have them written each time.
    /// </summary>
    internal void Worked(string host, IReadOnlyList<IPAddress> all, IPAddress at)
    {
        IReadOnlyList<IPAddress> now = [.. all.Where(a => !a.Equals(at)).Prepend(at).Take(Most)];
        lock (_lock)
            if (!now.ToHashSet().SetEquals(_hosts.GetValueOrDefault(host) ?? []))
                (_hosts[host], _told) = (now, null);
    }
}
