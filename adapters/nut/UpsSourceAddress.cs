namespace Ebb.Nut;

/// <summary>The kinds of server a UPS can be read from.</summary>
public enum UpsServer
{
    /// <summary>NUT's network server in the clear (RFC 9271).</summary>
    Upsd,

    /// <summary>NUT's network server after STARTTLS. It never falls back to the clear.</summary>
    UpsdTls,

    /// <summary>A Prometheus exporter over HTTP or HTTPS; which one is read off its page.</summary>
    Exporter,
}

/// <summary>
/// One setting <c>[name=]nut://user:password@host:3493/upsname</c>, <c>nuts://…</c> or
/// <c>[name=]http(s)://host:9199/ups_metrics?ups=upsname</c>, taken apart and checked.
/// </summary>
public sealed class UpsSourceAddress
{
    /// <summary>The port that IANA gave to NUT.</summary>
    public const int DefaultPort = 3493;

    /// <summary>Characters of a whole address; longer ones are refused unread.</summary>
    public const int MaximumLength = 2048;

    /// <summary>upsd cuts every word of a request at 512 characters; half of that leaves room for escapes.</summary>
    public const int MaximumWord = 256;

    internal UpsSourceAddress(string name, UpsServer server, string host, int port)
    {
        Name = name;
        Server = server;
        Host = host;
        Port = port;
    }

    /// <summary>
    /// The UPS that this source describes to the rest of Ebb; sources of the same name describe one device.
    /// </summary>
    public string Name { get; }

    /// <summary>What listens at <see cref="Host"/>.</summary>
    public UpsServer Server { get; }

    /// <summary>A DNS name or an IP address, IPv6 without brackets and with its zone, if any.</summary>
    public string Host { get; }

    /// <summary>1 to 65535.</summary>
    public int Port { get; }

    /// <summary>
    /// The UPS's name at the server. Null only for an exporter that was not told one: then its page must hold a single
    /// UPS.
    /// </summary>
    public string? Ups { get; internal init; }

    /// <summary>Null when the server is asked without a name, as reading seldom needs one.</summary>
    public string? User { get; internal init; }

    /// <summary>
    /// Whether the server's certificate goes unchecked. Only when the address says <c>insecure=true</c>.
    /// </summary>
    public bool Insecure { get; internal init; }

    /// <summary>A PEM file with the only roots to trust; null for the machine's own.</summary>
    public string? AuthorityFile { get; internal init; }

    internal string? Password { get; init; }

    /// <summary>Where an exporter's page is, without credentials and without our own options.</summary>
    internal Uri? Page { get; init; }

    /// <summary>A value, or everything that is wrong with the text.</summary>
    public static UpsSourceOutcome Parse(string? text) => AddressReader.Read(text);

    /// <summary>For people: without credentials, and without a query that might carry some.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return Server switch
        {
            UpsServer.Upsd => $"nut://{host}:{Port}/{Ups}",
            UpsServer.UpsdTls => $"nuts://{host}:{Port}/{Ups}",
            _ => $"{Page!.Scheme}://{host}:{Port}{Page.AbsolutePath}{(Ups is null ? "" : $"?ups={Ups}")}",
        };
    }
}

/// <summary>What became of a text that should be an address.</summary>
/// <param name="Address">Null when there are errors.</param>
/// <param name="Errors">"expected …, found …", without the path of the setting and without any part of the
/// credentials.</param>
public sealed record UpsSourceOutcome(UpsSourceAddress? Address, IReadOnlyList<string> Errors);
