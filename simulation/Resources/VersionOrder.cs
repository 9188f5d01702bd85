using System.Globalization;
using System.Text.RegularExpressions;

namespace Ebb.Simulation.Resources;

/// <summary>Kubernetes' order of API versions: v2, v1, v1beta2, v1alpha1.</summary>
internal sealed partial class VersionOrder : IComparer<string>
{
    public static readonly VersionOrder Instance = new();

    public int Compare(string? x, string? y) => Rank(x!).CompareTo(Rank(y!));

    private static (int Stability, int Major, int Minor) Rank(string version)
    {
        var match = Form().Match(version);
        if (!match.Success)
        {
            return (-1, 0, 0);
        }

        var stability = match.Groups["stage"].Value switch
        {
            "" => 2,
            "beta" => 1,
            _ => 0,
        };
        var minor = match.Groups["minor"].Success
            ? int.Parse(match.Groups["minor"].Value, CultureInfo.InvariantCulture)
            : 0;
        return (stability, int.Parse(match.Groups["major"].Value, CultureInfo.InvariantCulture), minor);
    }

    [GeneratedRegex(@"^v(?<major>\d+)((?<stage>alpha|beta)(?<minor>\d+))?$")]
    private static partial Regex Form();
}
