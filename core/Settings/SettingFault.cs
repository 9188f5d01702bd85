namespace Ebb.Core.Settings;

/// <summary>A setting that is wrong: where, what was expected, what was found.</summary>
/// <param name="Path">The setting as it is written in the environment, such as <c>Power__OnBatteryFor</c>.</param>
/// <param name="Expected">What was expected, or the whole sentence when nothing can be said of what was found.</param>
/// <param name="Found">What was found; empty: <paramref name="Expected"/> is the whole sentence.</param>
public sealed record SettingFault(string Path, string Expected, string Found)
{
    /// <summary>The sentence that is printed.</summary>
    public override string ToString() =>
        Found.Length == 0 ? $"{Path}: {Expected}" : $"{Path}: expected {Expected}, found {Found}";
}
