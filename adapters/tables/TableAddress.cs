using Azure.Core;
using Azure.Identity;

namespace Ebb.Tables;

/// <summary>Where the tables of an account are, and what lets us in.</summary>
/// <param name="Endpoint">The table service, such as <c>https://account.table.core.windows.net/</c>; ends with a slash.</param>
/// <param name="Access">A <see cref="TableKey"/>, a <see cref="TableSas"/> or a <see cref="TableToken"/>.</param>
public sealed record TableAddress(Uri Endpoint, TableAccess Access)
{
    private const string DevelopmentKey =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>
    /// Reads a storage connection string: <c>UseDevelopmentStorage=true</c>, or <c>AccountName</c> with <c>AccountKey</c> or
    /// <c>SharedAccessSignature</c>, and <c>TableEndpoint</c> or <c>DefaultEndpointsProtocol</c> and <c>EndpointSuffix</c>. The fault
    /// is one sentence without any part of the string.
    /// </summary>
    public static (TableAddress? Address, string? Fault) FromConnection(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Dictionary<string, string> parts = new(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                return (null, "expected Name=Value pairs divided by semicolons");
            parts[part[..equals]] = part[(equals + 1)..];
        }

        if (parts.GetValueOrDefault("UseDevelopmentStorage") is "true")
            return (
                new TableAddress(
                    new Uri("http://127.0.0.1:10002/devstoreaccount1/"),
                    new TableKey("devstoreaccount1", Convert.FromBase64String(DevelopmentKey))
                ),
                null
            );
        var account = parts.GetValueOrDefault("AccountName");
        var written =
            parts.GetValueOrDefault("TableEndpoint")
            ?? (
                account is null
                    ? null
                    : $"{parts.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://{account}.table.{parts.GetValueOrDefault("EndpointSuffix", "core.windows.net")}/"
            );
        if (written is null)
            return (null, "expected AccountName or TableEndpoint");
        if (EndpointOf(written) is not { } endpoint)
            return (null, "expected TableEndpoint to be an http or https address");
        if (parts.TryGetValue("SharedAccessSignature", out var sas))
            return (new TableAddress(endpoint, new TableSas(sas)), null);
        if (account is null || !parts.TryGetValue("AccountKey", out var key))
            return (null, "expected AccountKey or SharedAccessSignature");
        var bytes = new byte[key.Length];
        return Convert.TryFromBase64String(key, bytes, out var length) && length > 0
            ? (new TableAddress(endpoint, new TableKey(account, bytes[..length])), null)
            : (null, "expected AccountKey in base64");
    }

    /// <summary>
    /// An address with a shared access signature in its query, or without one: then the identity that this process has
    /// (environment, workload identity, managed identity, az login) is used, and the address must be https.
    /// </summary>
    public static (TableAddress? Address, string? Fault) FromEndpoint(
        string text,
        Func<TokenCredential>? identity = null
    )
    {
        ArgumentNullException.ThrowIfNull(text);
        if (EndpointOf(text) is not { } endpoint)
            return (null, "expected an address such as https://account.table.core.windows.net");
        if (new Uri(text).Query is { Length: > 1 } query)
            return (new TableAddress(endpoint, new TableSas(query[1..])), null);
        return endpoint.Scheme == Uri.UriSchemeHttps
            ? (new TableAddress(endpoint, new TableToken((identity ?? (() => new DefaultAzureCredential()))())), null)
            : (null, "expected https, because a token is sent, or a shared access signature in the query");
    }

    private static Uri? EndpointOf(string text)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
            || url.UserInfo.Length > 0
            || url.Fragment.Length > 0
        )
            return null;
        return new UriBuilder(url) { Query = "", Path = url.AbsolutePath.TrimEnd('/') + "/" }.Uri;
    }

    /// <summary>The endpoint and the kind of access, never a secret.</summary>
    public override string ToString() => $"{Endpoint} by {Access}";
}

/// <summary>What lets a request in.</summary>
public abstract record TableAccess
{
    private protected TableAccess() { }
}

/// <summary>The account's key, with which every request is signed.</summary>
public sealed record TableKey : TableAccess
{
    /// <param name="account">The account's name.</param>
    /// <param name="key">Its key.</param>
    public TableKey(string account, byte[] key) => (Account, Key) = (account, key);

    /// <summary>The account's name.</summary>
    public string Account { get; }

    internal byte[] Key { get; }

    /// <inheritdoc/>
    public override string ToString() => "shared key";
}

/// <summary>A shared access signature, which stands in the query of every request.</summary>
public sealed record TableSas : TableAccess
{
    /// <param name="signature">With or without the leading question mark.</param>
    public TableSas(string signature) => Signature = (signature ?? "").TrimStart('?');

    internal string Signature { get; }

    /// <inheritdoc/>
    public override string ToString() => "shared access signature";
}

/// <summary>A token of Microsoft Entra ID.</summary>
/// <param name="Credential">Where tokens come from.</param>
public sealed record TableToken(TokenCredential Credential) : TableAccess
{
    /// <inheritdoc/>
    public override string ToString() => "token";
}
