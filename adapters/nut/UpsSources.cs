using System.Net;
using Ebb.Core.Ports;
using Ebb.Nut.Dialing;
using Ebb.Nut.Exporters;
using Ebb.Nut.Upsd;

namespace Ebb.Nut;

/// <summary>The one door of this adapter.</summary>
public static class UpsSources
{
    /// <summary>
    /// One source for each address, in their order. Nothing is connected before the first read; each source reads one
    /// at a time,
    /// whoever asks.
    /// </summary>
    /// <param name="addresses">As <see cref="UpsSourceAddress.Parse"/> gave them.</param>
    /// <param name="clock">Stamps the answers and counts the pauses between attempts to reach a server that
    /// failed.</param>
    /// <param name="deadlines">
    /// Counts the seconds allowed for an answer: 3 to connect, after a name that may take 1.5, and 5 for the rest.
    /// Sockets know only real time, so a process whose
    /// <paramref name="clock"/> is a simulated one gives <see cref="TimeProvider.System"/> here. Null for <paramref
    /// name="clock"/>.
    /// </param>
    /// <param name="known">Where the sources' hosts answered last; null: nobody remembers.</param>
    public static IReadOnlyList<IUpsSource> Create(
        IReadOnlyList<UpsSourceAddress> addresses,
        TimeProvider clock,
        TimeProvider? deadlines = null,
        KnownAddresses? known = null
    )
    {
        ArgumentNullException.ThrowIfNull(addresses);
        return Create(
            addresses,
            clock,
            deadlines ?? clock,
            known ?? new KnownAddresses(addresses.Select(a => a.Host)),
            Dns.GetHostAddressesAsync
        );
    }

    internal static IReadOnlyList<IUpsSource> Create(
        IReadOnlyList<UpsSourceAddress> addresses,
        TimeProvider clock,
        TimeProvider deadlines,
        KnownAddresses known,
        NameLookup lookup
    )
    {
        ArgumentNullException.ThrowIfNull(clock);
        return [.. addresses.Select(Create)];

        IUpsSource Create(UpsSourceAddress address)
        {
            var dialer = new Dialer(address, known, deadlines, lookup);
            return address.Server == UpsServer.Exporter
                ? new ExporterSource(address, dialer, clock, deadlines)
                : new UpsdSource(address, dialer, clock, deadlines);
        }
    }
}
