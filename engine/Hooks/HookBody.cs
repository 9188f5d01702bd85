using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ebb.Core.Hooks;
using NodaTime.Text;

namespace Ebb.Engine.Hooks;

/// <summary>The body of a request, with what is known of the run filled in.</summary>
internal static class HookBody
{
    public static ByteArrayContent Of(string template, HookOrder order)
    {
        var text = template
            .Replace("{direction}", order.Run.Direction, StringComparison.Ordinal)
            .Replace("{deadline}", InstantPattern.ExtendedIso.Format(order.Run.Deadline), StringComparison.Ordinal)
            .Replace("{reason}", Escaped(order.Reason), StringComparison.Ordinal);
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        var isJson = text.AsSpan().TrimStart() is ['{' or '[', ..];
        content.Headers.ContentType = new MediaTypeHeaderValue(isJson ? "application/json" : "text/plain", "utf-8");
        return content;
    }

    /// <summary>So that it can stand inside a text of JSON.</summary>
    private static string Escaped(string text) =>
        JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
}
