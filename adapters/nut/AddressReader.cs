using System.Globalization;

namespace Ebb.Nut;

/// <summary>
/// Takes an address apart by hand: System.Uri gives one exception for everything that may be wrong, and its message
/// repeats the
/// text, password included.
/// </summary>
internal sealed class AddressReader
{
    private const string Forms =
        "[name=]nut://[user:password@]host[:3493]/upsname, [name=]nuts://… or [name=]http(s)://host[:port]/path[?ups=upsname]";

    private readonly List<string> _errors = [];

    internal static UpsSourceOutcome Read(string? text)
    {
        var reader = new AddressReader();
        var address = reader.Take((text ?? "").Trim());
        return new UpsSourceOutcome(reader._errors.Count == 0 ? address : null, reader._errors);
    }

    private UpsSourceAddress? Take(string text)
    {
        if (text.Length == 0)
            return Refuse($"expected {Forms}, found nothing");
        if (text.Length > UpsSourceAddress.MaximumLength)
            return Refuse($"expected at most {UpsSourceAddress.MaximumLength} characters, found {text.Length}");
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return Refuse($"expected {Forms}, found a text without ://");

        var head = text[..scheme];
        var rest = text[(scheme + 3)..];
        var equals = head.LastIndexOf('=');
        var name = equals < 0 ? null : head[..equals].Trim();
        var protocol = head[(equals + 1)..].Trim().ToLowerInvariant();
        if (name is not null)
            Word("name", name);
        if (protocol is not ("nut" or "nuts" or "http" or "https"))
            return Refuse(
                protocol.All(char.IsAsciiLetterOrDigit) && protocol.Length is > 0 and <= 16
                    ? $"expected scheme nut, nuts, http or https, found {protocol}"
                    : "expected scheme nut, nuts, http or https, found something else"
            );

        if (rest.Contains('#', StringComparison.Ordinal))
            return Refuse("expected no #, found one (in a password it is written %23)");
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : rest[(question + 1)..];
        var place = question < 0 ? rest : rest[..question];
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? place : place[..slash];
        var path = slash < 0 ? "" : place[slash..];

        var at = authority.LastIndexOf('@');
        var (user, password) = Credentials(at < 0 ? null : authority[..at]);
        var web = protocol is "http" or "https";
        var usual = protocol switch
        {
            "http" => 80,
            "https" => 443,
            _ => UpsSourceAddress.DefaultPort,
        };
        var (host, port) = HostAndPort(authority[(at + 1)..], usual);
        var options = Options(query, web);
        var checksCertificates = protocol is "nuts" or "https";
        if (!checksCertificates && (options.Insecure || options.Authority is not null))
            _errors.Add($"expected insecure and ca only with nuts or https, found them with {protocol}");

        var ups = web ? options.Ups : Decode("UPS name", path.Length > 0 ? path[1..] : "");
        if (web ? ups is not null : ups is not null || _errors.Count == 0)
            Word("UPS name", ups ?? "");
        // A password with a bare / in it would end up here, and a UPS name is shown to people.
        if (!web && ups?.AsSpan().IndexOfAny('/', '@') >= 0)
            _errors.Add(
                "expected a UPS name without / and @, found one with (in a password they are written %2F and %40)"
            );
        if (web && name is null && ups is null)
            _errors.Add("expected name= in front or ?ups= in the query, found neither: this UPS needs a name");
        if (_errors.Count > 0 || host is null)
            return null;

        var server =
            web ? UpsServer.Exporter
            : protocol == "nuts" ? UpsServer.UpsdTls
            : UpsServer.Upsd;
        return new UpsSourceAddress(name ?? ups!, server, host, port)
        {
            Ups = ups,
            User = user,
            Password = password,
            Insecure = options.Insecure,
            AuthorityFile = options.Authority,
            Page = web ? PageOf(protocol, host, port, path, options.Others) : null,
        };
    }

    private (string? User, string? Password) Credentials(string? info)
    {
        if (info is null)
            return (null, null);
        var colon = info.IndexOf(':', StringComparison.Ordinal);
        var user = Decode("user", colon < 0 ? info : info[..colon]);
        var password = colon < 0 ? null : Decode("password", info[(colon + 1)..]);
        if (user is not null)
            Word("user", user);
        if (password is { Length: > 0 })
            Word("password", password);
        return (user, password);
    }

    private (string? Host, int Port) HostAndPort(string text, int port)
    {
        var host = text;
        var digits = "";
        var bracket = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = bracket >= 0 ? text.IndexOf(':', bracket) : text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
            (host, digits) = (text[..colon], text[(colon + 1)..]);
        if (bracket >= 0 && host.EndsWith(']'))
        {
            (host, var error) = ZoneId.Read(host[1..^1]);
            if (error is not null)
            {
                _errors.Add(error);
                return (null, port);
            }
        }

        // What stands here may be the tail of a password with an @ or / in it, so it is not repeated.
        if (host.Length > 253 || Uri.CheckHostName(host) is UriHostNameType.Unknown or UriHostNameType.Basic)
        {
            _errors.Add(
                host.Length == 0
                    ? "expected a host, found none"
                    : "expected a DNS name or an IP address ([…] around IPv6), found neither (in a password @ : / are written %40 %3A %2F)"
            );
            return (null, port);
        }
        if (
            colon >= 0
            && (
                !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port)
                || port is < 1 or > 65535
            )
        )
            _errors.Add("expected a port of 1 to 65535, found something else");
        return (host, port);
    }

    private (string? Ups, bool Insecure, string? Authority, string Others) Options(string query, bool web)
    {
        string? ups = null,
            authority = null;
        var insecure = false;
        List<string> others = [];
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? pair : pair[..equals];
            var value = Decode("option", equals < 0 ? "" : pair[(equals + 1)..].Replace('+', ' ')) ?? "";
            switch (key)
            {
                case "insecure":
                    if (value is not ("true" or "false"))
                        _errors.Add("expected insecure=true or insecure=false, found another value");
                    insecure = value == "true";
                    break;
                case "ca":
                    if (value.Length == 0)
                        _errors.Add("expected ca=/path/to/roots.pem, found nothing after ca=");
                    authority = value;
                    break;
                case "ups" when web:
                    ups = value;
                    others.Add(pair);
                    break;
                case var _ when web:
                    others.Add(pair);
                    break;
                default:
                    _errors.Add("expected no option but insecure and ca, found another one");
                    break;
            }
        }
        return (ups, insecure, authority, string.Join('&', others));
    }

    private Uri? PageOf(string protocol, string host, int port, string path, string query)
    {
        var literal = host.Contains(':', StringComparison.Ordinal) ? $"[{ZoneId.Without(host)}]" : host;
        var text =
            $"{protocol}://{literal}:{port}{(path.Length == 0 ? "/" : path)}{(query.Length == 0 ? "" : "?" + query)}";
        if (Uri.TryCreate(text, UriKind.Absolute, out var page))
            return page;
        _errors.Add("expected a URL, found something else");
        return null;
    }

    private string? Decode(string what, string text)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
                continue;
            _errors.Add(
                $"expected two hexadecimal digits after each % of the {what}, found something else (% itself is written %25)"
            );
            return null;
        }
        return Uri.UnescapeDataString(text);
    }

    /// <summary>
    /// upsd drops every byte outside 0x20 to 0x7E of a request without a word, so such a name could never match.
    /// </summary>
    private void Word(string what, string text)
    {
        if (text.Length == 0)
            _errors.Add($"expected a {what}, found none");
        else if (text.Length > UpsSourceAddress.MaximumWord)
            _errors.Add($"expected a {what} of at most {UpsSourceAddress.MaximumWord} characters, found {text.Length}");
        else if (text.Any(c => c is < ' ' or > '~'))
            _errors.Add($"expected a {what} of printable ASCII characters, found others");
    }

    private UpsSourceAddress? Refuse(string error)
    {
        _errors.Add(error);
        return null;
    }
}
