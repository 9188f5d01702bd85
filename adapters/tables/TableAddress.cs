using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;

namespace Ebb.Tables;

/// <summary>Where the tables of an account are, and what lets us in.</summary>
public sealed partial class TableAddress
{
    private readonly string _access;
    private readonly Func<TableClientOptions, TableServiceClient> _open;

    private TableAddress(Uri endpoint, string access, Func<TableClientOptions, TableServiceClient> open) =>
        (Endpoint, _access, _open) = (endpoint, access, open);

    /// <summary>The table service, such as <c>https://account.table.core.windows.net/</c>.</summary>
    public Uri Endpoint { get; }

    /// <summary>
    /// Reads a storage connection string as Azure.Data.Tables does. The fault is one sentence without any part of the
    /// string.
    /// </summary>
    public static (TableAddress? Address, string? Fault) FromConnection(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var written = WrittenEndpoint().Match(text);
        if (written.Success)
        {
            if (EndpointOf(written.Value) is not { } endpoint)
                return (null, "expected TableEndpoint to be an http or https address");
            text = text.Replace(written.Value, Unslashed(endpoint), StringComparison.Ordinal);
        }
        try
        {
            var access = text.Contains("SharedAccessSignature=", StringComparison.OrdinalIgnoreCase)
                ? "shared access signature"
                : "shared key";
            return (
                new TableAddress(
                    new TableServiceClient(text).Uri,
                    access,
                    options => new TableServiceClient(text, options)
                ),
                null
            );
        }
        catch (UriFormatException)
        {
            return (null, "expected AccountName and EndpointSuffix to make an address");
        }
        catch (FormatException)
        {
            return (null, "expected AccountKey in base64");
        }
        catch (InvalidOperationException)
        {
            return (null, "expected Name=Value pairs divided by semicolons, each name once");
        }
        catch (ArgumentException)
        {
            return (null, "expected AccountName with AccountKey, or TableEndpoint with SharedAccessSignature");
        }
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
        if (EndpointOf(text) is not { } written)
            return (null, "expected an address such as https://account.table.core.windows.net");
        var endpoint = new Uri(Unslashed(written));
        if (written.Query is { Length: > 1 } query)
        {
            var signature = new AzureSasCredential(query[1..]);
            return (
                new TableAddress(
                    endpoint,
                    "shared access signature",
                    options => new TableServiceClient(endpoint, signature, options)
                ),
                null
            );
        }
        if (endpoint.Scheme != Uri.UriSchemeHttps)
            return (null, "expected https, because a token is sent, or a shared access signature in the query");
        var credential = identity?.Invoke() ?? new DefaultAzureCredential();
        return (
            new TableAddress(endpoint, "token", options => new TableServiceClient(endpoint, credential, options)),
            null
        );
    }

    internal TableServiceClient Open(TableClientOptions options) => _open(options);

    /// <summary>The endpoint and the kind of access, never a secret.</summary>
    public override string ToString() => $"{Endpoint} by {_access}";

    private static Uri? EndpointOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url.UserInfo.Length == 0
        && url.Fragment.Length == 0
            ? url
            : null;

    /// <summary>Azure.Data.Tables appends "/" and the table; the service answers 400 to two slashes.</summary>
    private static string Unslashed(Uri endpoint) => endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/');

    [GeneratedRegex(@"(?<=(^|;)\s*TableEndpoint=)[^;]+", RegexOptions.IgnoreCase)]
    private static partial Regex WrittenEndpoint();
}
