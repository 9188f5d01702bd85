using System.Text.RegularExpressions;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>The resource of a request's path. Empty where the path does not say.</summary>
internal sealed partial record ResourcePath(
    string Group,
    string Version,
    string Namespace,
    string Plural,
    string Name,
    string Subresource
)
{
    public static ResourcePath Of(string path)
    {
        var match = Form().Match(path);
        string Part(string name) => Uri.UnescapeDataString(match.Groups[name].Value);
        return new ResourcePath(
            Part("group"),
            match.Groups["core"].Success ? "v1" : Part("version"),
            Part("ns"),
            Part("plural"),
            Part("name"),
            Part("sub")
        );
    }

    /// <summary>One group for what is stored once and served under two.</summary>
    public string StoredGroup => Group == "events.k8s.io" ? "" : Group;

    [GeneratedRegex(
        @"^/(?:api/(?<core>v1)|apis/(?<group>[^/]+)/(?<version>[^/?]+))(?:/namespaces/(?<ns>[^/?]+)(?=/))?(?:/(?<plural>[^/?]+))?(?:/(?<name>[^/?]+))?(?:/(?<sub>[^/?]+))?"
    )]
    private static partial Regex Form();
}
