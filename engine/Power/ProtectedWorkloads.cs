using System.Net;
using Ebb.Core.Ports;
using Ebb.Core.Protection;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Settings;
using Ebb.Nut.Dialing;

namespace Ebb.Engine.Power;

/// <summary>What must never be put to sleep: this process, and what tells it about the UPS.</summary>
internal sealed class ProtectedWorkloads
{
    private readonly ICluster _cluster;
    private readonly string _own;
    private readonly IReadOnlyList<Protected> _self;
    private readonly IReadOnlyList<SourcePlace> _sources;
    private volatile Guarded? _known;

    private readonly KnownAddresses _addresses;

    public ProtectedWorkloads(EbbSettings settings, ICluster cluster, KnownAddresses addresses)
    {
        (_cluster, _addresses) = (cluster, addresses);
        _own = settings.Self?.Namespace ?? settings.StateNamespace;
        _self = settings.Self is { } self
            ? [new Protected(self.Namespace, self.Name, "it is Ebb itself, which must stay awake to wake the others")]
            : [];
        _sources =
        [
            .. settings.Sources.Select(s => new SourcePlace(
                s.ToString(),
                s.Host,
                s.Port,
                !IPAddress.TryParse(s.Host, out _)
            )),
        ];
    }

    /// <summary>As the Services are now, and as the names of the sources led to them last.</summary>
    public IReadOnlyCollection<Protected> Targets
    {
        get
        {
            var (services, hosts) = (_cluster.Known.Services, _addresses.Hosts);
            if (
                _known is not { } known
                || !ReferenceEquals(known.Services, services)
                || !ReferenceEquals(known.Hosts, hosts)
            )
            {
                var sources = _sources.Select(source => Resolved(source, hosts)).ToList();
                _known = known = new Guarded(services, hosts, [.. _self, .. SourceGuard.Of(sources, services, _own)]);
            }
            return known.Targets;
        }
    }

    /// <summary>What may sleep, but makes the way to the UPS harder while it does.</summary>
    public IReadOnlyList<string> Risks(IEnumerable<Member> members) =>
        NameServers.Risks(members, _sources, _cluster.Known.Services);

    private static SourcePlace Resolved(
        SourcePlace source,
        IReadOnlyList<(string Host, IReadOnlyList<string> Addresses)> hosts
    ) =>
        source.IsName
            ? source with
            {
                Addresses =
                [
                    .. hosts
                        .Where(host => host.Host.Equals(source.Host, StringComparison.OrdinalIgnoreCase))
                        .SelectMany(host => host.Addresses),
                ],
            }
            : source;

    private sealed record Guarded(
        IReadOnlyList<ServiceView>? Services,
        IReadOnlyList<(string Host, IReadOnlyList<string> Addresses)> Hosts,
        IReadOnlyCollection<Protected> Targets
    );
}
