using Microsoft.Net.Http.Headers;

namespace Ebb.Engine.Learning;

/// <summary>Whether a reader prefers Markdown to JSON; JSON when nothing is said.</summary>
internal static class MarkdownWanted
{
    public static bool By(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
            return false;
        double Quality(string type) =>
            accepted
                .Where(a => a.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
                .Select(a => a.Quality ?? 1)
                .DefaultIfEmpty(0)
                .Max();
        return Quality("text/markdown") is var markdown && markdown > 0 && markdown >= Quality("application/json");
    }
}
