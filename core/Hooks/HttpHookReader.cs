using Ebb.Core.Time.Specs;

namespace Ebb.Core.Hooks;

/// <summary>Reads <c>spec.hook.http</c>.</summary>
internal static class HttpHookReader
{
    private const int LongestUrl = 2048;
    private const int LongestBody = 8192;
    private static readonly string[] Methods = ["DELETE", "GET", "PATCH", "POST", "PUT"];

    public static HttpHook Read(SpecReader reader)
    {
        var method = reader.Text("method") ?? "POST";
        if (!Methods.Contains(method))
            reader.Fault("method", string.Join(", ", Methods), SpecFault.Quoted(method));
        var body = reader.Text("body");
        if (body?.Length > LongestBody)
            reader.Fault("body", $"at most {LongestBody} characters", $"{body.Length}");
        var header = reader.Object("header", required: false);
        var hasHeader = reader.Member("header") is not null;
        var name = hasHeader ? header.Text("name", "the name of a header, such as Authorization") : null;
        if (name is not null && !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            header.Fault("name", "letters, digits, - and _", SpecFault.Quoted(name));
        return new HttpHook(Address(reader, "url"), method)
        {
            Status = reader.Whole("status", 100, 599),
            Body = body,
            HeaderName = name,
            HeaderValue = hasHeader ? Secret(header, "value") : null,
            Authority = reader.Member("ca") is null ? null : Secret(reader, "ca"),
            Poll = reader.Member("poll") is null ? null : Poll(reader.Object("poll", required: true)),
        };
    }

    private static HttpPoll Poll(SpecReader reader) =>
        new(
            Address(reader, "url"),
            reader.Text("path", "where the value stands, such as data.status") ?? "",
            reader.Text("equals", "the value as text") ?? ""
        );

    private static SecretRef Secret(SpecReader reader, string member)
    {
        var from = reader.Object(member, required: true);
        return new SecretRef(
            HookReader.Name(from, "secret", "the name of a Secret in this namespace"),
            from.Text("key", "a key of the Secret") ?? ""
        );
    }

    private static Uri Address(SpecReader reader, string member)
    {
        const string expected = "an address that begins with http:// or https://, without user and password";
        var text = reader.Text(member, expected);
        if (
            text is { Length: <= LongestUrl }
            && Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && url.UserInfo.Length == 0
        )
        {
            if (MetadataAddress.Is(url.Host))
                reader.Fault(member, "another address than that of a cloud's metadata", SpecFault.Quoted(url.Host));
            return url;
        }
        // What is refused may hold a password, so it is not repeated.
        if (text is not null)
            reader.Fault(member, expected, "something else");
        return new Uri("http://invalid/");
    }
}
