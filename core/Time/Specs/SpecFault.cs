namespace Ebb.Core.Time.Specs;

/// <summary>Something in a manifest that is not as it must be.</summary>
/// <param name="Path">Where, such as <c>spec.startTime</c>.</param>
/// <param name="Expected">What would have been right.</param>
/// <param name="Found">What is there; "nothing" when there is none.</param>
public sealed record SpecFault(string Path, string Expected, string Found)
{
    internal const int LongestFound = 80;

    /// <summary>A text as <see cref="Found"/>, at most 80 characters of it; "nothing" when there is none.</summary>
    public static string Quoted(string? text) =>
        text is null ? "nothing" : $"\"{(text.Length > LongestFound ? text[..LongestFound] + "…" : text)}\"";

    /// <summary>One sentence.</summary>
    public override string ToString() => $"{Path}: expected {Expected}, found {Found}";
}
