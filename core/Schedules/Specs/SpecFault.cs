namespace Ebb.Core.Schedules;

/// <summary>Something in a manifest that is not as it must be.</summary>
/// <param name="Path">Where, such as <c>spec.startTime</c>.</param>
/// <param name="Expected">What would have been right.</param>
/// <param name="Found">What is there; "nothing" when there is none.</param>
public sealed record SpecFault(string Path, string Expected, string Found)
{
    /// <summary>One sentence.</summary>
    public override string ToString() => $"{Path}: expected {Expected}, found {Found}";
}
